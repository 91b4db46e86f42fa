#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "daemon/crdt/undo_manager.h"
#include "tests/support/hex.h"

namespace plait::crdt {

/// Somebody with a replica, an editor for its root text "t", and an undo manager for what that
/// editor does. The manager looks after the text alone unless `everything` is set.
class Person {
 public:
  static constexpr Origin kEditor = 1;
  static constexpr Origin kNetwork = 2;

  struct Settings {
    bool collect = true;
    bool everything = false;
    bool overwrite = false;
  };

  explicit Person(std::uint64_t client) : Person(client, Settings{}) {}
  Person(std::uint64_t client, Settings settings)
      : document({ClientId{client}, settings.collect}),
        text(document.text("t")),
        undo(document, options(text, settings)) {}

  Document document;
  const TypeRef text;
  UndoManager undo;

  Person& type(std::uint32_t at, std::string_view content) {
    return type_in(text, at, content);
  }
  Person& type_in(TypeRef where, std::uint32_t at, std::string_view content) {
    return succeeded(document.insert(where, Utf16Offset{at}, content, kEditor));
  }
  Person& erase(std::uint32_t at, std::uint32_t length) { return erase_in(text, at, length); }
  Person& erase_in(TypeRef where, std::uint32_t at, std::uint32_t length) {
    return succeeded(document.erase(where, Utf16Offset{at}, Utf16Offset{length}, kEditor));
  }
  /// Something with maps and arrays.
  template <class Change>
  Person& change(Change&& body, Origin origin = kEditor) {
    return succeeded(document.transact(origin, std::forward<Change>(body)));
  }
  Person& pause() {
    undo.stop_capturing();
    return *this;
  }
  Person& pull(const Person& from) {
    return succeeded(
        document.apply(from.document.encode_state(document.state_vector()), kNetwork));
  }

  [[nodiscard]] bool takes_back() { return changed(undo.undo()); }
  [[nodiscard]] bool does_again() { return changed(undo.redo()); }
  /// The same, where something is known to change.
  Person& back() {
    BOOST_TEST(takes_back());
    return *this;
  }
  Person& again() {
    BOOST_TEST(does_again());
    return *this;
  }

  [[nodiscard]] std::string reads() const { return document.to_string(text); }
  [[nodiscard]] std::string state_hex() const {
    document.check_invariants();
    return support::hex_of(document.encode_state());
  }

 private:
  static UndoManager::Options options(TypeRef text, const Settings& settings) {
    UndoManager::Options chosen;
    if (!settings.everything) chosen.scope = {text};
    chosen.tracked = {kEditor};
    chosen.ignore_remote_map_changes = settings.overwrite;
    return chosen;
  }
  Person& succeeded(const Result<void>& result) {
    BOOST_TEST_REQUIRE(result.has_value());
    return *this;
  }
  static bool changed(const Result<bool>& result) {
    BOOST_TEST_REQUIRE(result.has_value());
    return *result;
  }
};

/// Brings everybody to the same state.
inline void meet(Person& a, Person& b) {
  a.pull(b);
  b.pull(a);
  BOOST_TEST((a.document.state_vector() == b.document.state_vector()));
  BOOST_TEST(a.reads() == b.reads());
}

}  // namespace plait::crdt
