#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/document.h"
#include "daemon/net/close_code.h"
#include "daemon/net/http_head.h"
#include "daemon/net/peer.h"
#include "daemon/server/server.h"
#include "protocol/wire/message.h"

namespace plait::server {

/// Somebody with a standard Yjs provider: his document, his connection, and what has arrived
/// there. What he does while he is away, he brings when he comes back.
class Person final : private net::Peer, private crdt::Document::Observer {
 public:
  Person(std::string name, std::uint64_t client);
  ~Person();

  // At his desk -------------------------------------------------------------------------------
  void types(std::size_t at, std::string_view text);
  void erases(std::size_t at, std::size_t count);
  /// What he types now is his, and nobody will ever see it: the server is to miss something.
  void loses_what_he_sends(bool loses) { loses_ = loses; }
  void points_at(std::string_view json);
  /// Sends any bytes as a binary message.
  void says(std::string_view message);
  template <class M>
  void says_message(const M& message) {
    ByteWriter bytes;
    wire::encode(message, bytes);
    says(bytes.view());
  }
  [[nodiscard]] crdt::ClientId client() const { return document_.client(); }
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::size_t length() const;
  [[nodiscard]] std::string state() const { return document_.encode_state(); }
  /// What he sees of the others: the JSON by client id.
  [[nodiscard]] const std::map<std::uint64_t, std::string>& sees() const { return sees_; }

  // On the line -------------------------------------------------------------------------------
  /// False if he was not let in; refusal() says why.
  bool comes(Server& server, std::string_view path, std::string_view query = {});
  /// His connection is cut: what was on its way is lost, both ways.
  void goes();
  /// Hands the server what he has said. He is not called back meanwhile.
  void sends();
  /// Reads what has come. Does nothing while he is_slow.
  void reads();
  void is_slow(bool slow) { slow_ = slow; }

  [[nodiscard]] bool is_here() const { return session_ != nullptr && !closed_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::optional<net::Ending>& closed() const { return closed_; }
  [[nodiscard]] const std::optional<net::HttpResponse>& refusal() const { return refusal_; }
  [[nodiscard]] std::size_t max_message() const { return max_message_; }
  [[nodiscard]] const std::vector<std::string>& denials() const { return denials_; }
  [[nodiscard]] std::size_t waiting_bytes() const { return inbox_.size(); }
  /// Messages he has read, by kind.
  struct Count {
    std::size_t step1 = 0;
    std::size_t step2 = 0;
    std::size_t updates = 0;
    std::size_t awareness = 0;
  };
  [[nodiscard]] const Count& got() const { return got_; }
  void forgets_what_he_got() { got_ = {}; }
  /// What he has sent as updates, in order, since he came.
  [[nodiscard]] const std::vector<std::string>& sent() const { return sent_; }

 private:
  void send(std::string_view frames) override { inbox_ += frames; }
  void close(net::CloseCode code, std::string_view reason) override;
  [[nodiscard]] std::size_t queued_bytes() const override { return inbox_.size(); }
  void set_max_message(std::size_t bytes) override { max_message_ = bytes; }
  void committed(crdt::Document& document, crdt::Origin origin) override;
  void hang_up();
  void read(const wire::Message& message);

  std::string name_;
  crdt::Document document_;
  crdt::TypeRef text_;
  std::uint64_t awareness_clock_ = 0;
  std::map<std::uint64_t, std::string> sees_;
  std::map<std::uint64_t, std::uint64_t> clocks_;

  std::unique_ptr<net::Session> session_;
  std::vector<std::string> outbox_;
  std::string inbox_;
  bool slow_ = false;
  bool loses_ = false;
  std::optional<net::Ending> closed_;
  std::optional<net::HttpResponse> refusal_;
  std::size_t max_message_ = net::kMaxMessageBytesBeforeLogin;
  std::vector<std::string> denials_;
  std::vector<std::string> sent_;
  Count got_;
};

}  // namespace plait::server
