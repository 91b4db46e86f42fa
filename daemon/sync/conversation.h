#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/sync/line.h"
#include "protocol/base/bytes.h"
#include "protocol/jsonrpc/fields.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/wire/channel_frame.h"

namespace plait::sync {

/// What a request was answered with.
template <class M>
using Outcome = std::variant<typename M::Reply, jsonrpc::RpcError>;

/// What becomes of a request that was not answered when the connection ended.
enum class AfterCut : std::uint8_t {
  Fail,    ///< it is answered with an error (Unavailable)
  Forget,  ///< nobody wants to know any more
  Repeat,  ///< it is said again on the next connection
};

/// Requests and their answers, over one line after the other.
///
/// Who asks too fast is answered so, with when to ask again. Requests that are not `Fail` are
/// then said again by themselves.
class Conversation {
 public:
  /// `fault` hears what the server may not say. All of them outlive the conversation.
  Conversation(Agenda& agenda, const Clock& clock, std::function<void(std::string)> fault);

  void begin(Line& line) { line_ = &line; }
  void end();
  /// From now on requests are answered for what they ask: those that are to be repeated go.
  void opened();
  [[nodiscard]] bool is_live() const noexcept { return line_ != nullptr; }
  [[nodiscard]] std::size_t queued_bytes() const { return line_ ? line_->queued_bytes() : 0; }

  /// `then` is called once; before this returns, if there is no connection and nothing to be
  /// repeated.
  template <class M>
  void call(const M& message, std::function<void(Outcome<M>)> then, AfterCut after_cut);
  template <class M>
  void notify(const M& message) {
    say_text(write_message(
        jsonrpc::Notification{std::string(M::kMethod), jsonrpc::write_fields(message)}));
  }
  /// A binary message.
  template <class M>
  void say(wire::Channel channel, const M& message) {
    if (line_ == nullptr) return;
    ByteWriter frame;
    wire::encode_frame(channel, message, frame);
    line_->send(net::MessageKind::Binary, frame.view());
  }

  void take(const jsonrpc::Response& answer);
  void take(const jsonrpc::ErrorResponse& refusal);

 private:
  using Answerer = std::function<void(const jsonrpc::Json*, const jsonrpc::RpcError*)>;
  struct Asked {
    std::string text;  ///< empty if it is never said again
    AfterCut after_cut = AfterCut::Fail;
    bool is_said = false;
    Answerer then;
  };

  void ask(std::string_view method, jsonrpc::Json params, AfterCut after_cut, Answerer then);
  void say(Asked& asked);
  void say_text(std::string_view text);
  void say_unsaid();
  /// The request with this id, if there is one that was said.
  [[nodiscard]] Asked* find(const std::optional<jsonrpc::RequestId>& id);
  [[nodiscard]] static jsonrpc::RpcError cut();

  const Clock& clock_;
  const std::function<void(std::string)> fault_;
  Line* line_ = nullptr;
  bool is_open_ = false;
  std::int64_t last_id_ = 0;
  std::map<std::int64_t, Asked> asked_;  ///< in the order in which they were made
  Alarm slower_;                         ///< when what was too fast is said again
};

template <class M>
void Conversation::call(const M& message, std::function<void(Outcome<M>)> then,
                        AfterCut after_cut) {
  ask(M::kMethod, jsonrpc::write_fields(message), after_cut,
      [this, then = std::move(then), after_cut](const jsonrpc::Json* result,
                                                const jsonrpc::RpcError* error) {
        if (error != nullptr) {
          if (then) then(*error);
          return;
        }
        auto reply = jsonrpc::read_fields<typename M::Reply>(*result, "result");
        if (!reply) {
          fault_(std::string(M::kMethod) + ": " + reply.error().message);
          if (then && after_cut != AfterCut::Forget) then(cut());
        } else if (then) {
          then(*std::move(reply));
        }
      });
}

}  // namespace plait::sync
