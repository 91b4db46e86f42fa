#include "daemon/document/mirror.h"

#include <utility>

#include "protocol/base/assert.h"

namespace plait::document {

Mirror::Mirror(std::string_view text, TextChange to_document) {
  if (to_document.is_nothing()) return;
  shadow_ = std::make_unique<Rope>(text);
  confirmed_ = -1;
  unconfirmed_.push_back({0, std::move(to_document)});
}

// The document changes ------------------------------------------------------------------------

void Mirror::keep(const TextView& document) {
  if (shadow_ == nullptr) keep(document.string());
}

void Mirror::keep(std::string_view text) {
  shadow_ = std::make_unique<Rope>(text);
  record(Step::Kept, text);
}

Mirror::Number Mirror::sent(TextChange change) {
  PLAIT_ASSERT(shadow_ != nullptr, "the text to be kept before the document changes");
  if (recorder_ != nullptr) record(Step::Sent, change.encode());
  unconfirmed_.push_back({++seq_, std::move(change)});
  if (unconfirmed_.size() > kMaxUnconfirmed) join_older_half();
  return seq_;
}

void Mirror::join_older_half() {
  const std::size_t count = unconfirmed_.size() / 2;
  const auto last = unconfirmed_.begin() + static_cast<std::ptrdiff_t>(count) - 1;
  last->change = compose(count);
  unconfirmed_.erase(unconfirmed_.begin(), last);
}

TextChange Mirror::compose(std::size_t count) const {
  return TextChange::composed(0, count, [&](std::size_t i) { return unconfirmed_[i].change; });
}

TextChange Mirror::missing() const { return compose(unconfirmed_.size()); }

// The copy speaks -----------------------------------------------------------------------------

Result<void> Mirror::confirm(Number seq) {
  if (seq < confirmed_ || seq > seq_) {
    return fail(ErrorCode::OutOfRange, "no change of that number was sent");
  }
  std::size_t count = 0;
  while (count < unconfirmed_.size() && unconfirmed_[count].last < seq) ++count;
  if (seq == confirmed_) return {};
  if (unconfirmed_[count].last != seq) {
    return fail(ErrorCode::NotFound, "too much has changed since");
  }
  for (std::size_t i = 0; i <= count; ++i) {
    if (auto applied = shadow_->apply(unconfirmed_.front().change); !applied) return applied;
    confirmed_ = unconfirmed_.front().last;
    unconfirmed_.pop_front();
  }
  record(Step::Confirmed, seq);
  return {};
}

Result<void> Mirror::begin_edit(Number rev, Number seq) {
  if (rev != rev_ + 1) return fail(ErrorCode::OutOfRange, "the edit is not the next one");
  if (auto known = confirm(seq); !known) return known;
  rev_ = rev;
  record(Step::Began, rev);
  return {};
}

Result<Mirror::Merged> Mirror::merge(const TextChange& own) {
  if (shadow_ != nullptr) {
    if (auto applied = shadow_->apply(own); !applied) return forward_error(applied);
    if (recorder_ != nullptr) record(Step::Merged, own.encode());
  }
  if (unconfirmed_.empty()) return Merged{own, std::nullopt};
  const TextChange dropped = missing();
  Merged merged{own.after(dropped, Side::Before), dropped.after(own, Side::Behind)};
  unconfirmed_.clear();
  seq_ = confirmed_;
  if (merged.again->is_nothing()) {
    merged.again.reset();
  } else {
    unconfirmed_.push_back({++seq_, *merged.again});
  }
  return merged;
}

// Places --------------------------------------------------------------------------------------

Utf16Offset Mirror::to_document(Utf16Offset at) const noexcept {
  for (const Run& run : unconfirmed_) at = run.change.map(at, Side::Before);
  return at;
}

Utf16Offset Mirror::to_copy(Utf16Offset at) const noexcept {
  for (auto run = unconfirmed_.rbegin(); run != unconfirmed_.rend(); ++run) {
    at = run->change.map_back(at);
  }
  return at;
}

void Mirror::settle() {
  if (!unconfirmed_.empty() || shadow_ == nullptr) return;
  shadow_.reset();
  record(Step::Settled);
}

void Mirror::check_invariants() const {
  PLAIT_ASSERT(unconfirmed_.empty() || shadow_ != nullptr, "the text of a copy that is behind");
  Number last = confirmed_;
  for (const Run& run : unconfirmed_) {
    PLAIT_ASSERT(run.last > last, "numbers that ascend");
    last = run.last;
    run.change.check_invariants();
  }
  PLAIT_ASSERT(last == seq_, "the newest number to be the last one sent");
  PLAIT_ASSERT(unconfirmed_.size() <= kMaxUnconfirmed, "few runs");
}

}  // namespace plait::document
