#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/net/close_code.h"
#include "daemon/net/websocket_frame.h"

namespace plait::net {

inline constexpr std::size_t kMaxMessageBytes = std::size_t{4} << 20;
/// What somebody may send who has not logged in yet.
inline constexpr std::size_t kMaxMessageBytesBeforeLogin = std::size_t{8} << 10;
inline constexpr std::size_t kMaxFragments = 128;
/// Pings, pongs and closes between two refills. A ping costs its sender as much as us, but each
/// is answered, and the answers would wait in memory for somebody who does not read.
inline constexpr std::size_t kControlFrameBudget = 32;

enum class MessageKind : std::uint8_t { Text, Binary };

/// The payload of a close frame. A reason that does not fit is cut.
[[nodiscard]] std::string close_payload(const Ending& ending);

/// The receiving half of a WebSocket connection: bytes in, messages out.
///
/// Payloads are unmasked where they lie, and a message that came in one piece is handed on from
/// there, without a copy. Only what is cut is gathered; between messages nothing is held.
class WebSocketCodec {
 public:
  /// Which end of the connection this is. What a server receives has to be masked; what a
  /// client receives must not be.
  enum class Role : std::uint8_t { Server, Client };

  /// Hears of what was received. Views are good until the call returns; the codec has to live
  /// that long, so a handler that wants no more calls stop().
  class Handler {
   public:
    /// Text is strict UTF-8.
    virtual void on_message(MessageKind kind, std::string_view payload) = 0;
    /// To be answered with a pong that carries the same payload.
    virtual void on_ping(std::string_view payload) = 0;
    /// The peer is done. Nothing comes after this.
    virtual void on_close(const Ending& ending) = 0;

   protected:
    ~Handler() = default;
  };

  WebSocketCodec(Role role, std::size_t max_message_bytes) noexcept
      : role_(role), max_message_(max_message_bytes) {}

  /// Takes what arrived, and writes over it. Answers why the connection has to be closed, if
  /// the peer broke the rules; from then on nothing is delivered any more.
  [[nodiscard]] std::optional<Ending> feed(std::span<char> bytes, Handler& handler);

  /// From the next frame on.
  void set_max_message(std::size_t bytes) noexcept { max_message_ = bytes; }
  /// To be called once a second.
  void refill_control_budget() noexcept { control_frames_ = 0; }
  /// Drops whatever comes from now on.
  void stop() noexcept { stopped_ = true; }

 private:
  using Fault = std::optional<Ending>;

  bool gather_header(std::span<char>& bytes) noexcept;
  Fault begin_frame();
  Fault check_data_frame();
  Fault take_payload(std::span<char>& bytes, Handler& handler);
  Fault end_message(std::string_view payload, Handler& handler);
  Fault end_control(std::string_view payload, Handler& handler);
  Fault end_connection(std::string_view payload, Handler& handler);

  Role role_;
  bool stopped_ = false;
  bool in_payload_ = false;
  bool in_message_ = false;  ///< a fragment came, and it was not the last
  MessageKind kind_ = MessageKind::Text;
  std::uint8_t header_size_ = 0;  ///< bytes of header_ that are there
  std::uint8_t fragments_ = 0;
  std::uint8_t control_frames_ = 0;
  std::array<char, kMaxFrameHeader> header_{};
  FrameHeader frame_;
  std::size_t taken_ = 0;  ///< of the frame's payload
  std::size_t max_message_;
  std::string message_;  ///< what there is of a message that is not whole
  std::string control_;  ///< the same of a control frame, which may come between fragments
};

}  // namespace plait::net
