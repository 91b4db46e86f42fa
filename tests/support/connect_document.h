#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crdt/document.h"
#include "daemon/crdt/state_vector.h"
#include "protocol/messages/connect/document.h"
#include "protocol/wire/channel_frame.h"

namespace plait::support {

namespace connect = messages::connect;

/// One document of a ConnectClient: the replica, and where its conversation with the server is.
class ConnectDocument final : private crdt::Document::Observer {
 public:
  /// The client, as its documents see it.
  class Owner {
   public:
    Owner() = default;
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
    virtual void say_frame(std::string_view frame) = 0;
    virtual void say_diverged(const connect::DocumentDiverged& what) = 0;

   protected:
    ~Owner() = default;
  };

  ConnectDocument(Owner& owner, std::string_view name);
  ~ConnectDocument() override;

  // Editing, in UTF-16 units. What is typed without a connection is sent on the next one. Only
  // once there is a client id.
  void types(std::size_t at, std::string_view text);
  void erases(std::size_t at, std::size_t count);
  /// What is typed from now on is never sent: the server is to miss something.
  void loses_what_it_sends(bool loses) noexcept { loses_ = loses; }
  /// Any update, as if it were one of this replica's.
  void says_update(std::string_view update);
  /// Asks for what this replica lacks.
  void asks_again();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::string text() const { return document_->to_string(text_); }
  [[nodiscard]] std::size_t length() const { return document_->length(text_).value(); }
  [[nodiscard]] const crdt::Document& document() const noexcept { return *document_; }

  [[nodiscard]] bool has_client() const noexcept { return !own_clients_.empty(); }
  [[nodiscard]] bool is_open() const noexcept { return channel_.has_value(); }
  [[nodiscard]] std::optional<wire::Channel> channel() const noexcept { return channel_; }
  [[nodiscard]] bool is_writable() const noexcept { return writable_; }
  /// Up to which all is here once it has been read, as far as the server said.
  [[nodiscard]] std::int64_t version() const noexcept { return version_; }
  /// Updates since it was opened, and how many of them are on disk as far as the server said.
  [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
  [[nodiscard]] std::uint64_t durable() const noexcept { return durable_; }
  /// Everything here is on the server's disk.
  [[nodiscard]] bool is_saved() const noexcept {
    return is_open() && joined_ && !unsent_ && durable_ == sent_;
  }
  [[nodiscard]] const std::optional<connect::DocumentRefused>& refused() const noexcept {
    return refused_;
  }
  /// Texts that had the server's hash, and those that had not.
  [[nodiscard]] std::size_t hashes_equal() const noexcept { return hashes_equal_; }
  [[nodiscard]] std::size_t hashes_different() const noexcept { return hashes_different_; }
  /// The text of the replica before this one.
  [[nodiscard]] const std::optional<std::string>& copy() const noexcept { return copy_; }
  /// Updates with all that the server has said is on disk, since they were taken the last time.
  [[nodiscard]] std::vector<std::string> take_acknowledged() {
    return std::exchange(acknowledged_, {});
  }

  // For the client
  // -----------------------------------------------------------------------------

  void leased(std::uint64_t client);
  void opened(const connect::DocumentOpen::Reply& reply);
  /// The connection is gone, or the document is closed.
  void shut();
  void closed(const connect::DocumentClose::Reply& reply) {
    version_ = reply.version.value_or(version_);
  }
  void was_refused(const connect::DocumentRefused& refusal) { refused_ = refusal; }
  /// Says what is wrong with the message, if anything is.
  [[nodiscard]] std::optional<std::string> received(const wire::Message& message);
  /// An empty replica, without a client id.
  void start_anew();

 private:
  void committed(crdt::Document& document, crdt::Origin origin) override;
  /// What nobody but this replica can have made, and all that was deleted.
  [[nodiscard]] std::string own_part(const crdt::StateVector& known) const;
  void send(const wire::Message& message);
  void send_update(const wire::Message& update, std::string promised);
  void answer(std::string_view state_vector);
  void count_durable(std::uint64_t messages);
  [[nodiscard]] std::optional<std::string> compare(const wire::TextHash& hash);

  Owner& owner_;
  const std::string name_;
  std::unique_ptr<crdt::Document> document_;
  crdt::TypeRef text_{};
  std::vector<crdt::ClientId> own_clients_;
  std::optional<wire::Channel> channel_;
  bool writable_ = false;
  std::int64_t version_ = 0;
  bool joined_ = false;  ///< the server's step 1 was answered, so updates make sense to it
  bool unsent_ = false;  ///< something was typed that may be on no server
  bool loses_ = false;
  bool server_lacks_others_ = false;
  std::uint64_t sent_ = 0;
  std::uint64_t durable_ = 0;
  std::deque<std::string> unacknowledged_;
  std::vector<std::string> acknowledged_;
  std::optional<connect::DocumentRefused> refused_;
  std::optional<std::string> copy_;
  std::size_t hashes_equal_ = 0;
  std::size_t hashes_different_ = 0;
};

}  // namespace plait::support
