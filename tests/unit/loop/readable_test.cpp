#include "daemon/loop/readable.h"

#include <array>
#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include "daemon/loop/loop.h"
#include "tests/support/run_until.h"

namespace plait::loop {
namespace {

using support::run_until;

struct Pipe {
  std::array<int, 2> ends{};

  Pipe() { BOOST_TEST_REQUIRE(pipe(ends.data()) == 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void write(const std::string& text) const {
    BOOST_TEST_REQUIRE(::write(ends[1], text.data(), text.size()) ==
                       static_cast<ssize_t>(text.size()));
  }
  [[nodiscard]] char read() const {
    char byte = 0;
    BOOST_TEST_REQUIRE(::read(ends[0], &byte, 1) == 1);
    return byte;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(readable)

BOOST_AUTO_TEST_CASE(it_calls_back_until_all_has_been_read) {
  const Pipe pipe;
  Loop loop;
  std::string heard;
  const Readable readable(loop, pipe.ends[0], [&] { heard += pipe.read(); });
  pipe.write("ab");
  run_until(loop, [&] { return heard == "ab"; });
  pipe.write("c");
  run_until(loop, [&] { return heard == "abc"; });
}

BOOST_AUTO_TEST_CASE(it_may_be_destroyed_by_its_callback) {
  const Pipe pipe;
  Loop loop;
  std::unique_ptr<Readable> readable;
  readable = std::make_unique<Readable>(loop, pipe.ends[0], [&] { readable.reset(); });
  pipe.write("unread");
  loop.run();
  BOOST_TEST((readable == nullptr));
}

BOOST_AUTO_TEST_CASE(the_descriptor_can_be_closed_once_it_has_gone) {
  Loop loop;
  {
    const Pipe pipe;
    const Readable readable(loop, pipe.ends[0], [] { BOOST_ERROR("it is gone"); });
    pipe.write("unread");
  }
  loop.run();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
