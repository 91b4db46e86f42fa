#include "daemon/app/editor_port.h"

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/pipe_connector.h"
#include "daemon/loop/pipe_listener.h"
#include "tests/support/run_until.h"
#include "tests/support/temporary_folder.h"

namespace plait::app {
namespace {

using support::run_until;

const std::string kHello =
    R"({"jsonrpc":"2.0","id":0,"method":"daemon/hello","params":{"client":{"name":"t","version":"1"},"protocolVersion":1}})";
const std::string kStop = R"({"jsonrpc":"2.0","id":1,"method":"daemon/stop"})";

/// What a peer was told, and its line.
struct Heard {
  EditorLine* line = nullptr;
  std::vector<std::string> bodies;
};

class Peer final : public EditorPeer {
 public:
  explicit Peer(Heard& heard) : heard_(heard) {}
  void receive(std::string_view body) override { heard_.bodies.emplace_back(body); }

 private:
  Heard& heard_;
};

/// Somebody at one end of a socket, and a port at the other.
struct Story : EditorPort::Owner, loop::StreamHandler {
  Story() {
    run_until(loop, [&] { return port != nullptr && stream != nullptr; });
    stream->start_reading(*this);
  }

  void says(const std::string& body) { stream->write(jsonrpc::framed(body)); }
  void greets() {
    says(kHello);
    run_until(loop, [&] { return answers.size() == 1; });
  }

  std::unique_ptr<EditorPeer> welcome(EditorLine& line) override {
    heard.line = &line;
    return std::make_unique<Peer>(heard);
  }
  void stop() override { stopped = true; }

  void on_bytes(std::span<char> bytes) override {
    reader.feed({bytes.data(), bytes.size()});
    for (auto body = reader.next(); body && *body; body = reader.next()) {
      answers.push_back(**std::move(body));
    }
  }
  void on_end() override { hung_up = true; }
  void on_failed(const Error&) override { hung_up = true; }
  void on_drained() override {}

  support::TemporaryFolder folder;
  loop::Loop loop;
  Heard heard;
  bool stopped = false;
  bool hung_up = false;
  std::vector<std::string> answers;
  jsonrpc::FrameReader reader;
  std::unique_ptr<EditorPort> port;
  std::unique_ptr<loop::PipeStream> stream;
  std::unique_ptr<loop::PipeListener> listener =
      loop::PipeListener::listen(loop, folder / "socket", [this](auto guest) {
        EditorPort::Owner& me = *this;
        port = std::make_unique<EditorPort>(me, std::move(guest));
      }).value();
  std::unique_ptr<loop::PipeConnector> connector =
      loop::PipeConnector::connect(loop, folder / "socket", [this](auto connected) {
        stream = std::move(connected).value();
      }).value();
  loop::EndOfTurn end_of_turn{loop, [this] {
                                if (port == nullptr) return;
                                port->end_of_turn();
                                if (port->is_over()) port.reset();
                              }};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(editor_port, Story)

BOOST_AUTO_TEST_CASE(after_the_greeting_bodies_pass_whole_and_as_they_are) {
  greets();
  BOOST_TEST(answers[0].find(R"("id":0,"result":{"server":{"name":"plait")") !=
             std::string::npos);
  BOOST_TEST(heard.line == nullptr);
  for (const std::string& body : {std::string("{nope"), kHello, kStop}) says(body);
  run_until(loop, [&] { return heard.bodies.size() == 3; });
  BOOST_TEST(heard.bodies[0] == "{nope");
  BOOST_TEST(heard.bodies[2] == kStop);
  BOOST_TEST(!stopped);
  heard.line->send("one");
  heard.line->send("two");
  run_until(loop, [&] { return answers.size() == 3; });
  BOOST_TEST(answers[2] == "two");
}

BOOST_AUTO_TEST_CASE(who_does_not_greet_is_hung_up_on) {
  says(kStop);
  run_until(loop, [&] { return hung_up; });
  BOOST_TEST(answers.empty());
  BOOST_TEST(!stopped);
}

BOOST_AUTO_TEST_CASE(stop_comes_right_after_the_greeting) {
  greets();
  says(kStop);
  run_until(loop, [&] { return hung_up; });
  BOOST_TEST(answers.size() == 2U);
  BOOST_TEST(stopped);
}

BOOST_AUTO_TEST_CASE(what_is_no_frame_ends_the_connection) {
  greets();
  stream->write("GET / HTTP/1.1\r\n\r\n");
  run_until(loop, [&] { return hung_up; });
}

BOOST_AUTO_TEST_CASE(what_was_said_before_closing_still_arrives) {
  greets();
  says("{}");
  run_until(loop, [&] { return heard.line != nullptr; });
  const std::string large(std::size_t{3} << 20, 'x');
  heard.line->send(large);
  heard.line->close();
  run_until(loop, [&] { return hung_up; });
  BOOST_TEST_REQUIRE(answers.size() == 2U);
  BOOST_TEST(answers[1].size() == large.size());
}

// The kernel takes a few hundred kilobytes; the rest waits here.
BOOST_AUTO_TEST_CASE(who_does_not_listen_is_not_listened_to_until_he_does) {
  greets();
  says("{}");
  run_until(loop, [&] { return heard.line != nullptr; });
  stream->stop_reading();
  heard.line->send(std::string(2 * kEditorBacklogBytes, 'x'));
  run_until(loop, [&] { return heard.line->queued_bytes() > 0; });
  says("later");
  run_until(loop, [] { return true; });
  BOOST_TEST(heard.bodies.size() == 1U);
  stream->start_reading(*this);
  run_until(loop, [&] { return heard.bodies.size() == 2; });
}

BOOST_AUTO_TEST_CASE(who_lets_too_much_wait_is_hung_up_on) {
  greets();
  says("{}");
  run_until(loop, [&] { return heard.line != nullptr; });
  stream->stop_reading();
  heard.line->send(std::string(kMaxEditorQueueBytes / 2, 'x'));
  run_until(loop, [] { return true; });
  BOOST_TEST_REQUIRE(port != nullptr);
  heard.line->send(std::string(kMaxEditorQueueBytes, 'x'));
  run_until(loop, [&] { return port == nullptr; });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
