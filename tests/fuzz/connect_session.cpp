// Choices become what a stranger, an editor and a viewer say at /v1/connect, in any order and
// any form, with cuts, a slow disk and time in between; an owner types meanwhile. Whatever they
// do, he stays, hears nothing that the protocol does not have, and reads what the server has.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crypto/device_key.h"
#include "daemon/crypto/token.h"
#include "daemon/people/directory.h"
#include "daemon/server/office.h"
#include "daemon/server/server.h"
#include "daemon/server/token_gatekeeper.h"
#include "daemon/support/log.h"
#include "daemon/support/metrics.h"
#include "daemon/support/random.h"
#include "protocol/base/assert.h"
#include "protocol/messages/connect/all.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/connect_document.h"
#include "tests/support/connect_person.h"
#include "tests/support/memory_server_store.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace connect = plait::messages::connect;
namespace crypto = plait::crypto;
namespace server = plait::server;
namespace store = plait::store;
using plait::MonotonicTime;
using plait::fuzz::FuzzInput;
using plait::support::ConnectClient;
using plait::support::ConnectDocument;
using plait::support::ConnectPerson;

/// The same in every run.
class CountingRandom final : public plait::Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(++count_ * 167 >> 3);
  }

 private:
  std::uint32_t count_ = 0;
};

class SteppedClock final : public plait::Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return now_; }
  [[nodiscard]] plait::WallTime wall() const override {
    return {
        std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count()};
  }
  void pass(std::chrono::milliseconds time) { now_ += time; }

 private:
  MonotonicTime now_{std::chrono::hours{1}};
};

class Hasher final : public server::PasswordWork {
  void run(std::function<void()> job, std::function<void()> done) override {
    job();
    done();
  }
};

/// Keys take a while to make, so they are made once.
struct Keys {
  plait::support::TemporaryFolder folder;
  CountingRandom random;
  std::string token_key = folder / "tokens.key";
  std::vector<crypto::DeviceKey> devices;

  Keys() {
    for (int i = 0; i < 4; ++i) devices.push_back(crypto::DeviceKey::generate(random).value());
    PLAIT_ASSERT(crypto::SigningKey::load_or_generate(token_key, random), "a key for tokens");
  }
};
const Keys& keys() {
  static const Keys kMade;
  return kMade;
}

constexpr std::array<std::string_view, 4> kRoles = {"owner", "editor", "viewer", ""};
const crypto::TokenRealm kRealm{"plait", "fuzz"};

/// The names of all requests, and of what clients say without being answered.
const std::vector<std::string_view>& methods() {
  static const std::vector<std::string_view> kAll = [] {
    std::vector<std::string_view> all;
    connect::Requests::for_each([&]<class M>() { all.push_back(M::kMethod); });
    connect::ClientNotifications::for_each([&]<class M>() { all.push_back(M::kMethod); });
    return all;
  }();
  return kAll;
}

/// A server with a workspace, and who comes to it: its owner, an editor, a viewer, a stranger.
class Story {
 public:
  Story() {
    std::vector<store::Record> records{store::WorkspaceRecord{"w", "A story", {}}};
    for (std::size_t i = 0; i < kRoles.size(); ++i) {
      if (!kRoles[i].empty()) records.push_back(member(i));
    }
    store_.put(std::move(records), {});
    store_.sync();
    store_.answer();
    directory_ = std::make_unique<plait::people::Directory>(
        store_.load_directory().value(), plait::people::Directory::Limits{}, random_);
    crypto::TokenIssuer issuer(crypto::SigningKey::load(keys().token_key).value(), kRealm);
    gatekeeper_ = std::make_unique<server::TokenGatekeeper>(
        crypto::TokenVerifier(issuer.public_key(), kRealm, [](crypto::TokenFault) {}),
        *directory_, clock_);
    office_ = std::make_unique<server::Office>(*directory_, store_, std::move(issuer), hasher_,
                                               clock_, random_);
    server_ = std::make_unique<server::Server>(
        server::Server::Options{}, store_, *gatekeeper_, clock_, metrics_,
        server::Server::Workspaces{*office_, random_, "s-fuzz"});
    for (std::size_t i = 0; i < kRoles.size(); ++i) {
      people_.push_back(std::make_unique<ConnectPerson>(config(i)));
      come(i);
    }
    document_ = &owner().client.opens("f-1");
    settle();
  }
  ~Story() {
    for (const auto& person : people_) person->goes();
  }

  void play(FuzzInput& in) {
    const std::size_t who = 1 + in.below(people_.size() - 1);
    ConnectPerson& person = *people_[who];
    switch (in.below(12)) {
      case 0: person.client.say(plait::net::MessageKind::Text, in.bytes(in.below(2000))); break;
      case 1:
        person.client.say(plait::net::MessageKind::Binary, in.bytes(in.below(2000)));
        break;
      case 2: {  // to a document that may be open
        std::string frame(1, static_cast<char>(1 + in.below(3)));
        frame += '\0';
        frame += static_cast<char>(in.below(3));
        const std::string_view payload = in.bytes(in.below(120));
        frame += static_cast<char>(payload.size());
        person.client.say(plait::net::MessageKind::Binary, frame.append(payload));
        break;
      }
      case 3:
      case 4:
      case 5: say_request(person, in); break;
      case 6: clock_.pass(std::chrono::milliseconds{in.below(12'000)}); break;
      case 7:
        person.goes();
        come(who);
        break;
      case 8: person.is_slow(in.one_in(2)); break;
      case 9: turn(/*store_works=*/false); break;
      case 10: document_->types(0, "o"); break;
      default: turn(/*store_works=*/true); break;
    }
  }

  void end() {
    for (const auto& person : people_) person->is_slow(false);
    settle();
    for (const std::string& complaint : owner().client.complaints()) {
      PLAIT_ASSERT(complaint.empty(), complaint.c_str());
    }
    PLAIT_ASSERT(owner().is_here(), "the owner to stay");
    PLAIT_ASSERT(!document_->refused(), "what the owner typed to be taken");
    PLAIT_ASSERT(document_->hashes_different() == 0, "the owner to have the server's text");
    document_->document().check_invariants();
  }

 private:
  static store::MemberRecord member(std::size_t i) {
    store::MemberRecord record;
    record.workspace = "w";
    record.id = "u-" + std::to_string(i);
    record.name = "Person " + std::to_string(i);
    record.role = kRoles[i];
    record.devices = {keys().devices[i].public_key().bytes};
    return record;
  }
  static ConnectClient::Config config(std::size_t i) {
    ConnectClient::Config config;
    config.name = "Person " + std::to_string(i);
    config.device = &keys().devices[i];
    config.workspace = kRoles[i].empty() ? "" : "w";
    config.replica = "r-" + std::to_string(i);
    return config;
  }
  ConnectPerson& owner() { return *people_.front(); }
  void come(std::size_t who) { people_[who]->comes(*server_); }

  /// Well-formed around whatever the params are.
  static void say_request(ConnectPerson& person, FuzzInput& in) {
    const std::string_view method = methods()[in.below(methods().size())];
    const std::string_view params = in.bytes(in.below(400));
    std::string text = R"({"jsonrpc":"2.0","id":9999,"method":")";
    text.append(method).append(R"(","params":)");
    text.append(params.empty() ? std::string_view("{}") : params).append("}");
    person.client.say(plait::net::MessageKind::Text, text);
  }

  void turn(bool store_works) {
    for (const auto& person : people_) person->sends();
    server_->end_of_turn();
    const auto due = server_->next_deadline();
    if (due && *due <= clock_.now()) server_->advance(clock_.now());
    if (store_works) {
      store_.sync();
      store_.answer();
      server_->end_of_turn();
    }
    for (const auto& person : people_) person->reads();
  }
  void settle() {
    constexpr int kEnough = 10;
    for (int i = 0; i < kEnough; ++i) turn(/*store_works=*/true);
  }

  plait::support::MemoryServerStore store_;
  CountingRandom random_;
  SteppedClock clock_;
  plait::Metrics metrics_;
  Hasher hasher_;
  std::unique_ptr<plait::people::Directory> directory_;
  std::unique_ptr<server::TokenGatekeeper> gatekeeper_;
  std::unique_ptr<server::Office> office_;
  std::unique_ptr<server::Server> server_;
  std::vector<std::unique_ptr<ConnectPerson>> people_;
  ConnectDocument* document_ = nullptr;
};

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*arguments*/) {
  plait::log::set_level(plait::log::Level::Off);  // the server says much of strangers
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzInput in(data, size);
  Story story;
  while (!in.at_end()) story.play(in);
  story.end();
  return 0;
}
