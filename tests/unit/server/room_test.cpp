#include "daemon/server/room.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/digest.h"
#include "daemon/net/channel.h"
#include "daemon/server/limits.h"
#include "protocol/wire/message.h"
#include "tests/support/seeded_random.h"
#include "tests/unit/crdt/update_builder.h"
#include "tests/unit/server/world.h"

namespace plait::server {
namespace {

using namespace std::chrono_literals;
using net::CloseCode;
using support::SeededRandom;

/// A session that speaks Plait's dialect, as far as a room knows.
class PlaitMember final : public Member, private net::Peer {
 public:
  [[nodiscard]] Dialect dialect() const override { return Dialect::Plait; }
  [[nodiscard]] net::Peer& peer() override { return *this; }
  [[nodiscard]] const store::Author& author() const override { return author_; }
  [[nodiscard]] const Identity* identity() const override { return nullptr; }
  [[nodiscard]] bool may_write() const override { return true; }
  [[nodiscard]] const LeasedClients* leased() const override { return nullptr; }
  void refused(std::uint64_t, const Error& error, bool resync) override {
    refusals.push_back(error.message.substr(0, error.message.find(':')) +
                       (resync ? ", again" : ""));
  }
  void durable(std::uint64_t count) override { durable_count = count; }
  void settled(std::uint64_t count, const crypto::Sha256Digest& hash) override {
    settled_count = count;
    text_hash = hash;
  }
  void dismissed(CloseCode code, std::string_view) override { dismissal = code; }

  std::vector<std::string> refusals;
  std::uint64_t durable_count = 0;
  std::uint64_t settled_count = 0;
  std::optional<crypto::Sha256Digest> text_hash;
  std::optional<CloseCode> dismissal;
  std::string inbox;

 private:
  void send(std::string_view frames) override { inbox += frames; }
  void close(CloseCode, std::string_view) override {}
  [[nodiscard]] std::size_t queued_bytes() const override { return 0; }
  void set_max_message(std::size_t) override {}
  store::Author author_{"ann"};
};

/// A room without a server around it.
struct Cabin final : Room::Host {
  Cabin() {
    Room::Config config;
    config.name = "room";
    config.rules = crdt::UpdateRules::for_file();
    config.text_root = "content";
    config.channel = wire::Channel{300};
    room = std::make_unique<Room>(*this, config);
    shelf.sync();
    shelf.answer();
  }
  [[nodiscard]] store::ServerStore& store() override { return shelf; }
  [[nodiscard]] const Clock& clock() const override { return time; }
  [[nodiscard]] Meters& meters() override { return counts; }
  [[nodiscard]] WorkspaceQuota& quota(const std::string&) override { return allowance; }
  [[nodiscard]] ChangeRelay& changes(const std::string&) override { return relay; }
  void touched(Room&) override {}

  support::MemoryServerStore shelf;
  StoryClock time;
  Metrics metrics;
  Meters counts{metrics};
  WorkspaceQuota allowance{shelf, "", WorkspaceQuota::kUnlimited};
  Agenda agenda;
  ChangeRelay relay{agenda, time};
  std::unique_ptr<Room> room;
};

/// Updates by somebody who is nowhere.
struct Writer {
  explicit Writer(std::uint64_t client) : document({.client = crdt::ClientId{client}}) {}
  std::string types(std::string_view text) {
    const auto content = document.text("content");
    BOOST_TEST_REQUIRE(document.insert(content, document.length(content), text).has_value());
    ByteWriter update;
    BOOST_TEST_REQUIRE(document.encode_change(update));
    return update.str();
  }
  crdt::Document document;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(room)

// Together -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_one_types_the_others_read) {
  World world;
  Person& ann = world.guest("ann");
  Person& ben = world.guest("ben");
  Person& eve = world.guest("eve", "/yjs/elsewhere");
  ann.types(0, "hello");
  world.turn();
  BOOST_TEST(ben.text() == "hello");
  ben.types(5, " world");
  world.turn();
  BOOST_TEST(ann.text() == "hello world");
  BOOST_TEST(eve.text().empty());
}

BOOST_AUTO_TEST_CASE(nobody_gets_his_own_updates) {
  World world;
  Person& ann = world.guest("ann");
  Person& ben = world.guest("ben");
  Person& cem = world.guest("cem");
  for (Person* person : {&ann, &ben, &cem}) person->forgets_what_he_got();
  ann.types(0, "a");
  ben.types(0, "b");
  ann.types(1, "c");
  world.turn();
  BOOST_TEST(ann.got().updates == 1U);
  BOOST_TEST(ben.got().updates == 2U);
  BOOST_TEST(cem.got().updates == 3U);
  BOOST_TEST(ann.text() == cem.text());
  BOOST_TEST(ben.text() == cem.text());
}

BOOST_AUTO_TEST_CASE(an_update_that_is_known_is_not_passed_on) {
  World world;
  Person& ann = world.guest("ann");
  Person& ben = world.guest("ben");
  ann.types(0, "a");
  world.turn();
  ben.forgets_what_he_got();
  ann.says_message(wire::SyncUpdate{ann.sent().back()});
  world.turn();
  BOOST_TEST(ben.got().updates == 0U);
}

BOOST_AUTO_TEST_CASE(whoever_comes_later_gets_everything_in_one_answer) {
  World world;
  Person& ann = world.guest("ann");
  for (int i = 0; i < 50; ++i) {
    ann.types(0, "x");
    world.turn();
  }
  Person& ben = world.guest("ben");
  BOOST_TEST(ben.text() == ann.text());
  BOOST_TEST(ben.got().step2 == 1U);
  BOOST_TEST(ben.got().updates <= 1U);
}

BOOST_AUTO_TEST_CASE(whoever_comes_back_brings_and_gets_what_he_missed) {
  World world;
  Person& ann = world.guest("ann");
  Person& ben = world.guest("ben");
  ann.types(0, "shared");
  world.settle();
  ben.goes();
  ben.types(6, " by ben");
  ann.types(0, "ann: ");
  world.settle();
  BOOST_TEST(ann.text() == "ann: shared");
  ben.comes(*world.server, "/yjs/room");
  world.settle();
  BOOST_TEST(ann.text() == "ann: shared by ben");
  BOOST_TEST(ben.text() == "ann: shared by ben");
}

// While the document is loaded ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(messages_wait_for_the_document) {
  World world;
  Person& ann = world.person("ann");
  ann.comes(*world.server, "/yjs/room");
  ann.types(0, "early");
  world.turn_without_store();
  BOOST_TEST(ann.got().step1 == 0U);
  world.settle();
  BOOST_TEST(ann.got().step2 == 1U);
  BOOST_TEST(world.guest("ben").text() == "early");
}

BOOST_AUTO_TEST_CASE(so_many_bytes_may_wait_and_no_more) {
  for (const std::size_t more : {std::size_t{0}, std::size_t{1}}) {
    World world;
    Person& ann = world.person("ann");
    ann.comes(*world.server, "/yjs/room");
    ann.sends();
    // The state vector that he has sent is one byte.
    const std::string half(kMaxWaitingBytes / 2 - 1 - 3 * kWaitingMessageBytes, '\0');
    const std::string rest(kMaxWaitingBytes / 2 + more, '\0');
    ann.says_message(wire::SyncUpdate{half});
    ann.says_message(wire::SyncUpdate{rest});
    world.turn_without_store();
    BOOST_TEST(ann.closed().has_value() == (more > 0));
    if (more > 0) BOOST_TEST((ann.closed()->code == CloseCode::TryAgainLater));
  }
}

BOOST_AUTO_TEST_CASE(whoever_goes_while_it_is_loaded_leaves_nothing) {
  World world;
  Person& ann = world.person("ann");
  ann.comes(*world.server, "/yjs/room");
  ann.types(0, "early");
  ann.sends();
  ann.goes();
  BOOST_TEST(world.guest("ben").text().empty());
}

// What is refused
// ------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_got_lost_is_asked_for) {
  World world;
  Person& ann = world.guest("ann");
  Person& ben = world.guest("ben");
  ann.loses_what_he_sends(true);
  ann.types(0, "lost ");
  ann.loses_what_he_sends(false);
  ann.types(5, "and found");
  ann.types(14, "!");
  ann.forgets_what_he_got();
  world.settle();
  BOOST_TEST(ben.text() == "lost and found!");
  BOOST_TEST(ann.got().step1 == 1U);
  BOOST_TEST(ann.is_here());
}

BOOST_AUTO_TEST_CASE(who_never_has_what_is_missing_is_asked_three_times_and_sent_away) {
  World world;
  Person& eve = world.guest("eve");
  Person& ben = world.guest("ben");
  Writer writer(666);
  writer.types("never seen");
  const std::string hanging = writer.types("x");
  eve.forgets_what_he_got();
  for (int i = 0; i <= kMaxResyncs; ++i) {
    BOOST_TEST(eve.is_here());
    eve.says_message(wire::SyncStep2{hanging});
    eve.sends();
  }
  world.turn_without_store();
  BOOST_TEST(eve.got().step1 == static_cast<std::size_t>(kMaxResyncs));
  BOOST_TEST_REQUIRE(eve.closed().has_value());
  BOOST_TEST((eve.closed()->code == CloseCode::PolicyViolation));
  BOOST_TEST(eve.closed()->reason.starts_with("rule clock"));
  BOOST_TEST(ben.text().empty());
}

BOOST_AUTO_TEST_CASE(noise_ends_the_connection_and_leaves_no_trace) {
  World world;
  Person& ann = world.guest("ann");
  ann.types(0, "kept");
  world.settle();
  const std::string before = ann.state();
  Person& eve = world.guest("eve");
  eve.says_message(wire::SyncUpdate{"noise"});
  world.turn();
  BOOST_TEST_REQUIRE(eve.closed().has_value());
  BOOST_TEST((eve.closed()->code == CloseCode::PolicyViolation));
  BOOST_TEST(eve.closed()->reason.starts_with("rule format"));
  BOOST_TEST((ann.state() == before));
  world.crash();
  BOOST_TEST((world.guest("ben").state() == before));
}

BOOST_AUTO_TEST_CASE(a_state_vector_that_is_none_ends_the_connection) {
  World world;
  Person& eve = world.guest("eve");
  eve.says_message(wire::SyncStep1{"\xFF"});
  world.turn();
  BOOST_TEST(eve.closed().has_value());
}

// What is durable
// ------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_was_committed_is_there_after_a_crash_and_the_rest_comes_back) {
  World world;
  Person& ann = world.guest("ann");
  ann.types(0, "saved");
  world.settle();
  ann.types(5, " unsaved");
  world.turn_without_store();
  world.crash();
  BOOST_TEST(world.guest("ben").text() == "saved");
  ann.comes(*world.server, "/yjs/room");
  world.settle();
  BOOST_TEST(world.people.back()->text() == "saved unsaved");
}

BOOST_AUTO_TEST_CASE(an_update_is_acknowledged_when_it_is_on_disk_and_not_before) {
  Cabin cabin;
  PlaitMember ann;
  Room::Seat& seat = cabin.room->join(ann);
  Writer writer(7);
  cabin.room->receive(seat, Room::Say::Update, writer.types("a"));
  cabin.room->receive(seat, Room::Say::Update, writer.types("b"));
  cabin.room->end_of_turn();
  BOOST_TEST(ann.durable_count == 0U);
  cabin.shelf.sync();
  BOOST_TEST(ann.durable_count == 0U);
  cabin.shelf.answer();
  BOOST_TEST(ann.durable_count == 2U);
  cabin.room->leave(seat);
}

BOOST_AUTO_TEST_CASE(an_update_that_comes_again_is_acknowledged_with_the_first) {
  Cabin cabin;
  PlaitMember ann;
  PlaitMember again;
  Room::Seat& first = cabin.room->join(ann);
  Room::Seat& second = cabin.room->join(again);
  const std::string update = Writer(7).types("a");
  cabin.room->receive(first, Room::Say::Update, update);
  cabin.room->end_of_turn();
  cabin.room->receive(second, Room::Say::Update, update);
  cabin.room->end_of_turn();
  BOOST_TEST(again.durable_count == 0U);
  cabin.shelf.sync();
  cabin.shelf.answer();
  BOOST_TEST(again.durable_count == 1U);
  cabin.room->receive(second, Room::Say::Update, update);
  cabin.room->end_of_turn();
  BOOST_TEST(again.durable_count == 2U);
  cabin.room->leave(first);
  cabin.room->leave(second);
}

BOOST_AUTO_TEST_CASE(what_somebody_said_just_before_he_left_is_kept) {
  World world;
  Person& ann = world.guest("ann");
  ann.types(0, "last words");
  ann.sends();
  ann.goes();
  world.turn();
  world.crash();
  BOOST_TEST(world.guest("ben").text() == "last words");
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_ends_the_room_and_the_next_one_has_what_is_on_disk) {
  World world;
  Person& ann = world.guest("ann");
  ann.types(0, "saved");
  world.settle();
  ann.types(5, "!");
  ann.sends();
  world.server->end_of_turn();
  world.store.fail_sync();
  world.store.answer();
  world.server->end_of_turn();
  ann.reads();
  BOOST_TEST_REQUIRE(ann.closed().has_value());
  BOOST_TEST((ann.closed()->code == CloseCode::InternalError));
  BOOST_TEST(world.guest("ben").text() == "saved");
  ann.comes(*world.server, "/yjs/room");
  world.settle();
  BOOST_TEST(world.people.back()->text() == "saved!");
}

BOOST_AUTO_TEST_CASE(an_unsaved_heap_has_an_end) {
  Cabin cabin;
  PlaitMember ann;
  Room::Seat& seat = cabin.room->join(ann);
  Writer writer(7);
  const std::string page(kMaxUnsavedBytes / 16, 'x');
  while (!ann.dismissal) {
    BOOST_TEST_REQUIRE(cabin.room->log().unsaved_bytes() <= kMaxUnsavedBytes);
    const bool fits = cabin.room->log().unsaved_bytes() + page.size() + 64 <= kMaxUnsavedBytes;
    cabin.room->receive(seat, Room::Say::Update, writer.types(page));
    BOOST_TEST(ann.dismissal.has_value() == !fits);
  }
  BOOST_TEST((*ann.dismissal == CloseCode::TryAgainLater));
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_while_the_store_has_too_much_for_others) {
  Cabin cabin;
  PlaitMember ann;
  Room::Seat& seat = cabin.room->join(ann);
  Writer writer(7);
  const std::string page(kMaxStoreBytes / 16, 'x');
  while (!ann.dismissal) {
    const bool full = cabin.shelf.queued_bytes() > kMaxStoreBytes;
    cabin.room->receive(seat, Room::Say::Update, writer.types("x"));
    BOOST_TEST_REQUIRE(ann.dismissal.has_value() == full);
    cabin.shelf.append(store::DocumentKey{1}, {"somebody"}, page, nullptr);
  }
  BOOST_TEST((*ann.dismissal == CloseCode::TryAgainLater));
}

BOOST_AUTO_TEST_CASE(a_long_log_becomes_a_snapshot) {
  World world;
  Person& ann = world.guest("ann");
  for (std::size_t i = 0; i < kMaxLogRows; ++i) {
    ann.types(0, "x");
    world.turn();
  }
  world.wait(1s);
  BOOST_TEST(world.stored_entries() == kMaxLogRows);
  ann.types(0, "x");
  world.turn();
  world.wait(1s);
  BOOST_TEST(world.stored_entries() == 0U);
  ann.types(0, "y");
  world.settle();
  world.crash();
  BOOST_TEST(world.guest("ben").text() == ann.text());
}

// Those who are slow
// ---------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(whoever_does_not_read_gets_one_update_instead_of_all) {
  World world;
  Person& ann = world.guest("ann");
  Person& ben = world.guest("ben");
  ben.forgets_what_he_got();
  ben.is_slow(true);
  const std::string page(net::kBacklogBytes / 8, 'x');
  std::size_t most = 0;
  for (int i = 0; i < 40; ++i) {
    ann.erases(0, ann.length());
    ann.types(0, page);
    ann.points_at(R"({"line":1})");
    world.turn();
    most = std::max(most, ben.waiting_bytes());
  }
  BOOST_TEST(most > net::kBacklogBytes);
  BOOST_TEST(most < net::kBacklogBytes + 2 * page.size());
  const std::size_t updates = 8 + 9;  // a page and what it replaces, until it was too much
  ben.is_slow(false);
  world.settle();
  BOOST_TEST(ben.text() == ann.text());
  BOOST_TEST(ben.got().step2 == 1U);
  BOOST_TEST(ben.got().updates <= updates);
  BOOST_TEST(ben.sees().size() == 1U);
  ann.types(0, "on time");
  world.turn();
  BOOST_TEST(ben.text() == ann.text());
}

BOOST_AUTO_TEST_CASE(a_large_document_is_told_in_parts) {
  World world;
  Person& ann = world.guest("ann");
  const std::string page(std::size_t{1} << 20, 'x');
  for (int i = 0; i < 10; ++i) {
    ann.types(0, page);
    world.turn();
  }
  Person& ben = world.person("ben");
  ben.comes(*world.server, "/yjs/room");
  std::size_t most = 0;
  for (int turn = 0; turn < 8; ++turn) {
    ben.sends();
    world.server->end_of_turn();
    most = std::max(most, ben.waiting_bytes());
    ben.reads();
    if (turn == 1) ann.types(0, "and meanwhile ");
    world.turn();
  }
  BOOST_TEST(most > kMaxAnswerBytes / 2);
  BOOST_TEST(most < net::kMaxQueuedBytes);
  BOOST_TEST(ben.is_here());
  BOOST_TEST(ben.got().step2 == 1U);
  BOOST_TEST((ben.text() == ann.text()));
  BOOST_TEST((ben.state() == ann.state()));
}

BOOST_AUTO_TEST_CASE(whoever_cannot_take_a_turn_gets_all_of_it_later) {
  World world;
  Person& ann = world.guest("ann");
  Person& ben = world.guest("ben");
  ann.types(0, "before ");
  world.settle();
  ben.is_slow(true);
  ann.types(0, std::string(net::kBacklogBytes - 1000, 'x'));
  world.turn();
  // Two messages that are delivered as one.
  ann.types(0, std::string(kMaxBatchBytes - 1000, 'y'));
  ann.types(0, std::string(wire::kMaxMessageBytes - 1000, 'z'));
  world.turn();
  BOOST_TEST(ben.waiting_bytes() <= net::kMaxQueuedBytes);
  ben.is_slow(false);
  world.settle();
  BOOST_TEST((ben.text() == ann.text()));
}

BOOST_AUTO_TEST_CASE(so_many_questions_at_once_and_no_more) {
  World world;
  Person& ann = world.guest("ann");  // which was a question
  world.wait(kQuestionRate.burst * kQuestionRate.pause);
  for (int i = 0; i < static_cast<int>(kQuestionRate.burst); ++i) {
    if (i % 2 == 0) {
      ann.says_message(wire::SyncStep1{std::string_view("\0", 1)});
    } else {
      ann.says_message(wire::QueryAwareness{});
    }
  }
  world.turn();
  BOOST_TEST(ann.is_here());
  world.wait(kQuestionRate.pause);
  ann.says_message(wire::QueryAwareness{});
  world.turn();
  BOOST_TEST(ann.is_here());
  ann.says_message(wire::QueryAwareness{});
  world.turn();
  BOOST_TEST_REQUIRE(ann.closed().has_value());
  BOOST_TEST((ann.closed()->code == CloseCode::PolicyViolation));
  BOOST_TEST(ann.closed()->reason == "too many questions");
}

// Each is cheap to send, and is looked for among all that came before.
BOOST_AUTO_TEST_CASE(one_person_has_so_many_steps_for_all_of_his_updates_and_connections) {
  World world;
  Person& ann = world.guest("ann");
  Person& ben = world.guest("ben");
  ann.types(0, "ab");
  world.settle();
  const auto between = [&](std::uint64_t first, std::uint64_t count) {
    crdt::UpdateBuilder made;
    for (std::uint64_t client = first + count; client > first; --client) {
      made.by(client - 1, 0)
          .text("x", {.left = crdt::id(number(ann.client()), 0),
                      .right = crdt::id(number(ann.client()), 1)});
    }
    return made.str();
  };
  constexpr std::uint64_t kPile = 1000;
  Person& eve = world.guest("eve");
  eve.says_message(wire::SyncUpdate{between(1'000'000, kPile)});
  world.settle();
  std::uint64_t taken = 0;
  while (eve.is_here() && taken < 10'000) {
    eve.says_message(wire::SyncUpdate{between(2'000'000 + taken, 1)});
    world.turn_without_store();
    if (eve.is_here()) ++taken;
  }
  BOOST_TEST_REQUIRE(eve.closed().has_value());
  BOOST_TEST(eve.closed()->reason.starts_with("rule steps"));
  BOOST_TEST(taken * kPile > kMostScanSteps / 2);
  BOOST_TEST(taken * kPile < kMostScanSteps + taken * 2 * kScanStepsPerUpdate);

  // Time heals it.
  world.settle();
  eve.comes(*world.server, "/yjs/room");
  world.settle();
  world.wait(1s);
  eve.says_message(wire::SyncUpdate{between(3'000'000, 1)});
  world.turn();
  BOOST_TEST(eve.is_here());
  BOOST_TEST((ann.text() == ben.text()));
}

BOOST_AUTO_TEST_CASE(a_large_turn_is_delivered_in_parts) {
  World world;
  Person& ann = world.guest("ann");
  Person& ben = world.guest("ben");
  ann.types(0, std::string(kMaxBatchBytes - 1024, 'x'));
  ann.sends();
  BOOST_TEST(ben.waiting_bytes() == 0U);
  ann.types(0, std::string(2048, 'y'));
  ann.sends();
  BOOST_TEST(ben.waiting_bytes() > kMaxBatchBytes);
  world.turn();
  BOOST_TEST(ben.text() == ann.text());
}

// Quiet
// ----------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(texts_are_compared_after_quiet) {
  Cabin cabin;
  PlaitMember ann;
  Room::Seat& seat = cabin.room->join(ann);
  cabin.room->receive(seat, Room::Say::Vector, std::string_view("\0", 1));
  Writer writer(7);
  cabin.room->receive(seat, Room::Say::Update, writer.types("quiet"));
  cabin.room->end_of_turn();
  cabin.time.pass(kQuiet - 1us);
  cabin.room->advance(cabin.time.now());
  BOOST_TEST(!ann.text_hash.has_value());
  cabin.time.pass(1us);
  BOOST_TEST((cabin.room->next_deadline() <= cabin.time.now()));
  cabin.room->advance(cabin.time.now());
  BOOST_TEST_REQUIRE(ann.text_hash.has_value());
  BOOST_TEST((*ann.text_hash == crypto::sha256("quiet")));
  BOOST_TEST(ann.settled_count == 1U);
  BOOST_TEST((cabin.room->next_deadline() > cabin.time.now()));
  cabin.room->leave(seat);
}

BOOST_AUTO_TEST_CASE(a_replica_that_nobody_changes_is_given_up_and_comes_back) {
  Cabin cabin;
  PlaitMember member;
  Room::Seat& seat = cabin.room->join(member);
  Writer writer(7);
  cabin.room->receive(seat, Room::Say::Update, writer.types("a"));
  cabin.room->end_of_turn();
  cabin.shelf.sync();
  cabin.shelf.answer();
  cabin.time.pass(kUnloadAfter - 1us);
  cabin.room->advance(cabin.time.now());
  BOOST_TEST(cabin.room->document().is_loaded());
  cabin.time.pass(1us);
  cabin.room->advance(cabin.time.now());
  BOOST_TEST(!cabin.room->document().is_loaded());
  cabin.room->receive(seat, Room::Say::Update, writer.types("b"));
  BOOST_TEST(cabin.room->document().is_loaded());
  cabin.room->leave(seat);
}

BOOST_AUTO_TEST_CASE(a_room_without_anybody_is_forgotten_after_a_while) {
  World world;
  Person& ann = world.guest("ann");
  ann.types(0, "text");
  world.settle();
  ann.goes();
  world.turn();
  world.wait(kForgetAfter - 1s);
  BOOST_TEST(world.server->room_count() == 1U);
  world.wait(2s);
  BOOST_TEST(world.server->room_count() == 0U);
  BOOST_TEST(world.guest("ben").text() == "text");
}

// Everything at once
// ---------------------------------------------------------------------------

// Honest people, one who is not, cuts, slow readers, crashes with loss: at every instant what
// was durable is kept, and in the end all texts are equal.
BOOST_AUTO_TEST_CASE(everybody_agrees_in_the_end) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  constexpr std::string_view kRoom = "/yjs/room";
  for (int story = 0; story < 100; ++story) {
    World world;
    for (const char* name : {"ann", "ben", "cem"}) world.guest(name);
    Person& eve = world.guest("eve");
    const auto honest = [&]() -> Person& { return *world.people[random.below(3)]; };
    Writer nowhere(666);
    for (int step = 0; step < 150; ++step) {
      Person& person = honest();
      switch (random.below(16)) {
        case 0: person.goes(); break;
        case 1:
        case 2:
          if (!person.is_here()) person.comes(*world.server, kRoom);
          break;
        case 3: person.is_slow(random.one_in(2)); break;
        case 4: person.points_at(R"({"n":1})"); break;
        case 5:
          if (!eve.is_here()) eve.comes(*world.server, kRoom);
          nowhere.types("z");
          if (random.one_in(2)) {
            eve.says_message(wire::SyncUpdate{nowhere.types("y")});
          } else {
            eve.says_message(wire::SyncUpdate{std::string(random.below(40), '\x01')});
          }
          break;
        case 6:
          if (random.one_in(4)) world.crash();
          break;
        case 7:
          if (random.one_in(4)) world.restart();
          break;
        case 8: world.wait(std::chrono::seconds(random.below(40))); break;
        case 9: world.turn_without_store(); break;
        case 10: world.turn(); break;
        default: {
          const std::size_t length = person.length();
          if (length > 0 && random.one_in(3)) {
            const std::size_t at = random.below(length);
            person.erases(at, std::min<std::size_t>(length - at, 1 + random.below(4)));
          } else {
            person.types(random.below(length + 1), random.one_in(9) ? "a long line\n" : "ab");
          }
          if (random.one_in(2)) world.turn_without_store();
        }
      }
    }
    for (int i = 0; i < 3; ++i) {
      Person& person = *world.people[static_cast<std::size_t>(i)];
      person.is_slow(false);
      if (!person.is_here()) person.comes(*world.server, kRoom);
    }
    world.settle();
    const std::string text = world.people[0]->text();
    for (std::size_t i = 1; i < 3; ++i) BOOST_TEST(world.people[i]->text() == text);
    world.crash();
    BOOST_TEST(world.guest("new").text() == text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
