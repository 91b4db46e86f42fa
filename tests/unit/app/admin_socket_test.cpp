#include "daemon/app/admin_socket.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/app/back_office.h"
#include "daemon/crypto/random.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/pipe_connector.h"
#include "protocol/jsonrpc/frame_reader.h"
#include "tests/support/memory_server_store.h"
#include "tests/support/run_until.h"
#include "tests/support/temporary_folder.h"

namespace plait::app {
namespace {

using support::run_until;

/// Somebody at the other end of the socket.
struct Caller final : loop::StreamHandler {
  Caller(loop::Loop& loop, const std::string& path) {
    connector = loop::PipeConnector::connect(loop, path, [this](auto connected) {
                  if (!connected) return;
                  stream = *std::move(connected);
                  stream->start_reading(*this);
                }).value();
  }
  void says(const std::string& bytes) { stream->write(bytes); }
  void asks(const std::string& method, int id = 1) {
    says(jsonrpc::framed(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" +
                         method + R"(","params":{}})"));
  }

  void on_bytes(std::span<char> bytes) override {
    reader.feed({bytes.data(), bytes.size()});
    for (auto body = reader.next(); body && *body; body = reader.next()) {
      answers.push_back(**std::move(body));
    }
  }
  void on_end() override { hung_up = true; }
  void on_failed(const Error&) override { hung_up = true; }
  void on_drained() override {}

  std::unique_ptr<loop::PipeConnector> connector;
  std::unique_ptr<loop::PipeStream> stream;
  jsonrpc::FrameReader reader;
  std::vector<std::string> answers;
  bool hung_up = false;
};

/// A desk, and the socket in front of it.
struct Story {
  std::unique_ptr<Caller> comes() {
    auto caller = std::make_unique<Caller>(loop, folder / kAdminSocket);
    run_until(loop, [&] { return caller->stream != nullptr; });
    return caller;
  }

  loop::Loop loop;
  support::TemporaryFolder folder;
  SystemClock clock;
  crypto::SystemRandom random;
  support::MemoryServerStore store;
  std::unique_ptr<BackOffice> office =
      BackOffice::open(folder.path().string(), {}, store, loop, clock, random).value();
  std::unique_ptr<AdminSocket> socket =
      AdminSocket::listen(loop, folder.path().string(), office->desk).value();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(admin_socket, Story)

BOOST_AUTO_TEST_CASE(what_is_asked_is_answered) {
  const auto caller = comes();
  caller->asks("admin/listWorkspaces");
  run_until(loop, [&] { return !caller->answers.empty(); });
  BOOST_TEST(caller->answers[0] == R"({"jsonrpc":"2.0","id":1,"result":{"workspaces":[]}})");
}

BOOST_AUTO_TEST_CASE(requests_are_answered_one_after_the_other) {
  const auto caller = comes();
  caller->asks("admin/stats", 1);  // which takes the store
  caller->asks("admin/listWorkspaces", 2);
  run_until(loop, [&] { return store.asked() > 0; });
  BOOST_TEST(caller->answers.empty());
  store.sync();
  store.answer();
  run_until(loop, [&] { return caller->answers.size() == 2; });
  BOOST_TEST(caller->answers[0].find(R"("id":1)") != std::string::npos);
  BOOST_TEST(caller->answers[1].find(R"("id":2)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_answer_for_somebody_who_has_gone_goes_nowhere) {
  auto caller = comes();
  caller->asks("admin/stats");
  run_until(loop, [&] { return store.asked() > 0; });
  socket.reset();
  store.sync();
  store.answer();
  run_until(loop, [&] { return caller->hung_up; });
  BOOST_TEST(caller->answers.empty());
}

BOOST_AUTO_TEST_CASE(noise_ends_the_connection) {
  const auto noise = comes();
  noise->says("GET / HTTP/1.1\r\n\r\n");
  run_until(loop, [&] { return noise->hung_up; });
  const auto too_long = comes();
  too_long->says("Content-Length: 8388609\r\n\r\n");
  run_until(loop, [&] { return too_long->hung_up; });
  const auto notification = comes();
  notification->says(jsonrpc::framed(R"({"jsonrpc":"2.0","method":"admin/stats"})"));
  run_until(loop, [&] { return notification->hung_up; });
}

BOOST_AUTO_TEST_CASE(the_longest_request_is_read) {
  const auto caller = comes();
  caller->says("Content-Length: 8388608\r\n\r\n" + std::string(8'388'608, ' '));
  run_until(loop, [&] { return !caller->answers.empty(); });
  BOOST_TEST(caller->answers[0].find("-32700") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_so_many_may_ask_at_one_time) {
  std::vector<std::unique_ptr<Caller>> callers;
  for (std::size_t i = 0; i < kMaxAdminConnections; ++i) callers.push_back(comes());
  const auto one_more = comes();
  run_until(loop, [&] { return one_more->hung_up; });
  callers.back()->asks("admin/listWorkspaces");
  run_until(loop, [&] { return !callers.back()->answers.empty(); });
}

BOOST_AUTO_TEST_CASE(a_folder_may_have_a_long_name) {
  const std::string deep = folder / std::string(200, 'x');
  std::filesystem::create_directory(deep);
  const auto second = AdminSocket::listen(loop, deep, office->desk);
  BOOST_TEST_REQUIRE(second.has_value());
  BOOST_TEST(std::filesystem::is_socket(deep + "/" + kAdminSocket));
  BOOST_TEST(!AdminSocket::listen(loop, deep + "/none", office->desk).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
