#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/delete_set.h"
#include "daemon/crdt/id.h"
#include "daemon/crdt/struct_writer.h"
#include "protocol/base/bytes.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {

inline Id id(std::uint64_t client, std::uint32_t clock) {
  return {ClientId{client}, Clock(clock)};
}

/// Where a struct says it belongs: at the start and end of the root "content", unless it says
/// more.
struct Place {
  std::optional<Id> left = std::nullopt;
  std::optional<Id> right = std::nullopt;
  std::string_view root = "content";
  std::optional<Id> parent = std::nullopt;
  std::optional<std::string_view> key = std::nullopt;
};

/// Writes updates struct by struct, also those that nobody should write.
///
///     UpdateBuilder().by(7, 0).text("hello").erases(7, 0, 2).str()
class UpdateBuilder {
 public:
  /// What follows is by this client, from this clock on.
  UpdateBuilder& by(std::uint64_t client, std::uint32_t clock) {
    sections_.push_back({client, clock, clock, 0, {}});
    return *this;
  }
  UpdateBuilder& text(std::string_view content, const Place& place = {}) {
    return add(ContentKind::String, measure(content).utf16.value(), content, place);
  }
  /// Text behind what this client wrote last.
  UpdateBuilder& more(std::string_view content, std::optional<Id> right = std::nullopt) {
    const Section& section = sections_.back();
    return text(content, {.left = id(section.client, section.next - 1), .right = right});
  }
  UpdateBuilder& deleted(std::uint32_t length, const Place& place = {}) {
    return add(ContentKind::Deleted, length, {}, place);
  }
  UpdateBuilder& add(ContentKind kind, std::uint32_t length, std::string_view content,
                     const Place& place = {}) {
    Section& section = sections_.back();
    StructToWrite s;
    s.kind = kind;
    s.length = length;
    s.content = content;
    if (kind != ContentKind::Gc && kind != ContentKind::Skip) {
      s.origin = place.left;
      s.right_origin = place.right;
      s.has_key = place.key.has_value();
      if (place.key) s.key = *place.key;
      if (place.parent) s.parent = *place.parent;
      if (!place.parent) s.root = place.root;
    }
    ByteWriter out;
    write_struct(out, s);
    section.structs += out.view();
    section.next += length;
    ++section.count;
    return *this;
  }
  UpdateBuilder& erases(std::uint64_t client, std::uint32_t clock, std::uint32_t length) {
    deletes_.push_back({ClientId{client}, Clock(clock), length});
    return *this;
  }

  [[nodiscard]] std::string str() const {
    ByteWriter out;
    out.put_varuint(sections_.size());
    for (const Section& section : sections_) {
      out.put_varuint(section.count);
      out.put_varuint(section.client);
      out.put_varuint(section.clock);
      out.put_bytes(section.structs);
    }
    put_delete_ranges(out, deletes_);
    return out.str();
  }

 private:
  struct Section {
    std::uint64_t client;
    std::uint32_t clock;
    std::uint32_t next;
    std::uint32_t count;
    std::string structs;
  };
  std::vector<Section> sections_;
  std::vector<DeleteRange> deletes_;
};

}  // namespace plait::crdt
