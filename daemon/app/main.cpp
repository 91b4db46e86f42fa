#include <iostream>
#include <string_view>
#include <variant>

#include "daemon/app/admin.h"
#include "daemon/app/bridge.h"
#include "daemon/app/client_commands.h"
#include "daemon/app/command_line.h"
#include "daemon/app/daemon_command.h"
#include "daemon/app/doctor.h"
#include "daemon/app/process_limits.h"
#include "daemon/app/serve.h"

namespace plait::app {
namespace {

int exit_code_of(std::string_view command, const Result<int>& result) {
  if (result) return *result;
  std::cerr << "plait " << command << ": " << result.error().message << '\n';
  return 1;
}
int exit_code_of(std::string_view command, const Result<void>& result) {
  return exit_code_of(command, result ? Result<int>(0) : Result<int>(Failure{result.error()}));
}

struct Run {
  int operator()(const Done& done) const { return done.exit_code; }
  int operator()(const AdminOptions& options) const {
    return exit_code_of("admin", administer(options));
  }
  int operator()(const ServeOptions& options) const {
    return exit_code_of("serve", serve(options));
  }
  int operator()(const DaemonOptions& options) const {
    return exit_code_of("daemon", run_daemon(options));
  }
  int operator()(const EditorBridge& /*none*/) const {
    return exit_code_of("editor", run_bridge());
  }
  int operator()(const ShareOptions& options) const {
    return exit_code_of("share", share(options));
  }
  int operator()(const JoinOptions& options) const {
    return exit_code_of("join", join(options));
  }
  int operator()(const StatusOptions& options) const {
    return exit_code_of("status", status(options));
  }
  int operator()(const AnswerOptions& options) const {
    return exit_code_of(options.accept ? "accept" : "decline", answer(options));
  }
  int operator()(const LeaveOptions& options) const {
    return exit_code_of("leave", leave(options));
  }
  int operator()(const DoctorOptions& options) const {
    return exit_code_of("doctor", examine(options));
  }
};

/// As std::visit(), which may throw.
template <class... Options>
int run(const std::variant<Options...>& command) {
  int exit_code = 0;
  const auto run_if = [&exit_code](const auto* options) {
    if (options != nullptr) exit_code = Run()(*options);
    return options != nullptr;
  };
  static_cast<void>((run_if(std::get_if<Options>(&command)) || ...));
  return exit_code;
}

}  // namespace
}  // namespace plait::app

int main(int argc, char** argv) {
  plait::app::set_process_limits();
  return plait::app::run(plait::app::parse_command_line(argc, argv));
}
