#include "daemon/editor/buffer.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/document/local_document.h"
#include "protocol/messages/editor/errors.h"
#include "tests/support/editor_desk.h"
#include "tests/support/scripted_editor.h"

namespace plait::editor {
namespace {

using document::TextChange;
using support::EditorDesk;
using support::ScriptedEditor;
using Bug = ScriptedEditor::Bug;

const std::string kUri(EditorDesk::kUri);

/// One editor at a desk. What they say is carried when the test says so.
struct Person {
  explicit Person(EditorDesk& desk, PositionEncoding encoding = PositionEncoding::Utf16)
      : seat(desk, encoding), editor(encoding) {}

  Person& opens(std::string text, bool modified = false) {
    editor.opens(kUri, std::move(text), modified);
    return carried();
  }
  Person& types(std::size_t at, std::string text) {
    editor.edits(kUri, at, 0, std::move(text));
    return *this;
  }
  /// Until nobody has anything left to say.
  Person& carried() {
    for (;;) {
      const std::string said = editor.take_bytes();
      BOOST_TEST_REQUIRE(seat.hears(said));
      const std::string answer = seat.take_bytes();
      if (said.empty() && answer.empty()) break;
      editor.hears(answer);
    }
    BOOST_TEST(!editor.problem().has_value(), editor.problem().value_or(""));
    return *this;
  }
  [[nodiscard]] const std::string& reads() const { return editor.text(kUri); }
  [[nodiscard]] const ScriptedEditor::Buffer& state() const { return editor.buffer(kUri); }

  EditorDesk::Seat seat;
  ScriptedEditor editor;
};

TextChange put(std::uint32_t at, std::string text) {
  return TextChange::replacement(Utf16Offset{at}, {}, std::move(text));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(buffer)

// Opening -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_buffer_that_holds_the_document_is_opened_as_it_is) {
  EditorDesk desk(1, "hello\n");
  Person ann(desk);
  ann.opens("hello\n");
  BOOST_TEST(ann.state().epoch == 1);
  ann.types(5, "!").carried();
  BOOST_TEST(desk.text() == "hello!\n");
}

BOOST_AUTO_TEST_CASE(a_buffer_with_another_text_gets_the_documents) {
  EditorDesk desk(1, "the document\n");
  Person ann(desk);
  ann.opens("an old file\n");
  BOOST_TEST(ann.reads() == "the document\n");
  BOOST_TEST(desk.text() == "the document\n");
}

BOOST_AUTO_TEST_CASE(unsaved_changes_become_part_of_the_document) {
  EditorDesk desk(1, "one\ntwo\n");
  desk.disk_changes(put(8, "three\n"));
  Person ann(desk);
  ann.seat.set_on_disk("one\ntwo\n");
  ann.opens("zero\none\ntwo\n", /*modified=*/true);
  BOOST_TEST(desk.text() == "zero\none\ntwo\nthree\n");
  BOOST_TEST(ann.reads() == desk.text());
  ann.editor.undoes(kUri);
  ann.carried();
  BOOST_TEST(ann.reads() == "one\ntwo\nthree\n");
}

BOOST_AUTO_TEST_CASE(what_is_typed_before_the_answer_comes_is_not_lost) {
  EditorDesk desk(1, "the document");
  Person ann(desk);
  ann.editor.opens(kUri, "the document");
  ann.types(0, "> ").carried();
  BOOST_TEST(desk.text() == "> the document");
  BOOST_TEST(ann.state().resyncs == 1U);
  BOOST_TEST(ann.seat.repaired().empty());
}

BOOST_AUTO_TEST_CASE(carriage_returns_are_the_editors_own) {
  EditorDesk desk(1, "one\ntwo\n");
  Person ann(desk);
  ann.editor.opens(kUri, "one\r\ntwo\r\n");
  static_cast<void>(ann.seat.hears(ann.editor.take_bytes()));
  BOOST_TEST(ann.seat.take_bytes().find("\"text\"") == std::string::npos);
  BOOST_TEST(desk.text() == "one\ntwo\n");
}

// Both ways -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(editors_of_every_encoding_share_one_text) {
  EditorDesk desk(1, "\xF0\x9F\x98\x80 face\n");
  Person ann(desk, PositionEncoding::Utf8);
  Person ben(desk, PositionEncoding::Utf16);
  Person cat(desk, PositionEncoding::Utf32);
  for (Person* person : {&ann, &ben, &cat}) person->opens(desk.text());
  ann.types(4, "\xC3\xA9").carried();
  ben.carried().types(0, "\xE2\x82\xAC").carried();
  cat.carried();
  cat.types(cat.reads().size(), "end").carried();
  for (Person* person : {&ann, &ben, &cat}) {
    BOOST_TEST(person->carried().reads() == "\xE2\x82\xAC\xF0\x9F\x98\x80\xC3\xA9 face\nend");
  }
}

BOOST_AUTO_TEST_CASE(the_editor_wins_a_race) {
  EditorDesk desk(1, "()");
  Person ann(desk);
  Person ben(desk);
  ann.opens("()");
  ben.opens("()");
  ann.types(1, "ann");
  ben.types(1, "ben").types(4, "!").carried();
  BOOST_TEST(ben.reads() == "(ben!)");
  ann.carried();
  BOOST_TEST(ann.reads() == "(annben!)");
  // Both of ben's edits were dropped, and came again as one.
  BOOST_TEST(ann.state().dropped == 2U);
  BOOST_TEST(ann.state().seq == 1);
  BOOST_TEST(ben.carried().reads() == "(annben!)");
}

BOOST_AUTO_TEST_CASE(what_others_do_names_its_author) {
  EditorDesk desk(1);
  Person ann(desk);
  ann.opens("");
  const auto ben = document::LocalDocument::load({}, {}, {});
  (*ben)->set_client(crdt::ClientId{2});
  BOOST_TEST_REQUIRE((*ben)->change(put(0, "hi"), document::LocalDocument::kDisk).has_value());
  desk.network_changes((*ben)->encode());
  const std::string said = ann.seat.take_bytes();
  BOOST_TEST(said.find("\"author\":\"somebody\"") != std::string::npos);
  ann.editor.hears(said);
  BOOST_TEST(ann.reads() == "hi");
}

BOOST_AUTO_TEST_CASE(after_quiet_the_editor_compares_hashes) {
  EditorDesk desk(1, "text");
  Person ann(desk);
  ann.opens("text");
  ann.types(4, "!").carried();
  desk.waits(kQuiet - std::chrono::milliseconds(1));
  BOOST_TEST(ann.carried().state().verified == 0U);
  desk.waits(std::chrono::milliseconds(1));
  BOOST_TEST(ann.carried().state().verified == 1U);
  desk.is_quiet();
  BOOST_TEST(ann.carried().state().verified == 1U);
}

// Mistakes ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_edit_that_was_not_told_of_is_found_and_kept) {
  EditorDesk desk(1, "text");
  Person ann(desk);
  ann.opens("text");
  ann.editor.has(Bug::ForgetsAnEdit);
  ann.types(4, " typed").carried();
  BOOST_TEST(desk.text() == "text");
  desk.is_quiet();
  ann.carried();
  BOOST_TEST(ann.state().mismatches == 1U);
  BOOST_TEST(desk.text() == "text typed");
  BOOST_TEST(ann.seat.repaired() == std::vector<std::string>{"text"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_edit_that_cannot_be_is_answered_with_stale_and_a_resync_mends_it) {
  for (const Bug bug : {Bug::Miscounts, Bug::SaysNoPlace}) {
    EditorDesk desk(1, "text");
    Person ann(desk);
    ann.opens("text");
    ann.editor.has(bug);
    ann.types(0, "a").types(1, "b").carried();
    BOOST_TEST(ann.state().resyncs == 1U);
    BOOST_TEST(ann.reads() == "abtext");
    BOOST_TEST(desk.text() == "abtext");
  }
}

BOOST_AUTO_TEST_CASE(an_edit_of_another_epoch_makes_the_buffer_say_what_it_holds) {
  EditorDesk desk(1, "text");
  Person ann(desk);
  ann.opens("text");
  ann.seat.buffer()->edit({kUri, 77, 1, 0, {}});
  BOOST_TEST(ann.seat.buffer()->is_stale());
  ann.carried();
  BOOST_TEST(!ann.seat.buffer()->is_stale());
}

BOOST_AUTO_TEST_CASE(a_resync_in_the_middle_keeps_what_others_typed) {
  EditorDesk desk(1, "text");
  Person ann(desk);
  Person ben(desk);
  ann.opens("text");
  ben.opens("text");
  ben.types(4, " of ben").carried();
  ann.editor.has(Bug::Miscounts);
  ann.types(0, "ann's ").carried();
  BOOST_TEST(desk.text() == "ann's text of ben");
  BOOST_TEST(ann.reads() == desk.text());
  BOOST_TEST(ben.carried().reads() == desk.text());
}

BOOST_AUTO_TEST_CASE(a_buffer_that_was_opened_in_an_earlier_process_is_merged) {
  EditorDesk desk(1, "file\ntyped before\nothers\n");
  Person ann(desk);
  ann.seat.set_on_disk("file\n");
  {
    EditorDesk before(2, "file\n");
    Person same(before);
    same.opens("file\n");
    same.types(5, "typed before and after\n");
    static_cast<void>(same.editor.take_bytes());
    // The new process knows nothing of this buffer, and is told what it holds.
    same.editor.hears(jsonrpc::framed(jsonrpc::write_message(jsonrpc::Notification{
        "document/stale", jsonrpc::write_fields(messages::DocumentStale{
                              kUri, 1, messages::StaleReason::Restarted})})));
    static_cast<void>(ann.seat.hears(same.editor.take_bytes()));
  }
  BOOST_TEST(desk.text() == "file\ntyped before and after\nothers\n");
}

// Who may not write ---------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_viewers_edit_is_refused_and_its_buffer_put_right) {
  EditorDesk desk(1, "text");
  Person ann(desk);
  ann.seat.set_read_only(true);
  ann.opens("text");
  BOOST_TEST(ann.state().is_read_only);
  ann.types(0, "a").types(1, "b").carried();
  BOOST_TEST(desk.text() == "text");
  BOOST_TEST(ann.reads() == "text");
  BOOST_TEST(ann.seat.discarded() == std::vector<std::string>{"abtext"},
             boost::test_tools::per_element());
  ann.editor.undoes(kUri);
  ann.carried();
  const auto answers = ann.editor.take_answers();
  BOOST_TEST_REQUIRE(answers.size() == 1U);
  const auto* refused = std::get_if<jsonrpc::ErrorResponse>(&answers.front());
  BOOST_TEST_REQUIRE((refused != nullptr));
  BOOST_TEST(refused->error.code == static_cast<int>(messages::EditorError::ReadOnly));
}

BOOST_AUTO_TEST_CASE(a_new_role_is_told_by_a_resync) {
  EditorDesk desk(1, "text");
  Person ann(desk);
  ann.opens("text");
  ann.seat.set_read_only(true);
  BOOST_TEST(ann.carried().state().is_read_only);
  ann.seat.set_read_only(false);
  BOOST_TEST(!ann.carried().state().is_read_only);
  ann.types(0, "a").carried();
  BOOST_TEST(desk.text() == "atext");
}

// Undo, saving, cursors -----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(undo_takes_back_the_users_own_and_says_where) {
  EditorDesk desk(1, "text\n");
  Person ann(desk);
  ann.opens("text\n");
  ann.types(5, "mine").carried();
  desk.disk_changes(put(0, "theirs\n"));
  ann.carried().editor.undoes(kUri);
  ann.carried();
  BOOST_TEST(ann.reads() == "theirs\ntext\n");
  const auto answers = ann.editor.take_answers();
  BOOST_TEST_REQUIRE(answers.size() == 1U);
  const auto undone = jsonrpc::read_fields<messages::Undone>(
      std::get<jsonrpc::Response>(answers.front()).result);
  BOOST_TEST_REQUIRE(undone.has_value());
  BOOST_TEST(undone->changed);
  BOOST_TEST((undone->selection->head == messages::Position{2, 0}));
  ann.editor.redoes(kUri);
  BOOST_TEST(ann.carried().reads() == "theirs\ntext\nmine");
}

BOOST_AUTO_TEST_CASE(what_an_editor_saved_is_known_afterwards) {
  EditorDesk desk(1, "text");
  Person ann(desk);
  ann.opens("text");
  ann.types(4, "1").editor.saves(kUri);
  ann.types(5, "2").carried();
  BOOST_TEST(ann.seat.buffer()->has_had("text1"));
  BOOST_TEST(ann.seat.buffer()->has_had("text12"));
  BOOST_TEST(!ann.seat.buffer()->has_had("text"));
  // What others typed is not in what it saved before it heard of it.
  desk.disk_changes(put(0, "x"));
  ann.editor.saves(kUri);
  static_cast<void>(ann.seat.hears(ann.editor.take_bytes()));
  desk.disk_changes(put(0, "y"));
  BOOST_TEST(ann.seat.buffer()->has_had("text12"));
  BOOST_TEST(!ann.seat.buffer()->has_had("xtext12"));
}

// Another program has just written it, and this one has not heard of that yet.
BOOST_AUTO_TEST_CASE(what_an_editor_read_when_it_opened_its_file_may_be_news) {
  EditorDesk desk(1, "text");
  Person ann(desk);
  ann.opens("text, and more");
  BOOST_TEST(!ann.seat.buffer()->has_had("text, and more"));
  BOOST_TEST(ann.seat.buffer()->has_had("text"));
}

BOOST_AUTO_TEST_CASE(the_last_few_saved_texts_are_known) {
  EditorDesk desk(1, "");
  Person ann(desk);
  ann.opens("");
  for (std::size_t i = 0; i <= kSavedTexts; ++i) {
    ann.editor.saves(kUri);
    ann.types(0, "x").carried();
  }
  BOOST_TEST(!ann.seat.buffer()->has_had(""));
  BOOST_TEST(ann.seat.buffer()->has_had("x"));
}

BOOST_AUTO_TEST_CASE(a_cursor_is_where_the_editor_has_it_in_its_own_text) {
  EditorDesk desk(1, "one\ntwo\n");
  Person ann(desk, PositionEncoding::Utf8);
  ann.opens("one\ntwo\n");
  desk.disk_changes(put(0, "zero\n"));  // ann has not heard of it
  ann.editor.selects(kUri, 4, 7);
  BOOST_TEST_REQUIRE(ann.seat.hears(ann.editor.take_bytes()));
  BOOST_TEST_REQUIRE(ann.seat.cursors().size() == 1U);
  BOOST_TEST(ann.seat.cursors()[0].anchor.value() == 9U);
  BOOST_TEST(ann.seat.cursors()[0].head.value() == 12U);
  // Shown to an editor it is where that has it once it has heard everything.
  const auto shown = ann.seat.buffer()->shown(ann.seat.cursors()[0]);
  BOOST_TEST((shown == messages::Selection{{2, 0}, {2, 3}}));
  // A place that is none is left out.
  BOOST_TEST(ann.seat.buffer()
                 ->selections(std::vector{messages::Selection{{9, 0}, {0, 0}}}, {})
                 .empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::editor
