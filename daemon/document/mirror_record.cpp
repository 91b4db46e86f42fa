#include <utility>

#include "daemon/document/mirror.h"
#include "protocol/base/bytes.h"
#include "protocol/base/utf8.h"

// How a Mirror is written down: the part of it that is about bytes.

namespace plait::document {
namespace {

Failure broken() { return fail(ErrorCode::Malformed, "this is no record of a mirror"); }

}  // namespace

void Mirror::record(Step step, std::string_view bytes) const {
  if (recorder_ == nullptr) return;
  ByteWriter out;
  out.put_byte(static_cast<std::uint8_t>(step));
  out.put_bytes(bytes);
  recorder_->step(out.view());
}

void Mirror::record(Step step, Number number) const {
  if (recorder_ == nullptr) return;
  ByteWriter out;
  out.put_varuint(static_cast<std::uint64_t>(number));
  record(step, out.view());
}

std::string Mirror::encode() const {
  ByteWriter out;
  out.put_varuint(static_cast<std::uint64_t>(rev_));
  out.put_varuint(static_cast<std::uint64_t>(seq_));
  out.put_varuint(static_cast<std::uint64_t>(confirmed_ + 1));
  out.put_byte(shadow_ == nullptr ? 0 : 1);
  if (shadow_ != nullptr) out.put_varbytes(shadow_->string());
  for (const Run& run : unconfirmed_) {
    out.put_varuint(static_cast<std::uint64_t>(run.last));
    out.put_varbytes(run.change.encode());
  }
  return out.str();
}

Result<Mirror> Mirror::decode(std::string_view bytes) {
  ByteReader in(bytes);
  Mirror mirror;
  mirror.rev_ = static_cast<Number>(in.varuint());
  mirror.seq_ = static_cast<Number>(in.varuint());
  mirror.confirmed_ = static_cast<Number>(in.varuint()) - 1;
  if (in.byte() != 0) {
    const std::string_view text = in.varbytes();
    if (!is_valid_utf8(text)) return broken();
    mirror.shadow_ = std::make_unique<Rope>(text);
  }
  Number last = mirror.confirmed_;
  while (in.ok() && !in.at_end()) {
    const auto number = static_cast<Number>(in.varuint());
    auto change = TextChange::decode(in.varbytes());
    if (!change) return forward_error(change);
    if (number <= last || mirror.shadow_ == nullptr) return broken();
    last = number;
    mirror.unconfirmed_.push_back({number, *std::move(change)});
  }
  const bool fits = last == mirror.seq_ && mirror.unconfirmed_.size() <= kMaxUnconfirmed;
  if (!in.ok() || !fits) return broken();
  return mirror;
}

Result<void> Mirror::replay(std::string_view step) {
  ByteReader in(step);
  switch (static_cast<Step>(in.byte())) {
    case Step::Kept:
      if (shadow_ != nullptr || !is_valid_utf8(in.rest())) return broken();
      keep(in.rest());
      return {};
    case Step::Sent: {
      auto change = TextChange::decode(in.rest());
      if (!change || shadow_ == nullptr) return broken();
      sent(*std::move(change));
      return {};
    }
    case Step::Confirmed: return confirm(static_cast<Number>(in.varuint()));
    case Step::Began: return begin_edit(static_cast<Number>(in.varuint()), confirmed_);
    case Step::Merged: {
      auto own = TextChange::decode(in.rest());
      if (!own) return forward_error(own);
      auto merged = merge(*own);
      return merged ? Result<void>() : forward_error(merged);
    }
    case Step::Settled: settle(); return {};
  }
  return broken();
}

}  // namespace plait::document
