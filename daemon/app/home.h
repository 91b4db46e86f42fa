#pragma once

#include <optional>
#include <string>
#include <utility>

#include "daemon/app/descriptor.h"
#include "daemon/app/open_folder.h"
#include "protocol/base/result.h"

namespace plait::app {

// What lies where in a Home.

inline constexpr const char* kDaemonSocket = "daemon.sock";
inline constexpr const char* kDaemonLock = "daemon.lock";
inline constexpr const char* kDeviceKey = "device.key";
inline constexpr const char* kReplicaFolder = "replica.db";  ///< documents of this machine
inline constexpr const char* kServerFolder = "server";       ///< of the embedded server
inline constexpr const char* kBinFolder = "bin";             ///< what was deleted
inline constexpr const char* kBackupFolder = "backups";      ///< what was replaced
inline constexpr const char* kRulesFolder = "rules";         ///< what is shared, and what not
inline constexpr const char* kBuffersFolder = "buffers";     ///< what editors have open
inline constexpr const char* kLogFolder = "log";

/// Where Home is: what PLAIT_HOME says, or else the folder `plait` for state, as XDG has it.
/// Absolute.
Result<std::string> home_folder();

/// The folder of one user's daemon: two of them on one machine are like two machines.
class Home {
 public:
  /// Makes the folder (0700) if there is none. Refused is one of another user, and one that is
  /// open to others and holds what is not ours: it is not ours to close.
  static Result<Home> open(const std::string& folder);

  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
  /// Refused is a folder, by its real path, that holds this one or is in it: whoever shared
  /// that would share his key.
  [[nodiscard]] Result<void> check_apart(const std::string& folder) const;
  /// What lies in it. As long as the folder's own path.
  [[nodiscard]] std::string path_of(const std::string& name) const;
  /// The same, short enough for a socket whatever the folder is called; for this process, and
  /// for as long as this exists.
  [[nodiscard]] std::string short_path_of(const std::string& name) const {
    return opened_.path_of(name);
  }

 private:
  Home(std::string folder, OpenFolder opened) noexcept
      : folder_(std::move(folder)), opened_(std::move(opened)) {}

  std::string folder_;
  OpenFolder opened_;
};

/// Held by the one daemon of a Home, from before it listens until after its socket is gone. The
/// kernel lets go of it when the process ends, however it does.
class DaemonLock {
 public:
  /// Nothing if another process has it.
  static Result<std::optional<DaemonLock>> take(const Home& home);
  /// Whether somebody has it: a daemon that runs, begins or ends.
  static bool is_taken(const Home& home);

 private:
  explicit DaemonLock(Descriptor file) noexcept : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace plait::app
