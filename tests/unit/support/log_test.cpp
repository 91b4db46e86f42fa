#include "daemon/support/log.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

namespace plait::log {
namespace {

/// What is written to standard error while this is there.
class StandardError {
 public:
  StandardError() : original_(dup(STDERR_FILENO)), file_(std::tmpfile()) {
    BOOST_TEST_REQUIRE(file_ != nullptr);
    dup2(fileno(file_), STDERR_FILENO);
  }
  ~StandardError() {
    restore();
    std::fclose(file_);
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;

  std::string text() {
    restore();
    std::rewind(file_);
    std::array<char, 4096> bytes{};
    return {bytes.data(), std::fread(bytes.data(), 1, bytes.size(), file_)};
  }

 private:
  void restore() {
    if (original_ < 0) return;
    std::fflush(stderr);
    dup2(original_, STDERR_FILENO);
    close(original_);
    original_ = -1;
  }

  int original_;
  std::FILE* file_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(log)

BOOST_AUTO_TEST_CASE(a_line_is_the_message_and_its_fields) {
  const std::string room = "a";
  BOOST_TEST(line_of("opened", {{"room", room},
                                {"address", "127.0.0.1:80"},
                                {"members", 3},
                                {"bytes", std::uint64_t{1} << 63},
                                {"change", -1},
                                {"tls", true}}) ==
             "opened room=a address=127.0.0.1:80 members=3 bytes=9223372036854775808 change=-1 "
             "tls=true");
  BOOST_TEST(line_of("stopped", {}) == "stopped");
}

BOOST_AUTO_TEST_CASE(what_could_be_mistaken_for_another_field_is_quoted) {
  BOOST_TEST(line_of("m", {{"a", "x b=y"}}) == R"(m a="x b=y")");
  BOOST_TEST(line_of("m", {{"a", R"(say "no\yes")"}}) == R"(m a="say \"no\\yes\"")");
  BOOST_TEST(line_of("m", {{"a", ""}}) == R"(m a="")");
}

BOOST_AUTO_TEST_CASE(no_value_begins_a_line_or_speaks_to_a_terminal) {
  using namespace std::string_view_literals;
  BOOST_TEST(line_of("m", {{"a", "1\nm a=2\r"}}) == R"(m a="1\x0am a=2\x0d")");
  BOOST_TEST(line_of("m", {{"a", "\x1B[2J\x7F\0"sv}}) == R"(m a="\x1b[2J\x7f\x00")");
  BOOST_TEST(line_of("m", {{"a", "\xC2\x9B"}}) == R"(m a="\xc2\x9b")");  // a C1 control
}

BOOST_AUTO_TEST_CASE(a_value_of_the_longest_length_is_whole_and_a_longer_one_is_cut) {
  const std::string longest(kMaxValueBytes, 'x');
  BOOST_TEST(line_of("m", {{"a", longest}}) == "m a=" + longest);
  BOOST_TEST(line_of("m", {{"a", longest + "y"}}) == "m a=\"" + longest + "...\"");
}

BOOST_AUTO_TEST_CASE(lines_go_to_standard_error_with_time_and_level) {
  StandardError error;
  warning("disk is nearly full", {{"free", 5}});
  const std::string text = error.text();
  BOOST_TEST(text.substr(0, 2) == "20");
  BOOST_TEST(text.substr(text.find('Z')) == "Z warning disk is nearly full free=5\n");
}

BOOST_AUTO_TEST_CASE(braces_have_no_meaning) {
  StandardError error;
  info("{} {0} %s", {{"a", "{"}});
  BOOST_TEST(error.text().ends_with("info {} {0} %s a={\n"));
}

BOOST_AUTO_TEST_CASE(whoever_wants_silence_gets_it) {
  StandardError stream;
  set_level(Level::Off);
  error("hidden");
  set_level(Level::Info);
  error("shown");
  BOOST_TEST(stream.text().ends_with("Z error shown\n"));
  BOOST_TEST(stream.text().find("hidden") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(less_than_the_level_is_not_written) {
  StandardError error;
  debug("hidden");
  set_level(Level::Debug);
  debug("shown");
  set_level(Level::Error);
  warning("hidden too");
  set_level(Level::Info);
  const std::string text = error.text();
  BOOST_TEST(text.ends_with("debug shown\n"));
  BOOST_TEST(text.find("hidden") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::log
