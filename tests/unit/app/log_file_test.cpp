#include "daemon/app/log_file.h"

#include <filesystem>
#include <string>

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "daemon/app/descriptor.h"
#include "tests/support/temporary_folder.h"

namespace plait::app {
namespace {

/// Standard output and standard error, as they were before in the end.
class KeptOutputs {
 public:
  ~KeptOutputs() {
    dup2(out_.get(), STDOUT_FILENO);
    dup2(error_.get(), STDERR_FILENO);
  }

 private:
  Descriptor out_{fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)};
  Descriptor error_{fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)};
};

struct Place {
  [[nodiscard]] auto size_of(const std::string& name) const {
    return static_cast<std::int64_t>(std::filesystem::file_size(folder / ("log/" + name)));
  }
  /// A log that has grown to a size, looked at by its process.
  void grows_to(std::int64_t size) {
    const LogFile log = LogFile::open(folder / "log").value();
    const KeptOutputs kept;
    BOOST_TEST_REQUIRE(log.attach().has_value());
    BOOST_TEST_REQUIRE(ftruncate(STDERR_FILENO, size) == 0);
    log.rotate_if_large();
  }

  support::TemporaryFolder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(log_file, Place)

BOOST_AUTO_TEST_CASE(a_log_begins_anew_when_it_is_large) {
  grows_to(kMaxLogBytes - 1);
  BOOST_TEST(size_of("daemon.log") == kMaxLogBytes - 1);
  BOOST_TEST(!std::filesystem::exists(folder / "log/daemon.log.1"));
  grows_to(kMaxLogBytes);
  BOOST_TEST(size_of("daemon.log.1") == kMaxLogBytes);
  BOOST_TEST(size_of("daemon.log") < 1000);
}

BOOST_AUTO_TEST_CASE(only_one_older_log_is_kept) {
  grows_to(kMaxLogBytes);
  grows_to(kMaxLogBytes + 1);
  BOOST_TEST(size_of("daemon.log.1") == kMaxLogBytes + 1);
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder / "log")) {
    files += file.is_regular_file() ? 1U : 0U;
  }
  BOOST_TEST(files == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
