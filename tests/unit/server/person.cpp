#include "tests/unit/server/person.h"

#include <utility>
#include <variant>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/state_vector.h"
#include "daemon/net/channel.h"
#include "protocol/base/bytes.h"
#include "protocol/wire/awareness.h"
#include "tests/support/server_message.h"

namespace plait::server {
namespace {

constexpr crdt::Origin kHimself = 1;
constexpr crdt::Origin kServer = 2;

}  // namespace

Person::Person(std::string name, std::uint64_t client)
    : name_(std::move(name)),
      document_({.client = crdt::ClientId{client}}),
      text_(document_.text("content")) {
  document_.add_observer(*this);
}

Person::~Person() { document_.remove_observer(*this); }

void Person::types(std::size_t at, std::string_view text) {
  BOOST_TEST_REQUIRE(
      document_.insert(text_, Utf16Offset{static_cast<std::uint32_t>(at)}, text, kHimself)
          .has_value());
}

void Person::erases(std::size_t at, std::size_t count) {
  BOOST_TEST_REQUIRE(document_
                         .erase(text_, Utf16Offset{static_cast<std::uint32_t>(at)},
                                Utf16Offset{static_cast<std::uint32_t>(count)}, kHimself)
                         .has_value());
}

void Person::points_at(std::string_view json) {
  const wire::AwarenessState state{number(document_.client()), ++awareness_clock_, json};
  ByteWriter states;
  wire::encode_awareness({state}, states);
  says_message(wire::Awareness{states.view()});
}

void Person::says(std::string_view message) {
  if (is_here()) outbox_.emplace_back(message);
}

std::string Person::text() const { return document_.to_string(text_); }
std::size_t Person::length() const { return document_.length(text_).value(); }

void Person::committed(crdt::Document& document, crdt::Origin origin) {
  if (origin != kHimself) return;
  ByteWriter update;
  if (!document.encode_change(update) || !is_here() || loses_) return;
  sent_.push_back(update.str());
  says_message(wire::SyncUpdate{update.view()});
}

bool Person::comes(Server& server, std::string_view path, std::string_view query) {
  goes();
  net::ConnectionInfo info;
  info.address = name_;
  info.path = path;
  info.query = query;
  auto answer = server.receive(info, *this);
  if (auto* refused = std::get_if<net::HttpResponse>(&answer)) {
    refusal_ = std::move(*refused);
    return false;
  }
  refusal_.reset();
  session_ = std::move(std::get<net::Welcome>(answer).session);
  says_message(wire::SyncStep1{document_.state_vector().encode()});
  return true;
}

void Person::goes() {
  hang_up();
  outbox_.clear();
  inbox_.clear();
  sent_.clear();
  closed_.reset();
}

void Person::sends() {
  for (const std::string& message : std::exchange(outbox_, {})) {
    if (is_here()) session_->on_message(net::MessageKind::Binary, message);
  }
}

void Person::close(net::CloseCode code, std::string_view reason) {
  BOOST_TEST(!closed_.has_value());
  closed_ = net::Ending{code, std::string(reason)};
}

void Person::hang_up() {
  if (session_ == nullptr) return;
  session_->on_closed({});
  session_.reset();
  sees_.clear();
  clocks_.clear();
}

void Person::reads() {
  if (slow_) {
    if (is_here() && inbox_.size() > net::kBacklogBytes) session_->on_backlog();
    return;
  }
  const std::string arrived = std::exchange(inbox_, {});
  std::string_view rest = arrived;
  while (!rest.empty()) {
    const support::ServerMessage said = support::take_message(rest);
    BOOST_TEST((said.kind == net::MessageKind::Binary));
    const auto message = wire::decode_message(said.payload);
    BOOST_TEST_REQUIRE(message.has_value());
    read(*message);
  }
  if (is_here()) {
    session_->on_drained();
  } else {  // the edge has closed what the server wanted closed
    hang_up();
  }
}

void Person::read(const wire::Message& message) {
  const auto apply = [&](std::string_view update) {
    BOOST_TEST(document_.apply(update, kServer).has_value());
  };
  if (const auto* step1 = std::get_if<wire::SyncStep1>(&message)) {
    ++got_.step1;
    const auto known = crdt::StateVector::decode(step1->state_vector);
    BOOST_TEST_REQUIRE(known.has_value());
    const std::string missing = document_.encode_state(*known);
    says_message(wire::SyncStep2{missing});
  } else if (const auto* step2 = std::get_if<wire::SyncStep2>(&message)) {
    ++got_.step2;
    apply(step2->update);
  } else if (const auto* update = std::get_if<wire::SyncUpdate>(&message)) {
    ++got_.updates;
    apply(update->update);
  } else if (const auto* awareness = std::get_if<wire::Awareness>(&message)) {
    ++got_.awareness;
    const auto states = wire::decode_awareness(awareness->states);
    BOOST_TEST_REQUIRE(states.has_value());
    for (const wire::AwarenessState& state : *states) {
      if (clocks_.contains(state.client) && state.clock < clocks_[state.client]) continue;
      clocks_[state.client] = state.clock;
      if (state.is_gone()) {
        sees_.erase(state.client);
      } else {
        sees_[state.client] = state.json;
      }
    }
  } else if (const auto* denied = std::get_if<wire::PermissionDenied>(&message)) {
    denials_.emplace_back(denied->reason);
  } else {
    BOOST_ERROR("a provider does not know this message");
  }
}

}  // namespace plait::server
