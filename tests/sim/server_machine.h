#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/people/directory.h"
#include "daemon/server/office.h"
#include "daemon/server/server.h"
#include "daemon/support/metrics.h"
#include "daemon/support/random.h"
#include "tests/sim/chance.h"
#include "tests/sim/commits.h"
#include "tests/sim/network.h"
#include "tests/sim/trace.h"
#include "tests/support/memory_server_store.h"

namespace plait::sim {

/// The one workspace that there is.
inline constexpr std::string_view kWorkspace = "w";

/// The machine on which the server runs: its core, its disk, and the connections that end
/// there.
class ServerMachine {
 public:
  /// The world around it, which outlives it.
  struct Around {
    Agenda& agenda;
    SimClock& clock;
    Trace& trace;
    const Weather& weather;
    Chance& chance;
    Random& random;
  };
  struct Options {
    bool open = false;           ///< rooms for everybody; otherwise a workspace with members
    bool viewers_write = false;  ///< a mistake that is there to be found
    bool disk_skips = false;     ///< another: it says that all is written, and something is not
    microseconds most_commit{};  ///< how long one takes at most
  };
  ServerMachine(Around around, const Options& options);
  ~ServerMachine() { stop(); }
  ServerMachine(const ServerMachine&) = delete;
  ServerMachine& operator=(const ServerMachine&) = delete;

  /// What is on its disk before it starts for the first time.
  void found(std::vector<store::Record> records);

  // Its life ----------------------------------------------------------------------------------

  void start();
  /// At once, and whatever the store has not written is lost.
  void stop();
  /// The same, and what was being written is on disk or not. It does not start by itself.
  void crash(Chance& chance);
  /// Stops when everybody has been told, and starts again.
  void drain(Chance& chance);
  [[nodiscard]] bool is_running() const noexcept { return server_ != nullptr; }
  [[nodiscard]] bool is_draining() const noexcept { return is_draining_; }
  /// Null while it does not run, and where rooms are open to everybody.
  [[nodiscard]] server::Office* office() const noexcept { return office_.get(); }

  // Its disk ----------------------------------------------------------------------------------

  [[nodiscard]] support::MemoryServerStore& store() noexcept { return store_; }
  [[nodiscard]] const support::MemoryServerStore& store() const noexcept { return store_; }
  [[nodiscard]] Commits<support::MemoryServerStore>& commits() noexcept { return commits_; }

  // Its connections ---------------------------------------------------------------------------

  /// Null if it does not run, or does not let him in. `on_over` is called when the program has
  /// heard that it is over.
  std::shared_ptr<Line> connect(const net::ConnectionInfo& info, std::size_t actor,
                                Program& program, std::function<void()> on_over);

  // The loop ----------------------------------------------------------------------------------

  [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;
  void advance();
  void end_of_turn();
  /// Nothing goes wrong any more, and connections that one end no longer believes in are gone.
  void heal();
  /// It runs, and has nothing left to write.
  [[nodiscard]] bool is_quiet() const;

 private:
  /// Lets in members, who say their id and nothing else.
  class Porter final : public server::Gatekeeper {
   public:
    explicit Porter(bool viewers_write) : viewers_write_(viewers_write) {}
    void look_into(const people::Directory* directory) { directory_ = directory; }
    [[nodiscard]] Result<server::Access> check(std::string_view token) override;

   private:
    bool viewers_write_;
    const people::Directory* directory_ = nullptr;
  };
  /// Nobody here has a password.
  class NoPasswords final : public server::PasswordWork {
    void run(std::function<void()> job, std::function<void()> done) override {
      job();
      done();
    }
  };

  [[nodiscard]] MonotonicTime now() const { return around_.clock.now(); }

  Around around_;
  Options options_;
  support::MemoryServerStore store_;
  Commits<support::MemoryServerStore> commits_;
  Porter porter_;
  Metrics metrics_;
  NoPasswords no_passwords_;
  std::optional<people::Directory> directory_;
  std::unique_ptr<server::Office> office_;
  std::unique_ptr<server::Server> server_;
  std::vector<std::shared_ptr<Line>> lines_;  ///< shared with what is on the agenda about them

  std::uint64_t life_ = 0;
  bool is_draining_ = false;
};

}  // namespace plait::sim
