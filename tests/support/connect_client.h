#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/crypto/device_key.h"
#include "daemon/crypto/login_proof.h"
#include "daemon/net/websocket_codec.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/connect/all.h"
#include "tests/support/connect_document.h"

namespace plait::support {

/// What a request was answered with.
template <class M>
using Outcome = std::variant<typename M::Reply, jsonrpc::RpcError>;

/// Where a client's messages go.
class ConnectLine {
 public:
  ConnectLine() = default;
  ConnectLine(const ConnectLine&) = delete;
  ConnectLine& operator=(const ConnectLine&) = delete;
  virtual void say(net::MessageKind kind, std::string_view payload) = 0;

 protected:
  ~ConnectLine() = default;
};

/// A client of /v1/connect, as docs/protocol.md has it. Whole messages go in and out, and there
/// is no I/O and no time; connect_person.h and connect_dialer.h put one on a line.
///
/// By itself it says hello, logs in, opens its workspace, leases a client id, opens documents,
/// answers the server's questions about them, and does all of that again on every connection.
/// Everything else is for whoever uses it.
class ConnectClient final : private ConnectDocument::Owner {
 public:
  struct Config {
    std::string name = "somebody";
    const crypto::DeviceKey* device = nullptr;  ///< logs in with it; outlives the client
    std::string token;                          ///< logs in with this, if there is no device
    std::string workspace;                      ///< empty: opens none by itself
    std::string replica = "replica";            ///< what client ids are leased for
    std::vector<std::string> capabilities = {"durable", "hash", "presence", "feed", "touched"};
    bool by_itself = true;  ///< false: says nothing unless told
  };

  explicit ConnectClient(Config config) : config_(std::move(config)) {}

  // The line
  // -----------------------------------------------------------------------------------

  /// The line is good until disconnected().
  void connected(ConnectLine& line, crypto::LoginChannel channel);
  void received(net::MessageKind kind, std::string_view payload);
  /// What was asked and not answered never will be.
  void disconnected();
  [[nodiscard]] bool is_connected() const noexcept { return line_ != nullptr; }

  // Requests
  // -----------------------------------------------------------------------------------

  template <class M>
  void call(const M& message, std::function<void(Outcome<M>)> then = {});
  template <class M>
  void notify(const M& message) {
    say_text(write_message(
        jsonrpc::Notification{std::string(M::kMethod), jsonrpc::write_fields(message)}));
  }
  /// Any bytes at all.
  void say(net::MessageKind kind, std::string_view payload);

  /// With the key or the token, as configured; after `hello` was answered.
  void logs_in();
  void opens_workspace();

  // What is known
  // ------------------------------------------------------------------------------

  [[nodiscard]] const Config& config() const noexcept { return config_; }
  [[nodiscard]] const std::optional<connect::Hello::Reply>& greeting() const noexcept {
    return greeting_;
  }
  [[nodiscard]] const std::optional<connect::User>& user() const noexcept { return user_; }
  /// The answer on this connection.
  [[nodiscard]] const std::optional<connect::WorkspaceOpen::Reply>& workspace() const noexcept {
    return workspace_;
  }
  /// What the server said by itself, of one kind, on all connections.
  template <class M>
  [[nodiscard]] const std::vector<M>& heard() const {
    return std::get<std::vector<M>>(heard_);
  }
  /// Every error that a request was answered with.
  [[nodiscard]] const std::vector<jsonrpc::RpcError>& errors() const noexcept {
    return errors_;
  }
  /// What the server said that it may not say. Nothing may be here, ever.
  [[nodiscard]] const std::vector<std::string>& complaints() const noexcept {
    return complaints_;
  }
  /// Chunks of blobs, joined, since they were taken the last time.
  [[nodiscard]] std::string take_blob() { return std::exchange(blob_, {}); }

  // Documents
  // ----------------------------------------------------------------------------------

  /// Opens it, on every connection. The reference is good until the client goes.
  ConnectDocument& opens(std::string_view document);
  /// Closes it; its replica stays.
  void closes(ConnectDocument& document);
  /// Opens it again on this connection: after a refusal that may have gone away.
  void reopens(ConnectDocument& document);
  /// As the protocol wants it after a refusal: a new replica, under a new client id. What was
  /// in the old one is its copy(), and the difference is for whoever uses this.
  void starts_anew(ConnectDocument& document);

  [[nodiscard]] const std::vector<std::unique_ptr<ConnectDocument>>& documents() const {
    return documents_;
  }
  /// Everything that was asked was answered, and all documents are open and have a client id.
  [[nodiscard]] bool is_ready() const noexcept;

 private:
  using Answerer = std::function<void(const jsonrpc::Json*, const jsonrpc::RpcError*)>;
  template <class List>
  struct Heard;
  template <class... Messages>
  struct Heard<messages::MessageList<Messages...>> {
    using Type = std::tuple<std::vector<Messages>...>;
  };

  // ConnectDocument::Owner
  void say_frame(std::string_view frame) override { say(net::MessageKind::Binary, frame); }
  void say_diverged(const connect::DocumentDiverged& what) override { notify(what); }

  void say_text(const std::string& text) { say(net::MessageKind::Text, text); }
  void send_request(std::string_view method, jsonrpc::Json params, Answerer then);
  void greet();
  void lease();
  void open(ConnectDocument& document);
  void read_text(std::string_view payload);
  void read_binary(std::string_view payload);
  void take_answer(const jsonrpc::RequestId& id, const jsonrpc::Json* result,
                   const jsonrpc::RpcError* error);
  void take_notification(const jsonrpc::Notification& notification);
  void complain(std::string what) { complaints_.push_back(std::move(what)); }

  const Config config_;
  ConnectLine* line_ = nullptr;
  crypto::LoginChannel channel_;
  std::int64_t last_id_ = 0;
  std::unordered_map<std::int64_t, Answerer> open_requests_;
  std::optional<connect::Hello::Reply> greeting_;
  std::optional<connect::User> user_;
  std::optional<connect::WorkspaceOpen::Reply> workspace_;
  std::vector<std::unique_ptr<ConnectDocument>> documents_;
  std::size_t replicas_ = 1;  ///< that ids were asked for; those of one start share one
  Heard<connect::ServerNotifications>::Type heard_;
  std::vector<jsonrpc::RpcError> errors_;
  std::vector<std::string> complaints_;
  std::string blob_;
};

template <class M>
void ConnectClient::call(const M& message, std::function<void(Outcome<M>)> then) {
  send_request(M::kMethod, jsonrpc::write_fields(message),
               [this, then = std::move(then)](const jsonrpc::Json* result,
                                              const jsonrpc::RpcError* error) {
                 if (error != nullptr) {
                   if (then) then(*error);
                   return;
                 }
                 auto reply = jsonrpc::read_fields<typename M::Reply>(*result, "result");
                 if (!reply) {
                   complain(std::string(M::kMethod) + ": " + reply.error().message);
                 } else if (then) {
                   then(*std::move(reply));
                 }
               });
}

}  // namespace plait::support
