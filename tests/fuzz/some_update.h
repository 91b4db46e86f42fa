#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/crdt/delete_set.h"
#include "daemon/crdt/state_vector.h"
#include "daemon/crdt/struct_writer.h"
#include "tests/fuzz/fuzz_input.h"

namespace plait::fuzz {

/// Makes updates that are well formed and otherwise anything: their structs hang on whatever
/// the choices say, mostly on what a document with the given state has, or on one another.
class UpdateMaker {
 public:
  UpdateMaker(FuzzInput& input, const crdt::StateVector& known)
      : input_(input), known_(known) {}

  std::string make() {
    ByteWriter out;
    const std::size_t sections = 1 + input_.below(3);
    out.put_varuint(sections);
    for (std::size_t i = 0; i < sections; ++i) section(out);
    crdt::DeleteSet deletes;
    for (std::size_t i = input_.below(4); i > 0; --i) {
      const crdt::Id from = some_id();
      deletes.add(from.client, from.clock, 1 + some_number(12));
    }
    deletes.encode(out);
    return out.str();
  }

 private:
  static constexpr std::size_t kClients = 4;

  void section(ByteWriter& out) {
    const crdt::ClientId client{1 + input_.below(kClients)};
    crdt::Clock clock = known_.get(client);
    if (input_.one_in(4)) clock = crdt::Clock(some_number(40));
    const std::size_t structs = 1 + input_.below(4);
    out.put_varuint(structs);
    out.put_varuint(number(client));
    out.put_varuint(clock.value());
    for (std::size_t i = 0; i < structs; ++i) {
      crdt::StructToWrite s = some_struct();
      // Only the last may be refused for hanging on what is to come.
      if (s.origin && s.origin->client == client && s.origin->clock >= clock) s.origin.reset();
      if (s.right_origin && s.right_origin->client == client &&
          s.right_origin->clock >= clock) {
        s.right_origin.reset();
      }
      write_struct(out, s);
      clock += s.length;
      if (known_.get(client) < clock) known_.set(client, clock);
    }
  }

  std::uint32_t some_number(std::size_t count) {
    return static_cast<std::uint32_t>(input_.below(count));
  }
  crdt::Id some_id() {
    const crdt::ClientId client{1 + input_.below(kClients)};
    return {client, crdt::Clock(some_number(known_.get(client).value() + 1U))};
  }

  crdt::StructToWrite some_struct() {
    using crdt::ContentKind;
    static constexpr std::array<std::string_view, 4> kRoots = {"text", "map", "list", "new"};
    static constexpr std::array<std::string_view, 3> kKeys = {"a", "b", "nested"};
    static constexpr std::array<std::string_view, 6> kTypes = {
        {{"\x00", 1}, "\x01", "\x02", "\x03\x01p", "\x04", "\x06"}};
    static constexpr std::array<std::string_view, 4> kFormats = {
        "\x01"
        "b\x04true",
        "\x01"
        "b\x04null",
        "\x01i\x01"
        "1",
        "\x01i\x04null"};
    crdt::StructToWrite s;
    s.length = 1;
    if (input_.one_in(2)) s.origin = some_id();
    if (input_.one_in(2)) s.right_origin = some_id();
    if (!s.origin && !s.right_origin) {
      if (input_.one_in(3)) {
        s.parent = some_id();
      } else {
        s.root = kRoots[input_.below(kRoots.size())];
      }
      s.has_key = input_.one_in(3);
      s.key = kKeys[input_.below(kKeys.size())];
    }
    switch (input_.below(12)) {
      case 0:
        s.kind = ContentKind::Gc;
        s.length = 1 + some_number(8);
        break;
      case 1:
        s.kind = ContentKind::Deleted;
        s.length = 1 + some_number(input_.one_in(4) ? 100'000 : 8);
        break;
      case 2:
        s.kind = ContentKind::Any;
        s.length = 1 + some_number(input_.one_in(4) ? 3'000 : 4);
        content_.assign(s.length, '\x7E');
        s.content = content_;
        break;
      case 3:
        s.kind = ContentKind::Json;
        s.length = 1 + some_number(3);
        content_.clear();
        for (std::uint32_t i = 0; i < s.length; ++i)
          content_ +=
              "\x01"
              "1";
        s.content = content_;
        break;
      case 4:
        s.kind = ContentKind::Type;
        s.content = kTypes[input_.below(kTypes.size())];
        break;
      case 5:
        s.kind = ContentKind::Format;
        s.content = kFormats[input_.below(kFormats.size())];
        break;
      case 6:
        s.kind = ContentKind::Embed;
        s.content = "{}";
        break;
      case 7:
        s.kind = input_.one_in(2) ? ContentKind::Binary : ContentKind::Doc;
        s.content =
            s.kind == ContentKind::Binary ? "\x01" : std::string_view("\x01g\x76\x00", 4);
        break;
      default: text(s);
    }
    return s;
  }

  void text(crdt::StructToWrite& s) {
    static constexpr std::array<std::string_view, 5> kPieces = {
        "a", "word\n", "\xC3\xA9", "\xF0\x9F\x98\x80", "\xE2\x82\xAC"};
    static constexpr std::array<std::uint32_t, 5> kUnits = {1, 5, 1, 2, 1};
    const std::size_t piece = input_.below(kPieces.size());
    const std::uint32_t count = 1 + some_number(input_.one_in(4) ? 1'200 : 4);
    s.kind = crdt::ContentKind::String;
    s.length = count * kUnits[piece];
    content_.clear();
    for (std::uint32_t i = 0; i < count; ++i) content_ += kPieces[piece];
    s.content = content_;
  }

  FuzzInput& input_;
  crdt::StateVector known_;
  std::string content_;  // of the struct at hand
};

}  // namespace plait::fuzz
