#include "tests/bench/daemon/stage.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/timer.h"
#include "protocol/base/assert.h"
#include "protocol/base/file_uri.h"
#include "protocol/messages/editor/all.h"

namespace plait::bench {
namespace {

using namespace std::chrono_literals;
namespace messages = plait::messages::editor;

std::string made(std::string folder) {
  std::filesystem::create_directories(folder);
  return folder;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

support::ChildProcess::Order daemon_at(const std::string& program, const std::string& place) {
  return {.command = {program, "daemon", "--foreground"},
          .environment = {"PLAIT_HOME=" + place + "/home"},
          .errors = place + "/log"};
}

}  // namespace

// Machines ------------------------------------------------------------------------------------

Machine::Machine(std::string program, std::string place)
    : program_(std::move(program)),
      place_(made(std::move(place))),
      folder_(made(place_ + "/folder")),
      daemon_(daemon_at(program_, place_)) {
  for (auto left = kPatience / 5ms;
       content_of(place_ + "/log").find("the daemon listens") == std::string::npos; --left) {
    PLAIT_ASSERT(left > 0, "the daemon to come up");
    std::this_thread::sleep_for(5ms);
  }
}

support::ChildProcess::Order Machine::bridge() const {
  return {.command = {program_, "editor"},
          .environment = {"PLAIT_HOME=" + place_ + "/home"},
          .errors = place_ + "/log"};
}

// The stage -----------------------------------------------------------------------------------

Stage::Stage(const Options& options)
    : options_(options),
      server_(options.plait, folder_ / "data", folder_ / "log"),
      hers_(options.plait, folder_ / "hers"),
      his_(options.plait, folder_ / "his") {
  server_.start();
}

Result<BridgedEditor*> Stage::editor(const Machine& machine) {
  editors_.push_back(std::make_unique<BridgedEditor>(loop_, machine.bridge()));
  BridgedEditor& made = *editors_.back();
  made.script().initialize();
  made.send();
  auto greeted =
      wait_until([&] { return !made.script().take_answers().empty(); }, "an editor is greeted");
  if (!greeted) return forward_error(greeted);
  return &made;
}

Result<std::string> Stage::share(BridgedEditor& by) {
  messages::WorkspaceShare share;
  share.folder = file_uri(hers_.folder());
  share.server = server_.first_owner();
  auto answer = call(by, messages::WorkspaceShare::kMethod, jsonrpc::write_fields(share));
  if (!answer) return forward_error(answer);
  auto reply = jsonrpc::read_fields<messages::WorkspaceShare::Reply>(*answer);
  if (!reply) return forward_error(reply);
  return reply->invite;
}

Result<void> Stage::join(BridgedEditor& by, const std::string& link) {
  messages::WorkspaceJoin join;
  join.invite = link;
  join.folder = file_uri(his_.folder());
  auto answer = call(by, messages::WorkspaceJoin::kMethod, jsonrpc::write_fields(join));
  if (!answer) return forward_error(answer);
  return {};
}

Result<void> Stage::open_everywhere(const std::string& name, const std::string& text,
                                    const std::vector<BridgedEditor*>& hers,
                                    const std::vector<BridgedEditor*>& his) {
  std::ofstream(hers_.path_of(name)) << text;
  auto link = share(*hers.front());
  if (!link) return forward_error(link);
  if (auto joined = join(*his.front(), *link); !joined) return joined;
  auto arrived = look_until([&] { return content_of(his_.path_of(name)) == text; },
                            name + " arrives", 5ms, kPatience);
  if (!arrived) return arrived;
  const auto open = [&](const Machine& machine, const std::vector<BridgedEditor*>& editors) {
    for (BridgedEditor* const editor : editors) {
      editor->script().opens(file_uri(machine.path_of(name)), text);
      editor->send();
    }
  };
  open(hers_, hers);
  open(his_, his);
  return wait_until(
      [&] {
        const auto is_open = [](BridgedEditor* editor) {
          return editor->script().is_settled();
        };
        return std::ranges::all_of(hers, is_open) && std::ranges::all_of(his, is_open);
      },
      "everybody has it open");
}

Result<jsonrpc::Json> Stage::call(BridgedEditor& by, std::string_view method,
                                  jsonrpc::Json params) {
  const jsonrpc::RequestId id = by.script().asks(method, std::move(params));
  by.send();
  std::optional<jsonrpc::Message> answer;
  const auto is_it = [&](const jsonrpc::Message& message) {
    const auto* response = std::get_if<jsonrpc::Response>(&message);
    const auto* refusal = std::get_if<jsonrpc::ErrorResponse>(&message);
    return response != nullptr ? response->id == id : refusal != nullptr && refusal->id == id;
  };
  auto answered = wait_until(
      [&] {
        for (jsonrpc::Message& message : by.script().take_answers()) {
          if (is_it(message)) answer = std::move(message);
        }
        return answer.has_value();
      },
      std::string(method) + " is answered", 20 * kPatience);
  if (!answered) return forward_error(answered);
  if (const auto* refusal = std::get_if<jsonrpc::ErrorResponse>(&*answer)) {
    return fail(ErrorCode::Refused, std::string(method) + ": " + refusal->error.message);
  }
  return std::get<jsonrpc::Response>(*answer).result;
}

// Waiting -------------------------------------------------------------------------------------

Result<void> Stage::wait_until(const std::function<bool()>& holds, const std::string& what,
                               std::chrono::milliseconds patience) {
  bool is_late = false;
  loop::Timer deadline(loop_, [&] {
    is_late = true;
    loop_.stop();
  });
  deadline.start(patience);
  const loop::EndOfTurn look(loop_, [&] {
    if (holds()) loop_.stop();
  });
  if (!holds()) loop_.run();
  if (!is_late) return {};
  return fail(ErrorCode::System, "waited in vain: " + what);
}

Result<void> Stage::look_until(const std::function<bool()>& holds, const std::string& what,
                               std::chrono::milliseconds pause,
                               std::chrono::milliseconds patience) {
  const MonotonicTime end = loop_.now() + patience;
  while (!holds()) {
    if (loop_.now() > end) return fail(ErrorCode::System, "waited in vain: " + what);
    run_for(pause);
  }
  return {};
}

void Stage::run_for(std::chrono::milliseconds time) {
  loop::Timer timer(loop_, [this] { loop_.stop(); });
  timer.start(time);
  loop_.run();
}

// Telling -------------------------------------------------------------------------------------

void Stage::tell(const std::string& line) const { std::fprintf(stderr, "%s\n", line.c_str()); }

void Stage::report_use(load::Report& report) const {
  const std::pair<const char*, load::ServerProcess> programs[] = {
      {"server", server()}, {"her_daemon", hers_.daemon()}, {"his_daemon", his_.daemon()}};
  for (const auto& [name, process] : programs) {
    if (const auto cpu = process.cpu_seconds()) report.add(std::string(name) + "_cpu_s", *cpu);
    if (const auto bytes = process.resident_bytes()) {
      report.add(std::string(name) + "_bytes", static_cast<double>(*bytes));
    }
  }
}

}  // namespace plait::bench
