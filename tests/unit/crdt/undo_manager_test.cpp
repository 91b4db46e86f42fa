#include "daemon/crdt/undo_manager.h"

#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/unit/crdt/person.h"

namespace plait::crdt {
namespace {

using std::chrono::milliseconds;

}  // namespace

BOOST_AUTO_TEST_SUITE(undo_manager)

// Steps ---------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_done_without_a_pause_is_one_step) {
  Person ann(1);
  ann.type(0, "one ").type(4, "two ").erase(0, 1);
  ann.back();
  BOOST_TEST(ann.reads() == "");
  ann.again();
  BOOST_TEST(ann.reads() == "ne two ");
}

BOOST_AUTO_TEST_CASE(a_pause_of_the_capture_timeout_ends_a_step) {
  Person ann(1);
  ann.undo.advance(milliseconds(10'000));
  ann.type(0, "a");
  ann.undo.advance(milliseconds(10'499));
  ann.type(1, "b");
  ann.undo.advance(milliseconds(10'999));
  ann.type(2, "c");
  ann.back();
  BOOST_TEST(ann.reads() == "ab");
  ann.back();
  BOOST_TEST(ann.reads() == "");
}

BOOST_AUTO_TEST_CASE(a_step_can_be_ended_at_once) {
  Person ann(1);
  ann.type(0, "a").pause().type(1, "b");
  ann.back();
  BOOST_TEST(ann.reads() == "a");
}

BOOST_AUTO_TEST_CASE(what_follows_an_undo_is_a_step_of_its_own) {
  Person ann(1);
  ann.type(0, "a").pause().type(1, "b").back().type(1, "c");
  ann.back();
  BOOST_TEST(ann.reads() == "a");
}

BOOST_AUTO_TEST_CASE(a_transaction_is_never_taken_apart) {
  Person ann(1);
  ann.type(0, "old").pause();
  ann.change([&](Document::Editor& edit) -> Result<void> {
    if (auto done = edit.erase(ann.text, Utf16Offset{0}, Utf16Offset{3}); !done) return done;
    return edit.insert(ann.text, Utf16Offset{0}, "new");
  });
  BOOST_TEST(ann.reads() == "new");
  ann.back();
  BOOST_TEST(ann.reads() == "old");
  ann.again();
  BOOST_TEST(ann.reads() == "new");
}

BOOST_AUTO_TEST_CASE(without_steps_nothing_happens) {
  Person ann(1);
  BOOST_TEST(!ann.undo.can_undo());
  BOOST_TEST(!ann.takes_back());
  BOOST_TEST(!ann.does_again());
  ann.type(0, "a");
  BOOST_TEST(ann.undo.can_undo());
  BOOST_TEST(!ann.undo.can_redo());
  BOOST_TEST(!ann.does_again());
  BOOST_TEST(ann.reads() == "a");
}

BOOST_AUTO_TEST_CASE(new_changes_end_what_can_be_done_again) {
  Person ann(1);
  ann.type(0, "a").back().type(0, "b");
  BOOST_TEST(!ann.undo.can_redo());
  BOOST_TEST(!ann.does_again());
  BOOST_TEST(ann.reads() == "b");
}

BOOST_AUTO_TEST_CASE(undo_and_redo_can_go_back_and_forth) {
  Person ann(1);
  ann.type(0, "0123456789").pause().erase(2, 6).pause().type(2, "x");
  for (int round = 0; round < 3; ++round) {
    ann.back().back();
    BOOST_TEST(ann.reads() == "0123456789");
    ann.again().again();
    BOOST_TEST(ann.reads() == "01x89");
  }
  ann.document.check_invariants();
}

// Others --------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_others_typed_stays) {
  Person ann(1);
  Person ben(2);
  ann.type(0, "ann");
  ben.pull(ann).type(1, "BEN");
  ann.pull(ben).back();
  BOOST_TEST(ann.reads() == "BEN");
  ann.again();
  BOOST_TEST(ann.reads() == "aBENnn");
  meet(ann, ben);
}

BOOST_AUTO_TEST_CASE(what_others_deleted_does_not_come_back) {
  Person ann(1);
  Person ben(2);
  ann.type(0, "abcdefgh").pause();
  ben.pull(ann).erase(3, 4);
  ann.erase(1, 4).pull(ben);
  BOOST_TEST(ann.reads() == "ah");
  ann.back();
  BOOST_TEST(ann.reads() == "abcdeh");  // both had deleted "de", and this is ann's undo
  meet(ann, ben);
}

BOOST_AUTO_TEST_CASE(changes_by_others_do_not_end_what_can_be_done_again) {
  Person ann(1);
  Person ben(2);
  ann.type(0, "a").back();
  ben.type(0, "ben");
  ann.pull(ben).again();
  BOOST_TEST(ann.reads() == "aben");
}

BOOST_AUTO_TEST_CASE(a_step_that_others_have_undone_already_is_skipped) {
  Person ann(1);
  Person ben(2);
  ann.type(0, "first ").pause().type(6, "second");
  ben.pull(ann).erase(6, 6);
  ann.pull(ben).back();
  BOOST_TEST(ann.reads() == "");
  BOOST_TEST(!ann.undo.can_undo());
}

BOOST_AUTO_TEST_CASE(text_comes_back_around_what_others_put_into_it) {
  Person ann(1);
  Person ben(2);
  ann.type(0, "head tail").pause();
  ben.pull(ann).type(5, "middle ");
  ann.erase(0, 9).pull(ben);
  BOOST_TEST(ann.reads() == "middle ");
  ann.back();
  BOOST_TEST(ann.reads() == "head middle tail");
  meet(ann, ben);
}

BOOST_AUTO_TEST_CASE(others_delete_a_part_of_what_came_back) {
  Person ann(1);
  Person ben(2);
  ben.type(0, "abcdef");
  ann.pull(ben).erase(1, 4).back();
  ben.pull(ann).erase(2, 2);
  ann.pull(ben);
  BOOST_TEST(ann.reads() == "abef");
  ann.again();
  BOOST_TEST(ann.reads() == "af");
  ann.back();
  BOOST_TEST(ann.reads() == "abef");
  meet(ann, ben);
}

// Origins and scope ---------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(other_origins_on_this_replica_are_others_too) {
  constexpr Origin kTool = 9;
  Person ann(1);
  ann.type(0, "typed");
  BOOST_TEST_REQUIRE(ann.document.insert(ann.text, Utf16Offset{5}, " made", kTool).has_value());
  ann.back();
  BOOST_TEST(ann.reads() == " made");
  ann.undo.track(kTool);
  BOOST_TEST_REQUIRE(ann.document.insert(ann.text, Utf16Offset{5}, "!", kTool).has_value());
  ann.back();
  BOOST_TEST(ann.reads() == " made");
  ann.undo.untrack(kTool);
  BOOST_TEST_REQUIRE(ann.document.insert(ann.text, Utf16Offset{5}, "?", kTool).has_value());
  BOOST_TEST(!ann.takes_back());
}

BOOST_AUTO_TEST_CASE(other_texts_are_left_alone) {
  Person ann(1);
  const TypeRef notes = ann.document.text("notes");
  ann.type(0, "text").type_in(notes, 0, "note").pause().type_in(notes, 0, "another ");
  ann.back();
  BOOST_TEST(ann.reads() == "");
  BOOST_TEST(ann.document.to_string(notes) == "another note");
}

BOOST_AUTO_TEST_CASE(two_managers_of_one_document_keep_out_of_each_others_way) {
  constexpr Origin kSecond = 7;
  Person ann(1);
  UndoManager second(ann.document, {.scope = {ann.text}, .tracked = {kSecond}});
  ann.type(0, "aaa");
  BOOST_TEST_REQUIRE(ann.document.insert(ann.text, Utf16Offset{3}, "bbb", kSecond).has_value());
  ann.back();
  BOOST_TEST(ann.reads() == "bbb");
  BOOST_TEST(second.can_undo());
  BOOST_TEST(second.undo().value());
  BOOST_TEST(ann.reads() == "");
  ann.again();
  BOOST_TEST(ann.reads() == "aaa");
  BOOST_TEST(second.redo().value());
  BOOST_TEST(ann.reads() == "aaabbb");
}

BOOST_AUTO_TEST_CASE(an_undo_is_a_transaction_by_the_managers_own_origin) {
  struct Listener final : Document::Observer {
    Origin seen = 0;
    std::size_t bytes = 0;
    void committed(Document& document, Origin origin) override {
      ByteWriter update;
      seen = origin;
      bytes = document.encode_change(update) ? update.size() : 0;
    }
  };
  Person ann(1);
  ann.type(0, "a");
  Listener listener;
  ann.document.add_observer(listener);
  ann.back();
  BOOST_TEST(listener.seen == ann.undo.origin());
  BOOST_TEST(listener.bytes > 0);
  BOOST_TEST(!ann.takes_back());
  BOOST_TEST(listener.bytes == 0);
  ann.document.remove_observer(listener);
}

// Keeping -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_may_come_back_is_kept_and_the_rest_is_collected) {
  Person ann(1);
  Person ben(2);
  Document plain({ClientId{3}, true});
  ann.type(0, "mine");
  ben.pull(ann);
  ann.erase(0, 4);
  // What ben deletes of his own accord is nothing that ann could undo.
  ben.type(4, " his").pause().erase(4, 4);
  ann.pull(ben);
  BOOST_TEST(ann.document.encode_state().find("mine") != std::string::npos);
  BOOST_TEST(ann.document.encode_state().find("his") == std::string::npos);
  BOOST_TEST(ben.document.encode_state().find("his") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(after_clear_there_is_nothing_to_take_back) {
  Person ann(1);
  ann.type(0, "abc").pause().erase(0, 1).back();
  BOOST_TEST_REQUIRE(ann.undo.clear().has_value());
  BOOST_TEST(!ann.undo.can_undo());
  BOOST_TEST(!ann.undo.can_redo());
  BOOST_TEST(!ann.takes_back());
  BOOST_TEST(ann.reads() == "abc");
  ann.document.check_invariants();
}

BOOST_AUTO_TEST_CASE(a_document_outlives_its_manager) {
  Document document({ClientId{1}, true});
  const TypeRef text = document.text("t");
  {
    UndoManager undo(document, {.scope = {text}, .tracked = {Person::kEditor}});
    BOOST_TEST(document.insert(text, Utf16Offset{0}, "abc", Person::kEditor).has_value());
    BOOST_TEST(
        document.erase(text, Utf16Offset{0}, Utf16Offset{1}, Person::kEditor).has_value());
  }
  BOOST_TEST(document.erase(text, Utf16Offset{0}, Utf16Offset{1}, Person::kEditor).has_value());
  BOOST_TEST(document.to_string(text) == "c");
  BOOST_TEST(document.encode_state().find('b') == std::string::npos);
  document.check_invariants();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
