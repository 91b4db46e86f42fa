#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/pipe_connector.h"
#include "daemon/loop/pipe_listener.h"
#include "tests/unit/loop/connection.h"

namespace plait::loop {

/// A folder of its own with a socket in it, who came to it, and somebody who comes.
struct PipeFolder {
  std::filesystem::path folder = fresh_folder();
  Loop loop;
  std::unique_ptr<PipeListener> listener;
  std::unique_ptr<PipeStream> guest;
  std::unique_ptr<PipeConnector> connector;
  std::optional<Result<std::unique_ptr<PipeStream>>> answer;

  PipeFolder() = default;
  ~PipeFolder() { std::filesystem::remove_all(folder); }
  PipeFolder(const PipeFolder&) = delete;
  PipeFolder& operator=(const PipeFolder&) = delete;

  [[nodiscard]] std::string path() const { return folder / "s"; }

  void open() {
    auto made =
        PipeListener::listen(loop, path(), [this](auto stream) { guest = std::move(stream); });
    BOOST_TEST_REQUIRE(made.has_value());
    listener = *std::move(made);
  }
  void come() {
    auto made = PipeConnector::connect(loop, path(),
                                       [this](auto result) { answer = std::move(result); });
    BOOST_TEST_REQUIRE(made.has_value());
    connector = *std::move(made);
  }

 private:
  static std::filesystem::path fresh_folder() {
    std::string name = std::filesystem::temp_directory_path() / "plait-XXXXXX";
    BOOST_TEST_REQUIRE(mkdtemp(name.data()) != nullptr);
    return name;
  }
};

}  // namespace plait::loop
