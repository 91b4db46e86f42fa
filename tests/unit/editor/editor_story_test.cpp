// Editors of one document, somebody on another machine, and delays between all of them, by
// chance. Every character that is typed is another one, so the text that everybody has in the
// end says of each whether it is there, twice, or nobody's.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/document/local_document.h"
#include "protocol/base/utf8.h"
#include "tests/support/changed_text.h"
#include "tests/support/editor_desk.h"
#include "tests/support/scripted_editor.h"
#include "tests/support/seeded_random.h"

namespace plait::editor {
namespace {

using document::LocalDocument;
using document::TextChange;
using support::EditorDesk;
using support::ScriptedEditor;
using support::SeededRandom;

const std::string kUri(EditorDesk::kUri);

std::vector<std::string> characters(std::string_view text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = bytes_of_code_point_prefix(text.substr(at), 1);
    all.emplace_back(text.substr(at, bytes));
    at += bytes;
  }
  return all;
}

/// Who typed what, and what was erased by anybody.
class Ledger {
 public:
  enum class Who { Here, Elsewhere };

  /// A character that was never there before: of two bytes, three or four.
  std::string new_character(Who who) {
    const std::uint32_t number = next_++;
    std::string text;
    const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (number % 3 == 0 && number / 3 < 0x600) {
      const std::uint32_t point = 0x100 + number / 3;
      put(0xC0 | point >> 6);
      put(0x80 | (point & 0x3F));
    } else if (number % 3 == 1) {
      const std::uint32_t point = 0x4E00 + number / 3;
      put(0xE0 | point >> 12);
      put(0x80 | (point >> 6 & 0x3F));
      put(0x80 | (point & 0x3F));
    } else {
      const std::uint32_t point = 0x10000 + number;
      put(0xF0 | point >> 18);
      put(0x80 | (point >> 12 & 0x3F));
      put(0x80 | (point >> 6 & 0x3F));
      put(0x80 | (point & 0x3F));
    }
    fates_[text] = {who, false};
    return text;
  }
  std::string new_text(SeededRandom& random, Who who) {
    std::string text;
    for (std::size_t i = 1 + random.below(4); i > 0; --i) {
      text += random.one_in(8) ? "\n" : new_character(who);
    }
    return text;
  }
  void erased(std::string_view text) {
    for (const std::string& character : characters(text)) {
      if (character != "\n") fates_.at(character).is_erased = true;
    }
  }

  /// What is wrong with the text that everybody has in the end. After an undo, what was typed
  /// here may have gone, and what was erased may be back.
  [[nodiscard]] std::optional<std::string> problem(std::string_view text, bool undone) const {
    std::map<std::string, int> seen;
    for (const std::string& character : characters(text)) {
      if (character == "\n") continue;
      if (!fates_.contains(character)) return "nobody typed " + character;
      if (++seen[character] > 1) return "twice: " + character;
    }
    for (const auto& [character, fate] : fates_) {
      const bool is_there = seen.contains(character);
      if (undone && (fate.who == Who::Here || fate.is_erased)) continue;
      if (is_there && fate.is_erased) return "not erased: " + character;
      if (!is_there && !fate.is_erased) return "missing: " + character;
    }
    return std::nullopt;
  }

 private:
  struct Fate {
    Who who = Who::Here;
    bool is_erased = false;
  };
  std::map<std::string, Fate> fates_;
  std::uint32_t next_ = 0;
};

/// A document on a machine, whose updates are on their way to the other one.
class Wire final : private LocalDocument::Observer {
 public:
  explicit Wire(LocalDocument& document) : document_(document) {
    document_.add_observer(*this);
  }
  ~Wire() override { document_.remove_observer(*this); }

  std::deque<std::string> updates;

 private:
  void updated(std::string_view update, LocalDocument::Origin origin) override {
    if (origin != LocalDocument::kNetwork) updates.emplace_back(update);
  }
  LocalDocument& document_;
};

class Story {
 public:
  struct Traits {
    bool undo = false;
    bool bugs = false;
  };

  Story(std::uint64_t seed, Traits traits) : random_(seed), traits_(traits), desk_(1) {
    elsewhere_ = *LocalDocument::load({}, {}, {});
    elsewhere_->set_client(crdt::ClientId{2});
    outgoing_ = std::make_unique<Wire>(desk_.document());
    incoming_ = std::make_unique<Wire>(*elsewhere_);
    haste_ = 1 + random_.below(6);
    for (std::size_t i = 2 + random_.below(2); i > 0; --i) {
      static constexpr PositionEncoding kAll[] = {
          PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32};
      tables_.push_back(std::make_unique<Table>(desk_, random_.pick(kAll)));
    }
  }

  void run(int steps) {
    for (auto& table : tables_) table->editor.opens(kUri, "");
    for (; steps > 0; --steps) {
      if (random_.below(8) < haste_) {
        somebody_types();
      } else {
        something_arrives();
      }
    }
    // Everything arrives, and everybody is told what should be there, until nobody objects.
    for (int round = 0; round < 10; ++round) {
      while (!is_silent()) everything_arrives();
      desk_.is_quiet();
    }
    while (!is_silent()) everything_arrives();
  }

  void check() {
    const std::string text = desk_.text();
    BOOST_TEST_REQUIRE(elsewhere_->text() == text);
    BOOST_TEST_REQUIRE((elsewhere_->hash() == desk_.document().hash()));
    for (const auto& table : tables_) {
      const ScriptedEditor& editor = table->editor;
      BOOST_TEST_REQUIRE(!editor.problem().has_value(), editor.problem().value_or(""));
      BOOST_TEST_REQUIRE(editor.is_settled());
      BOOST_TEST_REQUIRE(editor.text(kUri) == text);
      if (traits_.bugs) continue;
      BOOST_TEST_REQUIRE(editor.buffer(kUri).mismatches == 0U);
      BOOST_TEST_REQUIRE(table->seat.repaired().empty());
      BOOST_TEST_REQUIRE(table->seat.discarded().empty());
    }
    if (traits_.bugs) return;
    const auto wrong = ledger_.problem(text, traits_.undo);
    BOOST_TEST_REQUIRE(!wrong.has_value(), wrong.value_or(""));
  }

  [[nodiscard]] std::size_t dropped() const {
    std::size_t count = 0;
    for (const auto& table : tables_) count += table->editor.buffer(kUri).dropped;
    return count;
  }
  [[nodiscard]] std::size_t resyncs() const {
    std::size_t count = 0;
    for (const auto& table : tables_) count += table->editor.buffer(kUri).resyncs;
    return count;
  }

 private:
  /// An editor, its end at the daemon, and what is on its way between them.
  struct Table {
    Table(EditorDesk& desk, PositionEncoding encoding)
        : seat(desk, encoding), editor(encoding) {}
    EditorDesk::Seat seat;
    ScriptedEditor editor;
    std::string to_daemon;
    std::string to_editor;
  };

  void somebody_types() {
    if (random_.one_in(4)) {
      const std::string text = elsewhere_->text();
      const std::size_t at = support::some_byte(random_, text);
      const std::size_t removed = some_length(std::string_view{text}.substr(at));
      ledger_.erased(std::string_view{text}.substr(at, removed));
      const auto units = [](std::string_view piece) { return measure(piece).utf16; };
      const auto done = elsewhere_->change(
          TextChange::replacement(units(text.substr(0, at)), units(text.substr(at, removed)),
                                  some_insertion(Ledger::Who::Elsewhere)),
          LocalDocument::kDisk);
      BOOST_TEST_REQUIRE(done.has_value());
      return;
    }
    Table& table = some_table();
    if (traits_.bugs && random_.one_in(10)) {
      table.editor.has(static_cast<ScriptedEditor::Bug>(random_.below(4)));
    }
    if (traits_.undo && random_.one_in(6)) {
      return random_.one_in(3) ? table.editor.redoes(kUri) : table.editor.undoes(kUri);
    }
    if (random_.one_in(20)) return table.editor.saves(kUri);
    std::string text = table.editor.text(kUri);
    if (random_.one_in(10)) {
      return table.editor.selects(kUri, support::some_byte(random_, text),
                                  support::some_byte(random_, text));
    }
    std::vector<ScriptedEditor::Change> changes;
    for (std::size_t count = random_.one_in(4) ? 1 + random_.below(4) : 1; count > 0; --count) {
      ScriptedEditor::Change change;
      change.at = support::some_byte(random_, text);
      change.removed = some_length(std::string_view{text}.substr(change.at));
      // What is typed while an answer is awaited is found by comparing texts, and a newline
      // that went and another that came may then be one that letters moved around.
      if (table.editor.buffer(kUri).is_waiting) {
        change.removed = std::min(change.removed, text.find('\n', change.at) - change.at);
      }
      change.inserted = some_insertion(Ledger::Who::Here);
      ledger_.erased(std::string_view{text}.substr(change.at, change.removed));
      text.replace(change.at, change.removed, change.inserted);
      changes.push_back(std::move(change));
    }
    table.editor.edits(kUri, changes);
  }

  void something_arrives() {
    if (random_.one_in(6)) return desk_.waits(std::chrono::milliseconds(random_.below(700)));
    if (random_.one_in(3)) return an_update_arrives(random_.one_in(2));
    Table& table = some_table();
    collect(table);
    if (random_.one_in(2)) {
      to_daemon(table, random_.below(table.to_daemon.size() + 1));
    } else {
      to_editor(table, random_.below(table.to_editor.size() + 1));
    }
  }

  void an_update_arrives(bool at_the_desk) {
    std::deque<std::string>& updates = at_the_desk ? incoming_->updates : outgoing_->updates;
    if (updates.empty()) return;
    const std::string update = std::move(updates.front());
    updates.pop_front();
    BOOST_TEST_REQUIRE(
        (at_the_desk ? desk_.document() : *elsewhere_).apply(update).has_value());
  }

  static void collect(Table& table) {
    table.to_daemon += table.editor.take_bytes();
    table.to_editor += table.seat.take_bytes();
  }
  static void to_daemon(Table& table, std::size_t bytes) {
    BOOST_TEST_REQUIRE(table.seat.hears(std::string_view{table.to_daemon}.substr(0, bytes)));
    table.to_daemon.erase(0, bytes);
  }
  static void to_editor(Table& table, std::size_t bytes) {
    table.editor.hears(std::string_view{table.to_editor}.substr(0, bytes));
    table.to_editor.erase(0, bytes);
  }

  [[nodiscard]] bool is_silent() {
    for (auto& table : tables_) {
      collect(*table);
      if (!table->to_daemon.empty() || !table->to_editor.empty()) return false;
    }
    return incoming_->updates.empty() && outgoing_->updates.empty();
  }
  void everything_arrives() {
    for (auto& table : tables_) {
      collect(*table);
      to_daemon(*table, table->to_daemon.size());
      collect(*table);
      to_editor(*table, table->to_editor.size());
    }
    while (!incoming_->updates.empty()) an_update_arrives(true);
    while (!outgoing_->updates.empty()) an_update_arrives(false);
  }

  Table& some_table() { return *tables_[random_.below(tables_.size())]; }
  std::string some_insertion(Ledger::Who who) {
    return random_.one_in(4) ? std::string() : ledger_.new_text(random_, who);
  }
  std::size_t some_length(std::string_view rest) {
    if (!random_.one_in(3)) return 0;
    return bytes_of_code_point_prefix(rest, random_.below(4));
  }

  SeededRandom random_;
  const Traits traits_;
  EditorDesk desk_;
  Ledger ledger_;
  std::unique_ptr<LocalDocument> elsewhere_;
  std::unique_ptr<Wire> outgoing_;
  std::unique_ptr<Wire> incoming_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::size_t haste_;
};

/// Each story has a seed of its own, from that of the test.
struct Total {
  std::size_t dropped = 0;
  std::size_t resyncs = 0;
};
Total tell(Story::Traits traits, int stories) {
  SeededRandom random;
  Total total;
  for (; stories > 0; --stories) {
    BOOST_TEST_INFO_SCOPE(random);
    const std::uint64_t seed = random.bits();
    BOOST_TEST_INFO_SCOPE("story " << seed);
    Story story(seed, traits);
    story.run(150);
    story.check();
    total.dropped += story.dropped();
    total.resyncs += story.resyncs();
  }
  return total;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(editor_story)

BOOST_AUTO_TEST_CASE(honest_editors_end_with_what_everybody_typed) {
  const Total total = tell({}, 150);
  // They did get into one another's way.
  BOOST_TEST(total.dropped > 500U);
}

BOOST_AUTO_TEST_CASE(undo_takes_back_nothing_of_others) { tell({.undo = true}, 100); }

BOOST_AUTO_TEST_CASE(faulty_editors_are_mended) {
  const Total total = tell({.bugs = true}, 100);
  BOOST_TEST(total.resyncs > 100U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::editor
