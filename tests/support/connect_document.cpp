#include "tests/support/connect_document.h"

#include <utility>
#include <variant>

#include "daemon/crypto/digest.h"
#include "daemon/document/own_part.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"

namespace plait::support {
namespace {

constexpr crdt::Origin kHimself = 1;
constexpr crdt::Origin kServer = 2;
constexpr std::string_view kRoot = "content";

}  // namespace

ConnectDocument::ConnectDocument(Owner& owner, std::string_view name)
    : owner_(owner), name_(name) {
  start_anew();
}

ConnectDocument::~ConnectDocument() { document_->remove_observer(*this); }

void ConnectDocument::start_anew() {
  if (document_ != nullptr) {
    copy_ = text();
    document_->remove_observer(*this);
  }
  document_ = std::make_unique<crdt::Document>(crdt::Document::Options{});
  text_ = document_->text(kRoot);
  document_->add_observer(*this);
  own_clients_.clear();
  unsent_ = false;
  shut();
}

// Editing -------------------------------------------------------------------------------------

void ConnectDocument::types(std::size_t at, std::string_view text) {
  PLAIT_ASSERT(has_client(), "a client id before anything is typed");
  const auto typed =
      document_->insert(text_, Utf16Offset{static_cast<std::uint32_t>(at)}, text, kHimself);
  PLAIT_ASSERT(typed, "text to be typed where there is a place for it");
}

void ConnectDocument::erases(std::size_t at, std::size_t count) {
  const auto erased =
      document_->erase(text_, Utf16Offset{static_cast<std::uint32_t>(at)},
                       Utf16Offset{static_cast<std::uint32_t>(count)}, kHimself);
  PLAIT_ASSERT(erased, "text to be erased where there is some");
}

void ConnectDocument::committed(crdt::Document& document, crdt::Origin origin) {
  if (origin != kHimself) return;
  ByteWriter update;
  if (!document.encode_change(update)) return;
  if (loses_) return;
  if (joined_) {
    send_update(wire::SyncUpdate{update.view()}, update.str());
  } else {
    unsent_ = true;
  }
}

void ConnectDocument::says_update(std::string_view update) {
  send_update(wire::SyncUpdate{update}, {});
}

void ConnectDocument::asks_again() {
  const std::string vector = document_->state_vector().encode();
  send(wire::SyncStep1{vector});
}

// The conversation ----------------------------------------------------------------------------

void ConnectDocument::leased(std::uint64_t client) {
  document_->set_client(crdt::ClientId{client});
  own_clients_.push_back(crdt::ClientId{client});
}

void ConnectDocument::opened(const connect::DocumentOpen::Reply& reply) {
  shut();
  channel_ = wire::Channel{static_cast<std::uint32_t>(reply.channel)};
  writable_ = reply.writable;
  version_ = reply.version;
}

void ConnectDocument::shut() {
  if (durable_ < sent_ || refused_) unsent_ = true;
  channel_.reset();
  writable_ = false;
  joined_ = false;
  server_lacks_others_ = false;
  sent_ = durable_ = 0;
  unacknowledged_.clear();
  refused_.reset();
}

void ConnectDocument::send(const wire::Message& message) {
  if (!channel_) return;
  ByteWriter frame;
  wire::encode_frame(*channel_, message, frame);
  owner_.say_frame(frame.view());
}

/// `promised` is what will be on disk once the server says that the update is.
void ConnectDocument::send_update(const wire::Message& update, std::string promised) {
  if (!channel_) return;
  ++sent_;
  unacknowledged_.push_back(std::move(promised));
  send(update);
}

std::string ConnectDocument::own_part(const crdt::StateVector& known) const {
  return document::own_part(*document_, own_clients_, known);
}

void ConnectDocument::answer(std::string_view state_vector) {
  const auto known = crdt::StateVector::decode(state_vector);
  if (!known) return;
  const std::string missing = own_part(*known);
  server_lacks_others_ = document::has_more_of_others(*document_, own_clients_, *known);
  joined_ = true;
  unsent_ = false;
  send_update(wire::SyncStep2{missing}, own_part({}));
}

std::optional<std::string> ConnectDocument::received(const wire::Message& message) {
  const auto apply = [&](std::string_view update) -> std::optional<std::string> {
    const auto applied = document_->apply(update, kServer);
    if (!applied) return "an update that cannot be applied: " + applied.error().message;
    if (document_->has_pending()) return "an update that builds on something unknown";
    return std::nullopt;
  };
  if (const auto* step1 = std::get_if<wire::SyncStep1>(&message)) {
    if (!crdt::StateVector::decode(step1->state_vector)) return "a state vector that is none";
    answer(step1->state_vector);
    return std::nullopt;
  }
  if (const auto* step2 = std::get_if<wire::SyncStep2>(&message)) return apply(step2->update);
  if (const auto* update = std::get_if<wire::SyncUpdate>(&message)) {
    return apply(update->update);
  }
  if (const auto* durable = std::get_if<wire::Durable>(&message)) {
    if (durable->messages < durable_) return "durable goes down";
    if (durable->messages > sent_) return "more is durable than was sent";
    count_durable(durable->messages);
    return std::nullopt;
  }
  if (const auto* hash = std::get_if<wire::TextHash>(&message)) return compare(*hash);
  return "a message that has no place on a document's channel";
}

void ConnectDocument::count_durable(std::uint64_t messages) {
  for (; durable_ < messages; ++durable_) {
    std::string& promised = unacknowledged_.front();
    if (!promised.empty()) acknowledged_.push_back(std::move(promised));
    unacknowledged_.pop_front();
  }
}

std::optional<std::string> ConnectDocument::compare(const wire::TextHash& hash) {
  if (hash.messages > sent_) return "a hash with more updates than were sent";
  if (hash.messages != sent_ || unsent_ || refused_ || server_lacks_others_) {
    return std::nullopt;
  }
  connect::DocumentDiverged mine;
  mine.channel = static_cast<std::int64_t>(*channel_);
  mine.sha256.data = crypto::sha256(text());
  if (mine.sha256.data == hash.sha256) {
    ++hashes_equal_;
  } else {
    // Who only reads does not hear what the server has lost.
    if (writable_) ++hashes_different_;
    owner_.say_diverged(mine);
  }
  return std::nullopt;
}

}  // namespace plait::support
