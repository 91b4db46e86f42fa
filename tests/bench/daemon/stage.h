#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/loop/loop.h"
#include "protocol/base/result.h"
#include "protocol/jsonrpc/json.h"
#include "tests/bench/daemon/bridged_editor.h"
#include "tests/bench/daemon/options.h"
#include "tests/bench/load/report.h"
#include "tests/bench/load/server_process.h"
#include "tests/support/child_process.h"
#include "tests/support/plait_serve.h"
#include "tests/support/temporary_folder.h"

namespace plait::bench {

/// How long anything may take before it is believed never to happen.
inline constexpr std::chrono::seconds kPatience{30};

/// One user's machine: a PLAIT_HOME with its daemon, and the folder that is shared.
class Machine {
 public:
  /// In a folder of its own, which is there. Ends this program if no daemon comes up.
  Machine(std::string program, std::string place);

  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
  [[nodiscard]] std::string path_of(const std::string& name) const {
    return folder_ + "/" + name;
  }
  [[nodiscard]] support::ChildProcess::Order bridge() const;
  [[nodiscard]] load::ServerProcess daemon() const {
    return load::ServerProcess(daemon_.pid());
  }

 private:
  const std::string program_;
  const std::string place_;
  const std::string folder_;
  support::ChildProcess daemon_;
};

/// Everything that is measured: a server, two machines, and who plays on them.
class Stage {
 public:
  explicit Stage(const Options& options);

  [[nodiscard]] const Options& options() const noexcept { return options_; }
  [[nodiscard]] loop::Loop& loop() noexcept { return loop_; }
  /// For what is prepared beside the machines, on the same disk.
  [[nodiscard]] std::string path_of(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] Machine& hers() noexcept { return hers_; }
  [[nodiscard]] Machine& his() noexcept { return his_; }
  [[nodiscard]] load::ServerProcess server() const {
    return load::ServerProcess(server_.pid());
  }

  /// An editor on one of the machines, which has been greeted.
  Result<BridgedEditor*> editor(const Machine& machine);
  /// Her folder, with what is in it, is shared on the server; gives the link for others.
  Result<std::string> share(BridgedEditor& by);
  /// Comes back with the daemon's answer.
  Result<void> join(BridgedEditor& by, const std::string& link);
  /// Both folders have this file, and everybody has it open.
  Result<void> open_everywhere(const std::string& name, const std::string& text,
                               const std::vector<BridgedEditor*>& hers,
                               const std::vector<BridgedEditor*>& his);
  /// A request, and its answer.
  Result<jsonrpc::Json> call(BridgedEditor& by, std::string_view method, jsonrpc::Json params);

  /// Looked at after each turn of the loop.
  Result<void> wait_until(const std::function<bool()>& holds, const std::string& what,
                          std::chrono::milliseconds patience = kPatience);
  /// Looked at now and then: for what is costly to look at.
  Result<void> look_until(const std::function<bool()>& holds, const std::string& what,
                          std::chrono::milliseconds pause, std::chrono::milliseconds patience);
  void run_for(std::chrono::milliseconds time);

  /// A line for whoever waits, on standard error.
  void tell(const std::string& line) const;
  /// What the three programs have used so far.
  void report_use(load::Report& report) const;

 private:
  const Options options_;
  support::TemporaryFolder folder_;
  loop::Loop loop_;
  support::PlaitServe server_;
  Machine hers_;
  Machine his_;
  std::vector<std::unique_ptr<BridgedEditor>> editors_;
};

}  // namespace plait::bench
