#include "daemon/crdt/decoded_update.h"

#include "daemon/crdt/any.h"
#include "daemon/crdt/json_syntax.h"
#include "daemon/crdt/subdocument.h"
#include "protocol/base/bytes.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {
namespace {

/// Type references that carry a name: XML elements and hooks.
constexpr std::uint64_t kLastTypeRef = 6;
constexpr bool type_has_name(std::uint64_t type_ref) noexcept {
  return type_ref == 3 || type_ref == 5;
}

class Decoder {
 public:
  Decoder(std::string_view update, DecodedUpdate& out) noexcept : in_(update), out_(out) {}

  Result<void> run() {
    const std::uint64_t sections = in_.varuint();
    for (std::uint64_t i = 0; i < sections && good(); ++i) section();
    if (good()) deletes();
    if (wrong_ != nullptr) return fail(ErrorCode::Malformed, wrong_);
    if (!in_.ok()) return fail(ErrorCode::Malformed, "the update is cut short");
    if (!in_.at_end()) return fail(ErrorCode::Malformed, "bytes follow the end of the update");
    out_.canonical = out_.canonical && in_.canonical();
    return {};
  }

 private:
  void section() {
    const std::uint64_t count = in_.varuint();
    const ClientId client{in_.varuint()};
    std::uint64_t clock = in_.varuint();
    const auto first = static_cast<std::uint32_t>(out_.structs.size());
    if (count == 0) out_.canonical = false;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (clock >= kClockLimit) return wrong("a clock is beyond 2^31");
      DecodedStruct& next = out_.structs.emplace_back();
      next.clock = Clock(static_cast<std::uint32_t>(clock));
      one_struct(next);
      if (!good()) return;
      if (next.length == 0) return wrong("a struct is empty");
      if (refers_ahead(next, client))
        return wrong("a struct refers to a later one of its client");
      clock += next.length;
      if (clock > kClockLimit) return wrong("a clock is beyond 2^31");
    }
    out_.sections.push_back({client, first, static_cast<std::uint32_t>(count)});
  }

  /// What one client inserts can only hang on what that client inserted before.
  bool refers_ahead(const DecodedStruct& s, ClientId client) const noexcept {
    if (s.has_origin && s.origin_client == client && s.origin_clock >= s.clock) return true;
    if (s.has_right_origin && s.right_origin_client == client &&
        s.right_origin_clock >= s.clock) {
      return true;
    }
    if (s.parent == DecodedStruct::kNoParent) return false;
    const DecodedParent& parent = out_.parents[s.parent];
    return !parent.root && parent.item.client == client && parent.item.clock >= s.clock;
  }

  void one_struct(DecodedStruct& s) {
    const std::uint8_t info = in_.byte();
    s.kind = static_cast<ContentKind>(info & kKindMask);
    if (s.kind == ContentKind::Gc || s.kind == ContentKind::Skip) {
      if ((info & ~kKindMask) != 0) {
        // Yjs is of two minds here: it applies such an update, but cannot merge or diff it.
        if (s.kind == ContentKind::Skip) return wrong("a gap has flags");
        out_.canonical = false;
      }
      s.length = length(in_.varuint());
      return;
    }
    if ((info & kHasOrigin) != 0) {
      s.has_origin = true;
      id(s.origin_client, s.origin_clock);
    }
    if ((info & kHasRightOrigin) != 0) {
      s.has_right_origin = true;
      id(s.right_origin_client, s.right_origin_clock);
    }
    if ((info & (kHasOrigin | kHasRightOrigin)) == 0) parent(s, (info & kHasKey) != 0);
    content(s);
  }

  void id(ClientId& client, Clock& clock) {
    client = ClientId{in_.varuint()};
    const std::uint64_t value = in_.varuint();
    if (value >= kClockLimit) return wrong("an id's clock is beyond 2^31");
    clock = Clock(static_cast<std::uint32_t>(value));
  }

  void parent(DecodedStruct& s, bool has_key) {
    DecodedParent parent;
    const std::uint64_t is_root = in_.varuint();
    // Yjs asks only whether this is 1.
    if (is_root > 1) out_.canonical = false;
    if (is_root == 1) {
      parent.root = text();
    } else {
      id(parent.item.client, parent.item.clock);
    }
    if (has_key) parent.key = text();
    s.parent = static_cast<std::uint32_t>(out_.parents.size());
    out_.parents.push_back(parent);
  }

  void content(DecodedStruct& s) {
    s.length = 1;
    rewritten_.clear();
    switch (s.kind) {
      case ContentKind::Deleted: s.length = length(in_.varuint()); return;
      case ContentKind::String: {
        s.content = in_.varbytes();
        const auto size = measure_checked(s.content);
        if (!size) return wrong("a text is not valid UTF-8");
        s.length = length(size->utf16.value());
        return;
      }
      case ContentKind::Binary: s.content = in_.varbytes(); return;
      case ContentKind::Embed: return embed(s);
      case ContentKind::Json: return json_elements(s);
      case ContentKind::Any: return any_elements(s);
      case ContentKind::Format: return format(s);
      case ContentKind::Type: return type(s);
      case ContentKind::Doc: return subdocument(s);
      case ContentKind::Gc:
      case ContentKind::Skip: break;
    }
    wrong("a content kind is unknown");
  }

  // Content that Yjs parses is written again as Yjs would, and that form is taken if it
  // differs.

  void embed(DecodedStruct& s) {
    s.content = text();
    json(s.content);
    settle(s);
  }

  void json_elements(DecodedStruct& s) {
    s.length = length(in_.varuint());
    const char* start = in_.position();
    for (std::uint32_t i = 0; i < s.length && good(); ++i) {
      const std::string_view element = text();
      const std::size_t begin = rewritten_.size();
      if (element == "undefined") {
        rewritten_.put_bytes(element);
      } else {
        json(element);
      }
      rewritten_.insert_varuint(begin, rewritten_.size() - begin);
    }
    s.content = since(start);
    settle(s);
  }

  void any_elements(DecodedStruct& s) {
    s.length = length(in_.varuint());
    const char* start = in_.position();
    bool canonical = true;
    for (std::uint32_t i = 0; i < s.length && good(); ++i) canonical = any() && canonical;
    if (!good()) return;
    s.content = since(start);
    if (canonical) return;
    ByteReader again(s.content);
    for (std::uint32_t i = 0; i < s.length; ++i) {
      if (!rewrite_any(again, rewritten_)) return wrong("a value is malformed");
    }
    settle(s);
  }

  void format(DecodedStruct& s) {
    const char* start = in_.position();
    rewritten_.put_varbytes(text());
    const std::size_t begin = rewritten_.size();
    json(text());
    rewritten_.insert_varuint(begin, rewritten_.size() - begin);
    s.content = since(start);
    settle(s);
  }

  void type(DecodedStruct& s) {
    const char* start = in_.position();
    const std::uint64_t type_ref = in_.varuint();
    if (type_ref > kLastTypeRef) return wrong("a type is unknown");
    rewritten_.put_varuint(type_ref);
    if (type_has_name(type_ref)) rewritten_.put_varbytes(text());
    s.content = since(start);
    settle(s);
  }

  void subdocument(DecodedStruct& s) {
    const char* start = in_.position();
    static_cast<void>(text());
    static_cast<void>(any());
    if (!good()) return;
    s.content = since(start);
    ByteReader again(s.content);
    if (!rewrite_subdocument(again, rewritten_)) return wrong("a subdocument is malformed");
    settle(s);
  }

  /// Moves over one value; whether it is in the form that lib0 writes.
  bool any() {
    const AnyForm form = skip_any(in_);
    if (form == AnyForm::Invalid && in_.ok()) wrong("a value is malformed");
    return form == AnyForm::Canonical;
  }
  void json(std::string_view text) {
    if (good() && !rewrite_json(text, rewritten_)) wrong("JSON content is not JSON");
  }
  void settle(DecodedStruct& s) {
    if (!good() || rewritten_.view() == s.content) return;
    out_.canonical = false;
    s.content = out_.rewritten.emplace_back(rewritten_.view());
  }

  void deletes() {
    const std::uint64_t clients = in_.varuint();
    for (std::uint64_t i = 0; i < clients && in_.ok(); ++i) {
      const ClientId client{in_.varuint()};
      const std::uint64_t ranges = in_.varuint();
      const bool again = i > 0 && !out_.deletes.empty() && out_.deletes.back().client == client;
      if (ranges == 0 || again) out_.canonical = false;
      for (std::uint64_t j = 0; j < ranges; ++j) {
        const std::uint64_t clock = in_.varuint();
        const std::uint64_t count = in_.varuint();
        if (!in_.ok()) return;
        // Yjs takes it, and then cuts an item (and maybe a character) in two, or fails to keep
        // it.
        if (count == 0) return wrong("a deletion is empty");
        if (clock >= kClockLimit || count > kClockLimit || clock + count > kClockLimit) {
          return wrong("a deletion reaches beyond 2^31");
        }
        out_.deletes.push_back({client, Clock(static_cast<std::uint32_t>(clock)),
                                static_cast<std::uint32_t>(count)});
      }
    }
  }

  std::string_view text() {
    const std::string_view bytes = in_.varbytes();
    if (!is_valid_utf8(bytes)) wrong("a text is not valid UTF-8");
    return bytes;
  }
  std::string_view since(const char* start) const noexcept {
    return {start, static_cast<std::size_t>(in_.position() - start)};
  }
  std::uint32_t length(std::uint64_t value) {
    if (value >= kClockLimit) {
      wrong("a length is beyond 2^31");
      return 0;
    }
    return static_cast<std::uint32_t>(value);
  }
  bool good() const noexcept { return in_.ok() && wrong_ == nullptr; }
  void wrong(const char* what) noexcept {
    if (wrong_ == nullptr) wrong_ = what;
  }

  ByteReader in_;
  DecodedUpdate& out_;
  ByteWriter rewritten_;  ///< content of the struct at hand, as Yjs would write it
  const char* wrong_ = nullptr;
};

}  // namespace

void DecodedUpdate::clear() noexcept {
  sections.clear();
  structs.clear();
  parents.clear();
  deletes.clear();
  rewritten.clear();
  canonical = true;
}

Result<void> decode_update(std::string_view update, DecodedUpdate& out) {
  out.clear();
  return append_update(update, out);
}

Result<void> append_update(std::string_view update, DecodedUpdate& out) {
  return Decoder(update, out).run();
}

}  // namespace plait::crdt
