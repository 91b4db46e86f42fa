#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "daemon/app/daemon_hello.h"
#include "daemon/app/editor_peer.h"
#include "daemon/loop/pipe_stream.h"
#include "protocol/jsonrpc/frame_reader.h"
#include "protocol/jsonrpc/message.h"

namespace plait::app {

/// With more than this waiting for an editor, nothing more is read from it: whoever does not
/// listen is not listened to.
inline constexpr std::size_t kEditorBacklogBytes = std::size_t{4} << 20;
/// With more than this it is hung up on. Two of the largest messages fit.
inline constexpr std::size_t kMaxEditorQueueBytes = std::size_t{68} << 20;

/// One connection to the daemon's socket: greets who comes, then brings whole messages to the
/// peer that the host has for them, and the peer's messages out. What is sent in one turn
/// leaves as one write.
class EditorPort final : public EditorLine, private loop::StreamHandler {
 public:
  class Owner {
   public:
    virtual std::unique_ptr<EditorPeer> welcome(EditorLine& line) = 0;
    /// Somebody asked the daemon to end.
    virtual void stop() = 0;

   protected:
    ~Owner() = default;
  };

  /// The owner outlives it.
  EditorPort(Owner& owner, std::unique_ptr<loop::PipeStream> stream);
  ~EditorPort() = default;

  void send(std::string_view body) override;
  void close() override { is_closing_ = true; }
  [[nodiscard]] std::size_t queued_bytes() const override;

  /// Sends what was said in this turn.
  void end_of_turn();
  /// It can go.
  [[nodiscard]] bool is_over() const noexcept { return is_over_; }

 private:
  enum class Phase : std::uint8_t { Silent, Greeted, Open };

  void on_bytes(std::span<char> bytes) override;
  void on_end() override { is_over_ = true; }
  void on_failed(const Error& /*error*/) override { is_over_ = true; }
  void on_drained() override;

  void receive(std::string_view body);
  /// False if it is no message of the greeting.
  bool greet(const jsonrpc::Request& request);
  void answer(const jsonrpc::RequestId& id, const jsonrpc::Json& result);

  Owner& owner_;
  Phase phase_ = Phase::Silent;
  bool is_closing_ = false;
  bool is_over_ = false;
  std::string out_;  ///< said in this turn
  jsonrpc::FrameReader reader_;
  std::unique_ptr<EditorPeer> peer_;
  std::unique_ptr<loop::PipeStream> stream_;  // last: it calls the others
};

}  // namespace plait::app
