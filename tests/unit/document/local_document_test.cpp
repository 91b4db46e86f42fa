#include "daemon/document/local_document.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/digest.h"
#include "protocol/base/bytes.h"
#include "tests/support/changed_text.h"
#include "tests/support/seeded_random.h"

namespace plait::document {
namespace {

using crdt::ClientId;
using crdt::StateVector;
using std::chrono::milliseconds;
using support::changed;
using Origin = LocalDocument::Origin;

TextChange put(std::uint32_t at, std::string text) {
  return TextChange::replacement(Utf16Offset{at}, {}, std::move(text));
}
TextChange cut(std::uint32_t at, std::uint32_t length) {
  return TextChange::replacement(Utf16Offset{at}, Utf16Offset{length}, {});
}

/// A machine: its document, a copy of the text that learns of edits alone, and its log.
class Machine final : private LocalDocument::Observer {
 public:
  explicit Machine(std::uint64_t client) : Machine(client, {}, {}) {}
  Machine(std::uint64_t client, std::string_view snapshot, std::vector<ClientId> own) {
    auto loaded = LocalDocument::load(snapshot, {}, std::move(own));
    BOOST_TEST_REQUIRE(loaded.has_value());
    document_ = *std::move(loaded);
    document_->set_client(ClientId{client});
    document_->add_observer(*this);
    editor = document_->add_editor();
    copy_ = document_->text();
  }
  ~Machine() override { document_->remove_observer(*this); }

  Machine& does(const TextChange& change, Origin origin) {
    BOOST_TEST_REQUIRE(document_->change(change, origin).has_value());
    return *this;
  }
  Machine& types(std::uint32_t at, const std::string& text) {
    return does(put(at, text), editor);
  }
  Machine& erases(std::uint32_t at, std::uint32_t count) {
    return does(cut(at, count), editor);
  }
  Machine& hears(const Machine& other) {
    BOOST_TEST_REQUIRE(document_->apply(other.document_->encode()).has_value());
    return *this;
  }
  Machine& waits(milliseconds time) {
    document_->advance(now_ += time);
    return *this;
  }
  LocalDocument::Undone undoes() {
    const auto undone = document_->undo();
    BOOST_TEST_REQUIRE(undone.has_value());
    return *undone;
  }
  LocalDocument::Undone redoes() {
    const auto redone = document_->redo();
    BOOST_TEST_REQUIRE(redone.has_value());
    return *redone;
  }

  [[nodiscard]] std::string reads() const {
    BOOST_TEST(copy_ == document_->text());
    return copy_;
  }
  [[nodiscard]] LocalDocument& document() { return *document_; }

  Origin editor{};
  std::vector<Origin> told;        ///< of changes, by whom
  std::vector<std::string> log;    ///< updates
  std::vector<Origin> updated_by;  ///< their origins
  int announced = 0;

 private:
  void about_to_change(Origin) override { ++announced; }
  void changed(std::span<const crdt::TextEdit> edits, Origin origin) override {
    copy_ = support::changed(copy_, TextChange::of(edits));
    told.push_back(origin);
  }
  void updated(std::string_view update, Origin origin) override {
    log.emplace_back(update);
    updated_by.push_back(origin);
  }

  std::unique_ptr<LocalDocument> document_;
  std::string copy_;
  MonotonicTime now_{};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(local_document)

// Changes and their origins -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(everybody_is_told_what_changed_and_by_whom) {
  Machine ann(1);
  Machine ben(2);
  ann.types(0, "hello").does(put(5, "!"), LocalDocument::kDisk);
  ben.hears(ann);
  BOOST_TEST(ben.reads() == "hello!");
  BOOST_TEST(ann.told == (std::vector<Origin>{ann.editor, LocalDocument::kDisk}),
             boost::test_tools::per_element());
  BOOST_TEST(ann.announced == 2);
  BOOST_TEST(ben.told == std::vector<Origin>{LocalDocument::kNetwork},
             boost::test_tools::per_element());
  BOOST_TEST((ben.document().authors() == std::vector<ClientId>{ClientId{1}}));
}

BOOST_AUTO_TEST_CASE(the_updates_that_it_tells_of_are_the_document) {
  Machine ann(1);
  Machine ben(2);
  ann.types(0, "one ").types(4, "two").erases(0, 1);
  ben.hears(ann).types(0, "0");
  ann.hears(ben);
  ByteWriter entry;
  for (const std::string& update : ann.log) entry.put_varbytes(update);
  const auto again = LocalDocument::load({}, std::vector<std::string>{entry.str()}, {});
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST((*again)->text() == ann.reads());
  // Not the same bytes: what undo may bring back is still there.
  BOOST_TEST(((*again)->state_vector() == ann.document().state_vector()));
  BOOST_TEST((ann.updated_by.back() == LocalDocument::kNetwork));
}

BOOST_AUTO_TEST_CASE(what_brings_nothing_new_is_told_to_nobody) {
  Machine ann(1);
  Machine ben(2);
  ann.types(0, "x");
  ben.hears(ann).hears(ann);
  BOOST_TEST(ben.told.size() == 1U);
  BOOST_TEST(ben.log.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_change_to_another_text_is_refused_and_does_nothing) {
  Machine ann(1);
  ann.types(0, "a\xF0\x9F\x98\x80z");
  for (const TextChange& wrong :
       {put(5, "x"), put(2, "x"), cut(1, 1), cut(3, 2), put(0, "x").then(cut(2, 1))}) {
    const auto refused = ann.document().change(wrong, ann.editor);
    BOOST_TEST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == ErrorCode::OutOfRange));
  }
  BOOST_TEST(ann.reads() == "a\xF0\x9F\x98\x80z");
  BOOST_TEST(ann.told.size() == 1U);
}

BOOST_AUTO_TEST_CASE(nothing_is_written_without_a_client_id) {
  const auto document = LocalDocument::load({}, {}, {});
  BOOST_TEST_REQUIRE(document.has_value());
  const auto refused = (*document)->change(put(0, "x"), LocalDocument::kDisk);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::Refused));
  (*document)->set_client(ClientId{7});
  BOOST_TEST((*document)->change(put(0, "x"), LocalDocument::kDisk).has_value());
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_updates_are_refused) {
  BOOST_TEST(!LocalDocument::load("nonsense", {}, {}).has_value());
  BOOST_TEST(!LocalDocument::load({}, std::vector<std::string>{"\x05"}, {}).has_value());
  Machine ann(1);
  BOOST_TEST(!ann.document().apply("nonsense").has_value());
  BOOST_TEST(ann.told.empty());
}

BOOST_AUTO_TEST_CASE(the_hash_is_that_of_the_text) {
  Machine ann(1);
  BOOST_TEST((ann.document().hash() == crypto::sha256("")));
  ann.types(0, "text");
  BOOST_TEST((ann.document().hash() == crypto::sha256("text")));
  ann.erases(0, 2);
  BOOST_TEST((ann.document().hash() == crypto::sha256("xt")));
}

// Undo ----------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(undo_takes_back_what_was_typed_here_and_nothing_else) {
  Machine ann(1);
  Machine ben(2);
  ann.types(0, "mine ");
  ben.hears(ann).types(5, "theirs");
  ann.hears(ben).does(put(0, "disk "), LocalDocument::kDisk);
  BOOST_TEST(ann.undoes().changed);
  BOOST_TEST(ann.reads() == "disk theirs");
  BOOST_TEST(!ann.undoes().changed);
  BOOST_TEST(ann.redoes().changed);
  BOOST_TEST(ann.reads() == "disk mine theirs");
}

BOOST_AUTO_TEST_CASE(a_pause_ends_a_step) {
  Machine ann(1);
  ann.waits(milliseconds(10'000)).types(0, "a").waits(milliseconds(499)).types(1, "b");
  ann.waits(milliseconds(500)).types(2, "c");
  ann.undoes();
  BOOST_TEST(ann.reads() == "ab");
  ann.undoes();
  BOOST_TEST(ann.reads() == "");
}

BOOST_AUTO_TEST_CASE(all_editors_of_one_person_share_their_undo) {
  Machine ann(1);
  const Origin second = ann.document().add_editor();
  ann.types(0, "one ").waits(milliseconds(1000)).does(put(4, "two"), second);
  ann.undoes();
  BOOST_TEST(ann.reads() == "one ");
  BOOST_TEST(ann.told.back() != ann.editor);
  BOOST_TEST(ann.told.back() != second);
}

BOOST_AUTO_TEST_CASE(undo_says_what_to_select) {
  Machine ann(1);
  ann.types(0, "one two three").waits(milliseconds(1000)).erases(4, 4);
  const auto undone = ann.undoes();
  BOOST_TEST_REQUIRE(undone.selection.has_value());
  BOOST_TEST(undone.selection->anchor.value() == 4U);
  BOOST_TEST(undone.selection->head.value() == 8U);
  const auto redone = ann.redoes();
  BOOST_TEST_REQUIRE(redone.selection.has_value());
  BOOST_TEST(redone.selection->anchor.value() == 4U);
  BOOST_TEST(redone.selection->head.value() == 4U);
}

// Places --------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_relative_place_is_the_same_on_another_machine) {
  Machine ann(1);
  Machine ben(2);
  ann.types(0, "hello");
  ben.hears(ann).types(0, "oh, ");
  const auto place = ben.document().from_relative(ann.document().to_relative(Utf16Offset{2}));
  BOOST_TEST_REQUIRE(place.has_value());
  BOOST_TEST_REQUIRE(place->has_value());
  BOOST_TEST((*place)->value() == 6U);
}

BOOST_AUTO_TEST_CASE(a_relative_place_in_what_is_not_here_is_nowhere) {
  Machine ann(1);
  Machine ben(2);
  ann.types(0, "hello");
  const auto place = ben.document().from_relative(ann.document().to_relative(Utf16Offset{2}));
  BOOST_TEST_REQUIRE(place.has_value());
  BOOST_TEST(!place->has_value());
  BOOST_TEST(!ben.document().from_relative("nonsense").has_value());
}

// What goes to a server -----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_server_gets_what_this_device_wrote_under_any_of_its_ids) {
  Machine before(1);
  before.types(0, "old ");
  Machine ann(3, before.document().encode(), {ClientId{1}});
  ann.types(4, "new ");
  Machine ben(2);
  ben.hears(ann).types(8, "ben's");
  ann.hears(ben);

  Machine server(9);
  BOOST_TEST(server.document().apply(ann.document().own_part({})).has_value());
  BOOST_TEST(server.reads() == "old new ");
  BOOST_TEST(ann.document().has_more_of_others({}));
  server.hears(ben);
  BOOST_TEST(!ann.document().has_more_of_others(server.document().state_vector()));
  // Nothing is new to it then.
  const std::string rest = ann.document().own_part(server.document().state_vector());
  BOOST_TEST(rest == std::string("\0\0", 2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::document
