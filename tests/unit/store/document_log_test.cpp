#include "daemon/store/document_log.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/store/store_world.h"

namespace plait::store {
namespace {

const Author kAnn{"ann"};
const Author kBob{"bob"};

/// One document, and a group that never ends.
struct Notes : InMemory {
  Notes() : key(reopened().key) {}

  LoadedDocument reopened() {
    flush();
    auto document = log.open("w", "notes.md");
    BOOST_TEST_REQUIRE(document.has_value());
    return *std::move(document);
  }
  std::uint64_t append(const Author& author, std::string_view updates) {
    auto appended = log.append(key, author, updates);
    BOOST_TEST_REQUIRE(appended.has_value());
    return appended->sequence;
  }
  bool takes(std::string_view updates) { return log.append(key, kAnn, updates).has_value(); }
  /// So many entries of one byte each, none of them the same author's as the one before.
  void append_entries(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) append(i % 2 == 0 ? kBob : kAnn, "x");
    flush();
  }
  void flush() { BOOST_TEST_REQUIRE(log.flush().has_value()); }
  void compact(std::uint64_t up_to, std::string_view state) {
    flush();
    BOOST_TEST_REQUIRE(log.put_snapshot(key, up_to, state).has_value());
  }
  std::string damage() {
    const auto verified = log.verify(key);
    BOOST_TEST_REQUIRE(!verified.has_value());
    BOOST_TEST((verified.error().code == ErrorCode::Damaged));
    return verified.error().message;
  }
  std::int64_t count(Sql sql) {
    Cursor row = database.query(sql);
    BOOST_TEST_REQUIRE(row.next());
    return row.integer(0);
  }

  std::int64_t recent() { return count("SELECT count(*) FROM recent"); }
  std::int64_t filed() { return count("SELECT count(*) FROM log"); }

  DocumentLog& log = tables.documents;
  DocumentKey key;
};

/// The same once the log knows how much is in `recent`: nothing.
struct SomeTimeLater : Notes {
  SomeTimeLater() {
    append(kAnn, "\1-");
    flush();
    BOOST_TEST(recent() == 0);
    BOOST_TEST(filed() == 1);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(document_log, Notes)

BOOST_AUTO_TEST_CASE(a_new_document_is_empty) {
  const LoadedDocument document = reopened();
  BOOST_TEST(document.snapshot.empty());
  BOOST_TEST(document.tail.empty());
  BOOST_TEST(document.last_sequence == 0U);
  BOOST_TEST(document.generation == 5U);
  BOOST_TEST(document.clients.empty());
}

BOOST_AUTO_TEST_CASE(documents_are_told_apart_by_workspace_and_name) {
  const auto same = log.open("w", "notes.md");
  const auto other_name = log.open("w", "notes.txt");
  const auto other_workspace = log.open("v", "notes.md");
  BOOST_TEST((same->key == key));
  BOOST_TEST((other_name->key != key));
  BOOST_TEST((other_workspace->key != key));
  BOOST_TEST((other_workspace->key != other_name->key));
}

BOOST_AUTO_TEST_CASE(updates_come_back_in_their_order) {
  append(kAnn, "\1a");
  append(kBob, "\1b");
  append(kAnn, "\1c");
  const LoadedDocument document = reopened();
  BOOST_TEST(document.tail == (std::vector<std::string>{"\1a", "\1b", "\1c"}));
  BOOST_TEST(document.last_sequence == 3U);
}

BOOST_AUTO_TEST_CASE(neighbouring_updates_of_one_author_share_an_entry) {
  BOOST_TEST(append(kAnn, "\1a") == 1U);
  BOOST_TEST(append(kAnn, "\1b") == 1U);
  BOOST_TEST(append(kBob, "\1c") == 2U);
  BOOST_TEST(append(kBob, "\1d") == 2U);
  BOOST_TEST(append(kAnn, "\1e") == 3U);
  BOOST_TEST(reopened().tail == (std::vector<std::string>{"\1a\1b", "\1c\1d", "\1e"}));
  BOOST_TEST(append(kAnn, "\1f") == 4U);  // that one is written already
}

BOOST_AUTO_TEST_CASE(an_entry_takes_no_more_once_it_is_full) {
  const std::string half(kMaxEntryBytes / 2, 'x');
  BOOST_TEST(append(kAnn, half) == 1U);
  BOOST_TEST(append(kAnn, half) == 1U);
  BOOST_TEST(append(kAnn, "y") == 2U);
}

BOOST_AUTO_TEST_CASE(an_append_may_be_as_large_as_the_limit_and_no_larger) {
  const std::string largest(kMaxAppendBytes, 'x');
  BOOST_TEST(append(kAnn, largest) == 1U);
  const auto refused = log.append(key, kAnn, largest + "x");
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::LimitExceeded));
  BOOST_TEST(reopened().tail.size() == 1U);
}

BOOST_AUTO_TEST_CASE(names_may_be_as_long_as_their_limits_and_no_longer) {
  const std::string workspace(kMaxWorkspaceIdBytes, 'w');
  const std::string name(kMaxDocumentNameBytes, 'n');
  const std::string author(kMaxAuthorBytes, 'a');
  const auto document = log.open(workspace, name);
  BOOST_TEST_REQUIRE(document.has_value());
  BOOST_TEST(!log.open(workspace + "w", name).has_value());
  BOOST_TEST(!log.open(workspace, name + "n").has_value());
  BOOST_TEST(log.append(document->key, {author}, "x").has_value());
  BOOST_TEST(!log.append(document->key, {author + "a"}, "x").has_value());
}

BOOST_AUTO_TEST_CASE(an_append_to_no_document_is_not_found) {
  const auto appended = log.append(DocumentKey{99}, kAnn, "\1a");
  BOOST_TEST_REQUIRE(!appended.has_value());
  BOOST_TEST((appended.error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(a_document_that_lost_an_update_takes_no_more_until_it_is_opened_again) {
  BOOST_TEST(takes("\1a"));
  BOOST_TEST(!takes(""));
  BOOST_TEST(!takes("\1b"));
  BOOST_TEST(reopened().tail == (std::vector<std::string>{"\1a"}));
  BOOST_TEST(takes("\1c"));
}

BOOST_AUTO_TEST_CASE(a_group_that_failed_loses_the_documents_it_appended_to) {
  const auto other = log.open("w", "other.md");
  takes("\1a");
  log.group_failed();
  log.begin_group(5, kNow);
  BOOST_TEST(!takes("\1b"));
  BOOST_TEST(log.append(other->key, kAnn, "\1c").has_value());
}

BOOST_AUTO_TEST_CASE(opening_in_a_group_that_failed_does_not_count) {
  takes("");
  log.begin_group(5, kNow);
  reopened();
  log.group_failed();
  log.begin_group(5, kNow);
  BOOST_TEST(!takes("\1b"));
}

// --- What was appended last ---

BOOST_FIXTURE_TEST_CASE(a_commit_writes_to_one_place_whatever_the_documents, SomeTimeLater) {
  const auto other = log.open("w", "other.md");
  append(kBob, "\1a");
  BOOST_TEST(log.append(other->key, kBob, "\1b").has_value());
  append(kAnn, "\1c");
  flush();
  BOOST_TEST(recent() == 3);
  BOOST_TEST(filed() == 1);
  BOOST_TEST(reopened().tail == (std::vector<std::string>{"\1-", "\1a", "\1c"}));
  BOOST_TEST(log.open("w", "other.md")->tail == (std::vector<std::string>{"\1b"}));
  BOOST_TEST(log.verify(key).value() == 3U);
}

BOOST_FIXTURE_TEST_CASE(entries_move_to_the_log_once_there_are_too_many, SomeTimeLater) {
  append_entries(DocumentLog::kMaxRecentRows);
  BOOST_TEST(recent() == static_cast<std::int64_t>(DocumentLog::kMaxRecentRows));
  append_entries(1);
  BOOST_TEST(recent() == 0);
  BOOST_TEST(filed() == static_cast<std::int64_t>(DocumentLog::kMaxRecentRows) + 2);
  append_entries(1);
  BOOST_TEST(recent() == 1);
  BOOST_TEST(reopened().last_sequence == DocumentLog::kMaxRecentRows + 3);
}

BOOST_FIXTURE_TEST_CASE(entries_move_to_the_log_once_they_are_too_large, SomeTimeLater) {
  append(kBob, std::string(DocumentLog::kMaxRecentBytes, 'x'));
  flush();
  BOOST_TEST(recent() == 1);
  append(kAnn, "y");
  flush();
  BOOST_TEST(recent() == 0);
  append(kBob, std::string(DocumentLog::kMaxRecentBytes + 1, 'z'));
  flush();
  BOOST_TEST(recent() == 0);
  BOOST_TEST(filed() == 4);
  BOOST_TEST(reopened().last_sequence == 4U);
}

BOOST_FIXTURE_TEST_CASE(the_next_run_goes_on_from_what_this_one_left, SomeTimeLater) {
  append(kBob, "\1a");
  flush();
  DocumentLog next(database);
  next.begin_group(5, kNow);
  BOOST_TEST(next.open("w", "notes.md")->tail == (std::vector<std::string>{"\1-", "\1a"}));
  BOOST_TEST(next.append(key, kAnn, "\1b")->sequence == 3U);
  BOOST_TEST_REQUIRE(next.flush().has_value());
  BOOST_TEST(recent() == 0);  // it makes sure of what there is
  BOOST_TEST(next.append(key, kBob, "\1c")->sequence == 4U);
  BOOST_TEST_REQUIRE(next.flush().has_value());
  BOOST_TEST(recent() == 1);
  BOOST_TEST(next.verify(key).value() == 4U);
}

BOOST_FIXTURE_TEST_CASE(a_group_that_failed_leaves_what_was_there_before_it, SomeTimeLater) {
  const auto other = log.open("w", "other.md");
  BOOST_TEST(log.append(other->key, kAnn, "\1a").has_value());
  flush();
  log.begin_group(5, kNow);
  BOOST_TEST_REQUIRE(database.script("BEGIN").has_value());
  append_entries(DocumentLog::kMaxRecentRows);  // with those before too many
  BOOST_TEST(recent() == 0);
  BOOST_TEST_REQUIRE(database.script("ROLLBACK").has_value());
  log.group_failed();
  log.begin_group(5, kNow);
  BOOST_TEST(recent() == 1);
  BOOST_TEST(log.append(other->key, kAnn, "\1b")->sequence == 2U);
  flush();
  BOOST_TEST(log.open("w", "other.md")->tail == (std::vector<std::string>{"\1a", "\1b"}));
  BOOST_TEST(reopened().tail == (std::vector<std::string>{"\1-"}));
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_that_fails_moves_nothing, SomeTimeLater) {
  append(kBob, "\1a");
  flush();
  BOOST_TEST_REQUIRE(database.script("SAVEPOINT s").has_value());
  BOOST_TEST(!log.put_snapshot(key, 9, "x").has_value());
  BOOST_TEST_REQUIRE(database.script("ROLLBACK TO s; RELEASE s").has_value());
  BOOST_TEST(recent() == 1);
  BOOST_TEST(reopened().tail == (std::vector<std::string>{"\1-", "\1a"}));
  BOOST_TEST(append(kAnn, "\1b") == 3U);
  BOOST_TEST(reopened().tail == (std::vector<std::string>{"\1-", "\1a", "\1b"}));
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_covers_what_was_appended_last, SomeTimeLater) {
  append(kBob, "\1a");
  append(kAnn, "\1b");
  compact(2, "-a");
  BOOST_TEST(recent() == 0);
  BOOST_TEST(reopened().snapshot == "-a");
  BOOST_TEST(reopened().tail == (std::vector<std::string>{"\1b"}));
  BOOST_TEST(tables.usage("w")->documents == 4U);
  BOOST_TEST(append(kBob, "\1c") == 4U);
  flush();
  BOOST_TEST(tables.usage("w")->documents == 6U);
}

// --- Compaction ---

BOOST_AUTO_TEST_CASE(a_snapshot_takes_the_place_of_what_it_covers) {
  append(kAnn, "\1a");
  append(kBob, "\1b");
  append(kAnn, "\1c");
  compact(2, "ab");
  const LoadedDocument document = reopened();
  BOOST_TEST(document.snapshot == "ab");
  BOOST_TEST(document.tail == (std::vector<std::string>{"\1c"}));
  BOOST_TEST(document.last_sequence == 3U);
  BOOST_TEST(count("SELECT count(*) FROM log") == 1);
}

BOOST_AUTO_TEST_CASE(sequence_and_chain_go_on_after_a_snapshot_of_everything) {
  append(kAnn, "\1a");
  append(kBob, "\1b");
  compact(2, "ab");
  BOOST_TEST(append(kAnn, "\1c") == 3U);
  compact(3, "abc");
  compact(3, "ABC");  // the same again, as after a change of the format
  BOOST_TEST(append(kAnn, "\1d") == 4U);
  const LoadedDocument document = reopened();
  BOOST_TEST(document.snapshot == "ABC");
  BOOST_TEST(document.tail == (std::vector<std::string>{"\1d"}));
}

BOOST_AUTO_TEST_CASE(a_snapshot_may_come_before_the_first_entry) {
  compact(0, "imported");
  BOOST_TEST(append(kAnn, "\1a") == 1U);
  BOOST_TEST(reopened().snapshot == "imported");
}

BOOST_AUTO_TEST_CASE(a_snapshot_of_the_past_or_of_the_future_is_refused) {
  append(kAnn, "\1a");
  append(kBob, "\1b");
  compact(2, "ab");
  for (const std::uint64_t up_to : {0U, 1U, 3U}) {
    const auto put = log.put_snapshot(key, up_to, "x");
    BOOST_TEST_REQUIRE(!put.has_value());
    BOOST_TEST((put.error().code == ErrorCode::OutOfRange));
  }
  BOOST_TEST(reopened().snapshot == "ab");
}

BOOST_AUTO_TEST_CASE(what_a_document_keeps_is_counted) {
  append(kAnn, "\1a");
  append(kBob, "\1b");
  BOOST_TEST_REQUIRE(log.flush().has_value());
  BOOST_TEST(tables.usage("w")->documents == 4U);
  compact(1, "a");
  BOOST_TEST(tables.usage("w")->documents == 3U);
  BOOST_TEST(tables.usage("v")->documents == 0U);
}

// --- Claims ---

BOOST_AUTO_TEST_CASE(a_client_id_is_its_first_authors_for_ever) {
  BOOST_TEST(log.claim_clients(key, kAnn, std::vector<std::uint64_t>{7, 9}).has_value());
  BOOST_TEST(log.claim_clients(key, kAnn, std::vector<std::uint64_t>{9}).has_value());
  const auto stolen = log.claim_clients(key, kBob, std::vector<std::uint64_t>{9});
  BOOST_TEST_REQUIRE(!stolen.has_value());
  BOOST_TEST((stolen.error().code == ErrorCode::Refused));
  append(kAnn, "\1a");
  compact(1, "a");
  BOOST_TEST((reopened().clients == std::vector<ClientClaim>{{7, kAnn}, {9, kAnn}}));
}

BOOST_AUTO_TEST_CASE(as_many_claims_as_the_limit_and_no_more) {
  std::vector<std::uint64_t> clients(kMaxClaims);
  for (std::size_t i = 0; i < clients.size(); ++i) clients[i] = i;
  BOOST_TEST(log.claim_clients(key, kAnn, clients).has_value());
  clients.push_back(kMaxClaims);
  BOOST_TEST(!log.claim_clients(key, kAnn, clients).has_value());
  BOOST_TEST(log.claim_clients(key, kAnn, std::vector{kLastLeasedClient}).has_value());
  BOOST_TEST(!log.claim_clients(key, kAnn, std::vector{kLastLeasedClient + 1}).has_value());
}

// --- Damage ---

BOOST_AUTO_TEST_CASE(an_untouched_log_verifies) {
  append(kAnn, "\1a");
  append(kBob, "\1b");
  compact(1, "a");
  BOOST_TEST(log.verify(key).value() == 1U);
}

BOOST_FIXTURE_TEST_CASE(any_change_to_an_entry_is_found, SomeTimeLater) {
  append(kBob, "\1a");
  flush();
  for (const std::string change :
       {"log SET updates = x'0163'", "log SET length = 3", "log SET time = time + 1",
        "log SET generation = 6", "log SET author = 2", "log SET hash = zeroblob(32)",
        "recent SET updates = x'0163'", "recent SET length = 3", "recent SET time = time + 1",
        "recent SET generation = 6", "recent SET author = 'ann'",
        "recent SET hash = zeroblob(32)"}) {
    BOOST_TEST_CONTEXT(change) {
      BOOST_TEST_REQUIRE(database.script("SAVEPOINT s").has_value());
      BOOST_TEST_REQUIRE(database.script(("UPDATE " + change).c_str()).has_value());
      const std::string entry = change.starts_with("log") ? "1" : "2";
      BOOST_TEST(damage() == "entry " + entry + " does not have its hash");
      BOOST_TEST(!log.open("w", "notes.md").has_value());
      BOOST_TEST_REQUIRE(database.script("ROLLBACK TO s; RELEASE s").has_value());
    }
  }
  BOOST_TEST(log.verify(key).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_missing_entry_is_found, SomeTimeLater) {
  append_entries(3);
  const auto damage_without = [this](const char* what) {
    BOOST_TEST_REQUIRE(database.script("SAVEPOINT s").has_value());
    BOOST_TEST_REQUIRE(database.script(what).has_value());
    std::string found = damage();
    BOOST_TEST_REQUIRE(database.script("ROLLBACK TO s; RELEASE s").has_value());
    return found;
  };
  BOOST_TEST(damage_without("DELETE FROM log") == "entry 1 is missing");
  BOOST_TEST(damage_without("DELETE FROM recent WHERE sequence = 3") == "entry 3 is missing");
  BOOST_TEST(damage_without("DELETE FROM recent WHERE sequence = 4") ==
             "the log does not end with entry 4");
}

BOOST_FIXTURE_TEST_CASE(a_damaged_entry_closes_its_document_and_no_other, SomeTimeLater) {
  const auto other = log.open("w", "other.md");
  append(kBob, "\1a");
  BOOST_TEST(log.append(other->key, kBob, "\1b").has_value());
  flush();
  // As if it were one that is in the log already.
  BOOST_TEST_REQUIRE(
      database.script("UPDATE recent SET sequence = 1 WHERE sequence = 2").has_value());
  append_entries(DocumentLog::kMaxRecentRows);
  BOOST_TEST(recent() == 0);
  BOOST_TEST(damage() == "entry 2 is missing");
  BOOST_TEST(log.open("w", "other.md")->tail == (std::vector<std::string>{"\1b"}));
}

BOOST_AUTO_TEST_CASE(a_changed_snapshot_is_found) {
  append(kAnn, "\1a");
  compact(1, "a");
  BOOST_TEST_REQUIRE(database.script("UPDATE snapshots SET state = x'62'").has_value());
  BOOST_TEST(damage() == "the snapshot up to entry 1 does not have its hash");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
