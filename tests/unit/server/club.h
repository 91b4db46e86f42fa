#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/device_key.h"
#include "daemon/crypto/random.h"
#include "daemon/crypto/token.h"
#include "daemon/people/directory.h"
#include "daemon/server/office.h"
#include "daemon/server/server.h"
#include "daemon/server/token_gatekeeper.h"
#include "daemon/support/metrics.h"
#include "tests/support/connect_person.h"
#include "tests/support/memory_server_store.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/server/person.h"
#include "tests/unit/server/world.h"

namespace plait::server {

namespace connect = messages::connect;
using support::ConnectDocument;
using support::ConnectPerson;

/// A server with two workspaces: `w`, where Olga is the owner, Ann and Ben are editors, Cem may
/// comment, Vera may read, and Rex was a member once; and `v`, which is Zoe's. Eve has a device
/// and is nobody's member. Each comes with a device of his own.
class Club {
 public:
  explicit Club(std::uint64_t workspace_quota = store::BlobQuota{}.workspace);
  ~Club();

  /// Somebody who has come, and opens the workspace by himself.
  ConnectPerson& guest(std::string_view name, std::string_view workspace = "w");
  /// Somebody who has come and says nothing by himself.
  ConnectPerson& stranger(std::string_view name);
  /// Somebody with a standard Yjs provider, and a token.
  Person& provider(std::string_view name, std::string_view path,
                   connect::Role role = connect::Role::Editor);
  /// Of a member, for `w`, in this role at most.
  std::string token_of(std::string_view name, connect::Role role,
                       std::chrono::seconds life = std::chrono::hours{1});

  /// Everybody says what he has to say, the server has its turn, the store writes and answers,
  /// and everybody reads.
  void turn(bool store_works = true);
  /// Turns until nothing moves any more.
  void settle();
  /// Time passes, and the server is woken when it asked to be.
  void wait(std::chrono::microseconds time);
  /// The server dies, and with it what the store has not synced; another one starts.
  void crash();

  /// Asks, and waits for the answer.
  template <class M>
  support::Outcome<M> ask(ConnectPerson& person, const M& message) {
    std::optional<support::Outcome<M>> answer;
    person.client.call<M>(message, [&](support::Outcome<M> outcome) { answer = outcome; });
    settle();
    BOOST_TEST_REQUIRE(answer.has_value());
    return *answer;
  }
  /// The same, and the answer is good.
  template <class M>
  typename M::Reply get(ConnectPerson& person, const M& message) {
    auto outcome = ask<M>(person, message);
    const auto* error = std::get_if<jsonrpc::RpcError>(&outcome);
    BOOST_TEST_REQUIRE(error == nullptr, (error == nullptr ? "" : error->message));
    return std::get<typename M::Reply>(std::move(outcome));
  }
  /// The same, and the answer is an error: its code.
  template <class M>
  std::int64_t refusal(ConnectPerson& person, const M& message) {
    auto outcome = ask<M>(person, message);
    const auto* error = std::get_if<jsonrpc::RpcError>(&outcome);
    BOOST_TEST_REQUIRE((error != nullptr), "an error is expected");
    return error->code;
  }

  [[nodiscard]] std::string id_of(std::string_view name) const;
  [[nodiscard]] const crypto::DeviceKey& device_of(std::string_view name) const;
  [[nodiscard]] Actor olga() const { return {id_of("Olga"), connect::Role::Owner}; }
  /// The text of a document as the store has it, for a server that starts now.
  std::string stored_text(std::string_view document);

  StoryClock clock;
  const std::uint64_t workspace_quota;
  support::MemoryServerStore store{{.workspace = workspace_quota}};
  crypto::SystemRandom random;
  Metrics metrics;
  std::optional<people::Directory> directory;
  std::unique_ptr<Office> office;
  std::unique_ptr<TokenGatekeeper> gatekeeper;
  std::unique_ptr<Server> server;

 private:
  /// Whoever wants a password hashed gets it at once.
  class Hasher final : public PasswordWork {
    void run(std::function<void()> job, std::function<void()> done) override {
      job();
      done();
    }
  };

  void start();
  void stop();

  support::TemporaryFolder folder_;  ///< for the key that tokens are signed with
  Hasher hasher_;
  std::map<std::string, crypto::DeviceKey, std::less<>> devices_;
  std::vector<std::unique_ptr<ConnectPerson>> guests_;
  std::vector<std::unique_ptr<Person>> providers_;
};

/// A ConnectError as a number, to compare.
constexpr std::int64_t code(connect::ConnectError error) {
  return static_cast<std::int64_t>(error);
}

}  // namespace plait::server
