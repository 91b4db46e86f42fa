#pragma once

#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "daemon/loop/stream.h"
#include "daemon/net/tls.h"
#include "daemon/support/clock.h"

namespace plait::net {

class Workbench;

/// How long a TLS handshake may take, whatever arrives meanwhile.
inline constexpr std::chrono::seconds kTlsTime{10};
/// Past this the user of a channel is told that its peer reads slowly.
inline constexpr std::size_t kBacklogBytes = std::size_t{4} << 20;
/// Past this the channel is closed.
inline constexpr std::size_t kMaxQueuedBytes = std::size_t{8} << 20;
/// So long a peer may take nothing of what waits for it.
inline constexpr std::chrono::seconds kStallTime{10};
/// So long a channel waits for its peer to end as well.
inline constexpr std::chrono::seconds kFinishTime{10};

/// What a channel tells whoever uses it. None of these may destroy the channel; what holds it
/// is handed to Workbench::discard() instead.
class ChannelHandler {
 public:
  /// From now on bytes can be sent and received: the TLS handshake is done, if there is one.
  virtual void on_ready() = 0;
  /// The bytes may be changed, and are good until this returns.
  virtual void on_bytes(std::span<char> bytes) = 0;
  virtual void on_backlog() = 0;
  virtual void on_drained() = 0;
  /// About once a second, once it is ready.
  virtual void on_tick(MonotonicTime now) = 0;
  /// The connection is gone. Called once, nothing comes after it, and never from within a call
  /// to the channel. `why` is for a log.
  virtual void on_gone(std::string_view why) = 0;

 protected:
  ~ChannelHandler() = default;
};

/// One TCP connection, with or without TLS: plaintext in, plaintext out.
///
/// What is sent is collected and leaves at the end of the turn, encrypted as one and written as
/// one. While the peer does not take it, it waits here, unencrypted, within bounds. An idle
/// channel holds no buffers.
class Channel final : private loop::StreamHandler {
 public:
  /// Without a session there is no TLS. The handler is borrowed; it hears of nothing before
  /// start().
  Channel(Workbench& bench, std::unique_ptr<loop::Stream> stream,
          std::unique_ptr<TlsSession> tls, ChannelHandler& handler);
  ~Channel() override;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// For a client's end, says hello.
  void start();
  /// Queues bytes. Nothing happens once the channel is finishing or gone.
  void send(std::string_view bytes);
  /// Ends the connection after what is queued. What the peer still sends is dropped.
  void finish();
  /// Ends the connection at once, at the end of this turn; for peers who are gone or hostile.
  void abort(std::string_view why);

  [[nodiscard]] std::size_t queued_bytes() const noexcept;
  /// How long nothing has arrived, to about a second.
  [[nodiscard]] MonotonicTime::duration silence(MonotonicTime now) const noexcept;
  /// Null without TLS.
  [[nodiscard]] const TlsSession* tls() const noexcept { return tls_.get(); }

 private:
  friend class Workbench;

  // What the workbench calls.
  void flush();
  void tick(MonotonicTime now);

  void on_bytes(std::span<char> bytes) override;
  void on_end() override;
  void on_failed(const Error& error) override;
  void on_drained() override;

  void decrypt(std::span<char> ciphertext);
  void become_ready();
  void write_slice(std::string_view plaintext, bool last);
  void drop_sent();
  void tell_of_backlog();
  void end_output();
  void be_gone_if_both_ended();
  void ask_for_flush();
  void be_gone(std::string_view why);

  Workbench& bench_;
  ChannelHandler& handler_;
  std::unique_ptr<loop::Stream> stream_;
  std::unique_ptr<TlsSession> tls_;

  std::string outgoing_;  ///< plaintext; the first sent_ bytes of it have left
  std::size_t sent_ = 0;
  std::string abort_why_;  ///< not empty if the channel is to be gone at the end of the turn

  MonotonicTime started_at_;
  MonotonicTime heard_at_;
  MonotonicTime moved_at_;  ///< when the peer last took something of what waited
  MonotonicTime finishing_since_;
  std::size_t waiting_ = 0;   ///< what waited in the stream at the last tick
  std::size_t position_ = 0;  ///< on the workbench
  bool is_ready_ = false;
  bool is_dirty_ = false;  ///< on the workbench's list of those to be flushed
  bool is_backlogged_ = false;
  bool is_finishing_ = false;
  bool output_ended_ = false;
  bool peer_ended_ = false;
  bool has_heard_ = false;  ///< since the last tick
  bool is_gone_ = false;
};

}  // namespace plait::net
