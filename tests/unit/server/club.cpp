#include "tests/unit/server/club.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/document/served_document.h"
#include "protocol/jsonrpc/fields.h"

namespace plait::server {
namespace {

const crypto::TokenRealm kRealm{"plait", "test"};
constexpr WallTime kFounded{1'000'000};

struct Somebody {
  std::string_view name;
  std::string_view workspace;  ///< empty: none
  std::string_view role;
  bool revoked = false;
};
constexpr std::array<Somebody, 8> kEverybody = {{
    {"Olga", "w", "owner"},
    {"Ann", "w", "editor"},
    {"Ben", "w", "editor"},
    {"Cem", "w", "commenter"},
    {"Vera", "w", "viewer"},
    {"Rex", "w", "editor", true},
    {"Zoe", "v", "owner"},
    {"Eve", "", ""},
}};

}  // namespace

Club::Club(std::uint64_t quota) : workspace_quota(quota) {
  std::vector<store::Record> records;
  records.push_back(store::WorkspaceRecord{"w", "The club", kFounded});
  records.push_back(store::WorkspaceRecord{"v", "Elsewhere", kFounded});
  for (const Somebody& somebody : kEverybody) {
    auto key = crypto::DeviceKey::generate(random);
    BOOST_TEST_REQUIRE(key.has_value());
    if (!somebody.workspace.empty()) {
      store::MemberRecord member;
      member.workspace = somebody.workspace;
      member.id = id_of(somebody.name);
      member.name = somebody.name;
      member.role = somebody.role;
      member.revoked = somebody.revoked;
      member.joined = kFounded;
      member.devices = {key->public_key().bytes};
      records.push_back(std::move(member));
    }
    devices_.emplace(somebody.name, *std::move(key));
  }
  store.put(std::move(records), {});
  store.sync();
  store.answer();
  start();
}

Club::~Club() { stop(); }

void Club::start() {
  const std::string file = (folder_.path() / "tokens.key").string();
  auto key = crypto::SigningKey::load_or_generate(file, random);
  BOOST_TEST_REQUIRE(key.has_value());
  directory.emplace(store.load_directory().value(), people::Directory::Limits{}, random);
  crypto::TokenIssuer issuer(*std::move(key), kRealm);
  gatekeeper = std::make_unique<TokenGatekeeper>(
      crypto::TokenVerifier(issuer.public_key(), kRealm, [](crypto::TokenFault) {}), *directory,
      clock);
  office =
      std::make_unique<Office>(*directory, store, std::move(issuer), hasher_, clock, random);
  server = std::make_unique<Server>(Server::Options{.workspace_quota = workspace_quota}, store,
                                    *gatekeeper, clock, metrics,
                                    Server::Workspaces{*office, random, "s-test"});
}

void Club::stop() {
  for (const auto& guest : guests_) guest->goes();
  for (const auto& provider : providers_) provider->goes();
  server.reset();
  gatekeeper.reset();
  office.reset();
}

void Club::crash() {
  stop();
  store.lose_unsynced();
  start();
}

std::string Club::id_of(std::string_view name) const { return "u-" + std::string(name); }

const crypto::DeviceKey& Club::device_of(std::string_view name) const {
  return devices_.find(name)->second;
}

ConnectPerson& Club::guest(std::string_view name, std::string_view workspace) {
  support::ConnectClient::Config config;
  config.name = name;
  config.device = &device_of(name);
  config.workspace = workspace;
  config.replica = "r-" + std::string(name);
  config.capabilities = {"durable", "hash", "presence", "feed", "blobs", "touched"};
  ConnectPerson& guest = *guests_.emplace_back(std::make_unique<ConnectPerson>(config));
  guest.comes(*server);
  settle();
  return guest;
}

ConnectPerson& Club::stranger(std::string_view name) {
  support::ConnectClient::Config config;
  config.name = name;
  config.device = &device_of(name);
  config.by_itself = false;
  config.workspace = "w";
  ConnectPerson& guest = *guests_.emplace_back(std::make_unique<ConnectPerson>(config));
  guest.comes(*server);
  return guest;
}

std::string Club::token_of(std::string_view name, connect::Role role,
                           std::chrono::seconds life) {
  auto key = crypto::SigningKey::load((folder_.path() / "tokens.key").string());
  BOOST_TEST_REQUIRE(key.has_value());
  crypto::TokenClaims claims;
  claims.user = id_of(name);
  claims.workspace = "w";
  claims.role = jsonrpc::name_of(role);
  claims.id = crypto::make_token_id(random);
  claims.not_before = crypto::token_time(clock.wall());
  claims.expires = claims.not_before + life;
  const auto token = crypto::TokenIssuer(*std::move(key), kRealm).issue(claims);
  BOOST_TEST_REQUIRE(token.has_value());
  return *token;
}

Person& Club::provider(std::string_view name, std::string_view path, connect::Role role) {
  Person& person = *providers_.emplace_back(
      std::make_unique<Person>(std::string(name), 100 + providers_.size()));
  BOOST_TEST(person.comes(*server, path, "token=" + token_of(name, role)));
  settle();
  return person;
}

void Club::turn(bool store_works) {
  for (const auto& guest : guests_) guest->sends();
  for (const auto& provider : providers_) provider->sends();
  server->end_of_turn();
  if (store_works) {
    store.sync();
    store.answer();
    server->end_of_turn();
  }
  for (const auto& guest : guests_) guest->reads();
  for (const auto& provider : providers_) provider->reads();
}

void Club::settle() {
  // Hello, the login and all that follows it, loading, two steps of sync each way.
  constexpr int kEnough = 10;
  for (int i = 0; i < kEnough; ++i) turn();
}

void Club::wait(std::chrono::microseconds time) {
  const MonotonicTime end = clock.now() + time;
  for (;;) {
    const auto next = server->next_deadline();
    if (!next || *next > end) break;
    clock.pass(std::max(*next - clock.now(), std::chrono::microseconds{0}));
    server->advance(clock.now());
    turn();
  }
  clock.pass(end - clock.now());
  turn();
}

std::string Club::stored_text(std::string_view document) {
  std::string text;
  store.open_document("w", document, [&](const Result<store::LoadedDocument>& loaded) {
    auto served = document::ServedDocument::load(loaded->snapshot, loaded->tail);
    BOOST_TEST_REQUIRE(served.has_value());
    const auto read =
        served->for_each_chunk("content", [&](std::string_view chunk) { text += chunk; });
    BOOST_TEST_REQUIRE(read.has_value());
  });
  store.sync();
  store.answer();
  return text;
}

}  // namespace plait::server
