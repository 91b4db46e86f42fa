#include "tests/sim/typist.h"

#include <variant>

#include "daemon/crdt/state_vector.h"
#include "protocol/base/assert.h"
#include "protocol/wire/message.h"

namespace plait::sim {
namespace {

constexpr crdt::Origin kHimself = 1;
constexpr crdt::Origin kServer = 2;

Utf16Offset units(std::size_t count) { return Utf16Offset{static_cast<std::uint32_t>(count)}; }

}  // namespace

// A standard provider -------------------------------------------------------------------------

void YjsTypist::loses_replica(std::uint64_t client) {
  if (document_ != nullptr) document_->remove_observer(*this);
  document_ = std::make_unique<crdt::Document>(crdt::Document::Options{crdt::ClientId{client}});
  text_ = document_->text("content");
  document_->add_observer(*this);
}

template <class M>
void YjsTypist::say(const M& message) {
  if (line_ == nullptr) return;
  ByteWriter bytes;
  wire::encode(message, bytes);
  line_->say(net::MessageKind::Binary, bytes.view());
}

void YjsTypist::connected(support::ConnectLine& line, crypto::LoginChannel) {
  line_ = &line;
  synced_ = false;
  asks_again();
}

void YjsTypist::asks_again() { say(wire::SyncStep1{document_->state_vector().encode()}); }
void YjsTypist::says_update(std::string_view update) { say(wire::SyncUpdate{update}); }
void YjsTypist::says_noise(std::string_view noise) {
  if (line_ != nullptr) line_->say(net::MessageKind::Binary, noise);
}

void YjsTypist::types(std::size_t at, std::string_view text) {
  const auto typed = document_->insert(text_, units(at), text, kHimself);
  PLAIT_ASSERT(typed, "text to be typed where there is a place for it");
}

void YjsTypist::erases(std::size_t at, std::size_t count) {
  const auto erased = document_->erase(text_, units(at), units(count), kHimself);
  PLAIT_ASSERT(erased, "text to be erased where there is some");
}

void YjsTypist::committed(crdt::Document& document, crdt::Origin origin) {
  if (origin != kHimself) return;
  ByteWriter update;
  if (document.encode_change(update)) says_update(update.view());
}

void YjsTypist::apply(std::string_view update) {
  const auto applied = document_->apply(update, kServer);
  if (!applied) {
    complaint_ = "an update that cannot be applied: " + applied.error().message;
  } else if (document_->has_pending()) {
    complaint_ = "an update that builds on something unknown";
  }
}

void YjsTypist::received(net::MessageKind kind, std::string_view payload) {
  const auto message = wire::decode_message(payload);
  if (kind != net::MessageKind::Binary || !message) {
    complaint_ = "a message that a provider does not know";
  } else if (const auto* step1 = std::get_if<wire::SyncStep1>(&*message)) {
    const auto known = crdt::StateVector::decode(step1->state_vector);
    if (known) say(wire::SyncStep2{document_->encode_state(*known)});
  } else if (const auto* step2 = std::get_if<wire::SyncStep2>(&*message)) {
    synced_ = true;
    apply(step2->update);
  } else if (const auto* update = std::get_if<wire::SyncUpdate>(&*message)) {
    apply(update->update);
  }
}

// A program of Plait's ------------------------------------------------------------------------

ConnectTypist::ConnectTypist(support::ConnectClient::Config config, std::string_view document)
    : client_(std::move(config)), open_(client_.opens(document)) {}

void ConnectTypist::connected(support::ConnectLine& line, crypto::LoginChannel channel) {
  client_.connected(line, std::move(channel));
}

void ConnectTypist::received(net::MessageKind kind, std::string_view payload) {
  client_.received(kind, payload);
}

void ConnectTypist::asks_again() { open_.asks_again(); }

void ConnectTypist::says_noise(std::string_view noise) {
  client_.say(net::MessageKind::Binary, noise);
}

void ConnectTypist::loses_replica(std::uint64_t) { client_.starts_anew(open_); }

void ConnectTypist::tries_again() {
  if (open_.refused()) client_.reopens(open_);
}

bool ConnectTypist::is_settled() const {
  return client_.is_ready() && !open_.refused() &&
         (open_.is_writable() ? open_.is_saved() : open_.is_open());
}

std::optional<std::string> ConnectTypist::complaint() const {
  if (open_.hashes_different() > 0) return "a text hash that is not the text's";
  if (client_.complaints().empty()) return std::nullopt;
  return client_.complaints().front();
}

}  // namespace plait::sim
