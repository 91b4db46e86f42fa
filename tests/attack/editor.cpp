#include "tests/attack/editor.h"

#include <utility>
#include <variant>

#include "daemon/crdt/state_vector.h"
#include "protocol/base/bytes.h"
#include "protocol/wire/message.h"

namespace plait::attack {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Editor::Editor(std::unique_ptr<Visitor> visitor, std::uint64_t client)
    : visitor_(std::move(visitor)),
      document_({.client = crdt::ClientId{client}}),
      content_(document_.text("content")) {}

bool Editor::joins() {
  if (visitor_ == nullptr) return false;
  const std::string vector = document_.state_vector().encode();
  visitor_->says_message(wire::SyncStep1{vector});
  while (!synced_ && listens(kPatience)) {
  }
  return synced_;
}

bool Editor::tells() {
  ByteWriter update;
  return document_.encode_change(update) &&
         visitor_->says_message(wire::SyncUpdate{update.view()});
}

bool Editor::types(std::size_t at, std::string_view text) {
  const Utf16Offset offset{static_cast<std::uint32_t>(at)};
  return document_.insert(content_, offset, text).has_value() && tells();
}

bool Editor::erases(std::size_t at, std::size_t count) {
  const Utf16Offset offset{static_cast<std::uint32_t>(at)};
  const Utf16Offset length{static_cast<std::uint32_t>(count)};
  return document_.erase(content_, offset, length).has_value() && tells();
}

bool Editor::reads(std::string_view text, milliseconds patience) {
  const auto end = steady_clock::now() + patience;
  while (this->text() != text) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
    if (left.count() <= 0 || !listens(left)) return false;
  }
  return true;
}

bool Editor::listens(milliseconds patience) {
  const auto message = visitor_->next_message(patience);
  if (!message) return false;
  take(*message);
  return true;
}

void Editor::take(std::string_view bytes) {
  const auto message = wire::decode_message(bytes);
  if (!message) return;
  if (const auto* asked = std::get_if<wire::SyncStep1>(&*message)) {
    const auto known = crdt::StateVector::decode(asked->state_vector);
    if (!known) return;
    const std::string missing = document_.encode_state(*known);
    visitor_->says_message(wire::SyncStep2{missing});
  } else if (const auto* all = std::get_if<wire::SyncStep2>(&*message)) {
    synced_ = document_.apply(all->update).has_value();
  } else if (const auto* some = std::get_if<wire::SyncUpdate>(&*message)) {
    (void)document_.apply(some->update);  // what is wrong with it shows in the text
  } else if (const auto* states = std::get_if<wire::Awareness>(&*message)) {
    presences_.emplace_back(states->states);
  }
}

}  // namespace plait::attack
