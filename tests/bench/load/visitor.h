#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/net/client_connection.h"
#include "protocol/base/bytes.h"
#include "tests/bench/load/dialect.h"
#include "tests/bench/load/world.h"

namespace plait::load {

/// One connection to one room.
class Visitor final : private net::ClientConnection::Handler {
 public:
  /// Hears of what others did, the answer to the visitor's own question included.
  class Listener {
   public:
    virtual void on_update(Visitor& visitor, std::string_view update) = 0;

   protected:
    ~Listener() = default;
  };

  /// What he says he has, and what he answers when the server asks for what it lacks. Views
  /// that outlive him; as they are, nothing.
  struct Baggage {
    std::string_view vector{"\0", 1};
    std::string_view update{"\0\0", 2};
  };

  /// The world outlives him, and so does the listener, if there is one.
  Visitor(World& world, std::string room, Listener* listener, std::size_t index,
          Baggage baggage);

  Result<void> start();
  void type(std::string_view update) { say(Sync::Update, update); }
  /// A whole document, as if the server had asked for it.
  void bring(std::string_view update) { say(Sync::Answer, update); }
  /// Leaves for good.
  void leave();

  /// The server has answered what he asked when he came.
  [[nodiscard]] bool is_synced() const noexcept { return is_synced_; }
  /// The server has asked what he has, and was answered.
  [[nodiscard]] bool was_asked() const noexcept { return was_asked_; }
  [[nodiscard]] bool is_gone() const noexcept { return is_gone_; }
  /// The state vector that the server last said it had.
  [[nodiscard]] const std::string& server_vector() const noexcept { return server_vector_; }
  [[nodiscard]] std::size_t index() const noexcept { return index_; }
  [[nodiscard]] std::size_t queued_bytes() const { return connection_.queued_bytes(); }

 private:
  void say(Sync what, std::string_view payload);

  void on_open(std::string_view subprotocol) override;
  void on_message(net::MessageKind kind, std::string_view payload) override;
  void on_backlog() override {}
  void on_drained() override {}
  void on_closed(const net::Ending& ending) override;

  World& world_;
  const std::string room_;
  Listener* const listener_;
  const std::size_t index_;
  const Baggage baggage_;
  std::string server_vector_;
  ByteWriter message_;
  bool is_synced_ = false;
  bool was_asked_ = false;
  bool is_leaving_ = false;
  bool is_gone_ = false;
  net::ClientConnection connection_;  // last: it calls the others
};

/// How many connections are being made at any time. What is measured is not how a server stands
/// a storm of them.
inline constexpr std::size_t kConnectingAtOnce = 32;

/// Starts `count` visitors, each made by `make(index)`, and waits until all are synced. They
/// come behind those that `visitors` holds.
Result<void> admit(World& world, std::vector<std::unique_ptr<Visitor>>& visitors,
                   std::size_t count,
                   const std::function<std::unique_ptr<Visitor>(std::size_t)>& make);

}  // namespace plait::load
