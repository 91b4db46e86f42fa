#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/loop/timer.h"
#include "daemon/support/clock.h"

namespace plait::loop {
class Loop;
}

namespace plait::net {

class Channel;

/// Something that may have to go from within its own callback.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;
};

/// What all channels of one loop share: buffers for the work of a moment, the list of those
/// that have something to send, and one timer that watches over their deadlines. A buffer or a
/// timer for each would be most of what an idle connection costs.
class Workbench {
 public:
  Workbench(loop::Loop& loop, const Clock& clock);
  /// All channels have gone before.
  ~Workbench();
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;

  /// Sends what was queued in this turn, then frees what was discarded. To be called from a
  /// loop::EndOfTurn, after everybody has said what they have to say.
  void end_of_turn();
  /// Looks after deadlines. Called about once a second, as long as there are channels.
  void tick();
  /// Keeps a connection until the turn ends.
  void discard(std::unique_ptr<Connection> connection);

  [[nodiscard]] loop::Loop& loop() noexcept { return loop_; }
  [[nodiscard]] MonotonicTime now() const { return clock_.now(); }
  [[nodiscard]] std::size_t channels() const noexcept { return channels_.size(); }

 private:
  friend class Channel;

  /// Room for one decrypted TLS record.
  static constexpr std::size_t kPlaintextBytes = std::size_t{16} << 10;
  /// Buffers that are kept for the next turn, and how large one of them may be.
  static constexpr std::size_t kMaxSpareBuffers = 64;
  static constexpr std::size_t kMaxSpareBytes = std::size_t{256} << 10;

  // For channels.
  void attach(Channel& channel);
  void detach(Channel& channel) noexcept;
  void will_flush(Channel& channel);
  std::string take_buffer();
  void give_back(std::string buffer);

  loop::Loop& loop_;
  const Clock& clock_;
  std::vector<Channel*> channels_;
  std::vector<Channel*> to_flush_;  ///< null: it has gone
  std::vector<std::unique_ptr<Connection>> discarded_;
  std::vector<std::string> spare_buffers_;
  std::array<char, kPlaintextBytes> plaintext_;
  std::string ciphertext_;
  loop::Timer timer_;
};

}  // namespace plait::net
