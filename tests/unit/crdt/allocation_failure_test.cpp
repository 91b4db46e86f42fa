// What happens when memory runs out: at the first allocation, the second, and so on until
// nothing fails any more. A program of its own, since it replaces operator new.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "daemon/crdt/relative_position.h"
#include "daemon/crdt/undo_manager.h"
#include "daemon/crdt/update_merge.h"
#include "daemon/crdt/update_validator.h"
#include "tests/support/heap.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::crdt {
namespace {

/// Whether only one allocation fails, or that one and all that follow.
enum class Shortage : bool { Once, ForGood };

/// While it lives, allocations fail.
class FailingHeap {
 public:
  FailingHeap(std::size_t allocation, Shortage shortage) noexcept {
    support::heap().fail_from = support::heap().allocations + allocation;
    support::heap().fail_count = shortage == Shortage::Once ? 1 : SIZE_MAX;
  }
  ~FailingHeap() { support::heap().fail_count = 0; }
  FailingHeap(const FailingHeap&) = delete;
  FailingHeap& operator=(const FailingHeap&) = delete;

  [[nodiscard]] static bool failed() noexcept {
    return support::heap().allocations >= support::heap().fail_from;
  }
};

enum class Reply : std::uint8_t {
  Fine,
  OutOfMemory,
  Escaped,  ///< std::bad_alloc came out of what answers with a Result
  OtherError,
};

template <class T>
Reply reply_of(const Result<T>& result) {
  if (result) return Reply::Fine;
  return result.error().code == ErrorCode::OutOfMemory ? Reply::OutOfMemory : Reply::OtherError;
}

/// Updates by others, made before memory gets short: text at one place, formats and marks that
/// become redundant, nested types, deletions, and much text at once.
struct Updates {
  std::string base;
  std::vector<std::string> out_of_order;
  std::string hostile;
  std::string whole;
};

Updates make_updates() {
  const std::string_view bold(
      "\x01"
      "b\x04true");
  const std::string_view plain(
      "\x01"
      "b\x04null");
  Updates updates;
  // Values whose depth takes memory to follow, to be cut apart.
  const std::string_view nested("\x75\x01\x78\x75\x01\x78\x75\x01\x78");
  updates.base = UpdateBuilder()
                     .by(4, 0)
                     .add(ContentKind::Any, 3, nested, {.root = "list"})
                     .by(2, 0)
                     .text("someone else's text\n", {.root = "text"})
                     .add(ContentKind::Format, 1, bold, {.left = id(2, 4)})
                     .add(ContentKind::Format, 1, plain, {.left = id(2, 8)})
                     .add(ContentKind::Type, 1, "\x01", {.root = "list"})
                     .add(ContentKind::Any, 1, "\x78", {.parent = id(2, 22), .key = "key"})
                     .str();
  updates.out_of_order = {
      UpdateBuilder().by(2, 34).more("the end").erases(3, 1, 2).str(),
      UpdateBuilder().by(3, 0).text("<3>", {.left = id(2, 30), .right = id(2, 3)}).str(),
      UpdateBuilder().erases(4, 1, 1).erases(2, 5, 3).erases(2, 22, 1).str(),
      UpdateBuilder().by(2, 24).text("in between", {.left = id(2, 3), .right = id(2, 4)}).str(),
  };
  updates.hostile = UpdateBuilder().by(9, 5).more("nothing to hang on").str();
  Document large({.client = ClientId{8}});
  const TypeRef text = large.text("text");
  for (std::uint32_t i = 0; i < 200; ++i) {
    BOOST_TEST_REQUIRE(
        large.insert(text, Utf16Offset{i / 2}, i % 2 == 0 ? "x" : "\xF0\x9F\x98\x80")
            .has_value());
  }
  updates.whole = large.encode_state();
  return updates;
}

/// A session: somebody who edits, undoes, and gets updates in the wrong order.
class Session {
 public:
  /// What is done, one after the other. Neither may be wrong if memory is short.
  struct Step {
    std::function<Reply(Session&)> change;   ///< answers with a Result
    std::function<void(Session&)> question;  ///< changes nothing, and may throw
  };

  Session() = default;

  Document document{{.client = ClientId{1}}};
  TypeRef text{};
  TypeRef map{};
  std::vector<std::string> sent;  ///< updates of what was done here, and of what was received

  void find_roots() {
    text = document.text("text");
    map = document.map("map");
  }
  Reply insert(std::uint32_t at, std::string_view content) {
    return reply_of(document.insert(text, Utf16Offset{at}, content));
  }
  Reply erase(std::uint32_t at, std::uint32_t length) {
    return reply_of(document.erase(text, Utf16Offset{at}, Utf16Offset{length}));
  }
  UndoManager& undo() {
    if (!undo_) undo_.emplace(document, UndoManager::Options{});
    return *undo_;
  }

 private:
  std::optional<UndoManager> undo_;
};

std::vector<Session::Step> make_steps(const Updates& updates) {
  static const UpdateRules kRules;
  static const std::string kPasted(5'000, 'x');
  std::vector<Session::Step> steps;
  const auto change = [&](std::function<Reply(Session&)> body) {
    steps.push_back({std::move(body), nullptr});
    // What it did goes on record.
    steps.push_back({nullptr, [](Session& s) {
                       ByteWriter update;
                       if (s.document.encode_change(update)) s.sent.push_back(update.str());
                     }});
  };
  const auto question = [&](std::function<void(Session&)> body) {
    steps.push_back({nullptr, std::move(body)});
  };

  question([](Session& s) { s.find_roots(); });
  change([](Session& s) { return s.insert(0, "a first line\n\xF0\x9F\x98\x80 and a second"); });
  question([](Session& s) { static_cast<void>(s.undo()); });
  change([&](Session& s) { return reply_of(s.document.apply(updates.base)); });
  change([](Session& s) { return s.insert(5, kPasted); });
  change([](Session& s) { return s.erase(3, 4'000); });
  change([](Session& s) { return s.insert(14, "in a pair"); });
  change([](Session& s) {
    return reply_of(s.document.transact(0, [&](Document::Editor& edit) -> Result<void> {
      if (auto ok = edit.set(s.map, "a key that is not short", "\x78"); !ok) return ok;
      auto nested = edit.set_type(s.map, "nested", TypeKind::Array);
      if (!nested) return forward_error(nested);
      for (std::uint32_t i = 0; i < 70; ++i) {
        if (auto ok = edit.insert_value(*nested, i / 2, "\x7D\x05"); !ok) return ok;
      }
      return edit.erase(s.text, Utf16Offset{0}, Utf16Offset{2});
    }));
  });
  for (const std::string& update : updates.out_of_order) {
    change([&](Session& s) { return reply_of(s.document.apply(update)); });
  }
  question([](Session& s) { static_cast<void>(s.document.edits(s.text)); });
  question([](Session& s) { static_cast<void>(s.document.to_string(s.text)); });
  question([](Session& s) { static_cast<void>(s.document.encode_state()); });
  question([](Session& s) { static_cast<void>(s.document.snapshot().encode()); });
  question([](Session& s) {
    const auto position = RelativePosition::at(s.document, s.text, Utf16Offset{9});
    static_cast<void>(position.resolve(s.document));
    static_cast<void>(position.encode());
  });
  change([](Session& s) { return reply_of(s.undo().undo()); });
  change([](Session& s) { return reply_of(s.undo().undo()); });
  change([](Session& s) { return reply_of(s.undo().redo()); });
  change([](Session& s) { return reply_of(s.undo().clear()); });
  change([&](Session& s) {
    const Reply reply = reply_of(s.document.apply_checked(updates.hostile, kRules));
    return reply == Reply::OtherError ? Reply::Fine : reply;  // to be refused
  });
  change([&](Session& s) { return reply_of(s.document.apply_checked(updates.whole, kRules)); });
  return steps;
}

Reply perform(const Session::Step& step, Session& session) {
  try {
    if (step.change) return step.change(session);
    step.question(session);
    return Reply::Fine;
  } catch (const std::bad_alloc&) {
    return step.change ? Reply::Escaped : Reply::OutOfMemory;
  }
}

class Fixture {
 public:
  const Updates updates = make_updates();
  const std::vector<Session::Step> steps = make_steps(updates);
  /// The text and state after each step, if nothing fails.
  std::vector<std::string> texts;
  std::vector<std::string> states;

  Fixture() {
    Session session;
    for (const Session::Step& step : steps) {
      BOOST_TEST_REQUIRE((perform(step, session) == Reply::Fine));
      texts.push_back(session.document.to_string(session.document.text("text")));
      states.push_back(session.document.encode_state());
      session.document.check_invariants();
    }
    BOOST_TEST_REQUIRE(!session.document.has_pending());
  }

  /// Plays the session; the n-th allocation fails. False if there are not so many.
  [[nodiscard]] bool play(std::size_t allocation, Shortage shortage) {
    Session session;
    std::size_t done = 0;
    Reply reply = Reply::Fine;
    {
      const FailingHeap failing(allocation, shortage);
      while (done < steps.size() && reply == Reply::Fine) {
        reply = perform(steps[done], session);
        if (reply == Reply::Fine) ++done;
      }
      if (!FailingHeap::failed()) return false;
    }
    // Somebody may have done without what was refused: std::stable_sort, for one.
    if (done == steps.size()) return true;
    BOOST_TEST_INFO_SCOPE("allocation " << allocation << ", step " << done);
    BOOST_TEST_REQUIRE(static_cast<int>(reply) == static_cast<int>(Reply::OutOfMemory));

    // There is memory again. A question can be asked again, and a change that had not begun.
    reply = perform(steps[done], session);
    if (reply == Reply::Fine) {
      while (++done < steps.size()) {
        BOOST_TEST_REQUIRE((perform(steps[done], session) == Reply::Fine));
      }
      session.document.check_invariants();
      BOOST_TEST(session.document.to_string(session.text) == texts.back());
      BOOST_TEST(session.document.encode_state() == states.back());
      return true;
    }
    check_given_up(session, done);
    return true;
  }

 private:
  /// A document that broke off a change says so whatever is asked of it, and what was done
  /// before is not lost.
  void check_given_up(Session& session, std::size_t done) {
    BOOST_TEST_REQUIRE(static_cast<bool>(steps[done].change));
    const UpdateRules rules;
    Document& document = session.document;
    for (const Reply reply :
         {session.insert(0, "x"), session.erase(0, 0), reply_of(document.apply(updates.base)),
          reply_of(document.apply_checked(updates.base, rules)),
          reply_of(document.transact(0, [](Document::Editor&) { return Result<void>(); }))}) {
      BOOST_TEST_REQUIRE((reply == Reply::OutOfMemory));
    }
    if (session.undo().can_undo()) {
      BOOST_TEST_REQUIRE((reply_of(session.undo().undo()) == Reply::OutOfMemory));
    }
    Document fresh({.client = ClientId{1}});
    const TypeRef text = fresh.text("text");
    for (const std::string& update : session.sent) {
      BOOST_TEST_REQUIRE(fresh.apply(update).has_value());
    }
    fresh.check_invariants();
    if (done > 0) BOOST_TEST(fresh.to_string(text) == texts[done - 1]);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(allocation_failure, Fixture)

BOOST_AUTO_TEST_CASE(a_session_survives_each_failure) {
  std::size_t allocation = 1;
  while (play(allocation, Shortage::Once)) ++allocation;
  BOOST_TEST(allocation > 500U);
}

BOOST_AUTO_TEST_CASE(a_session_survives_each_shortage) {
  std::size_t allocation = 1;
  while (play(allocation, Shortage::ForGood)) ++allocation;
  BOOST_TEST(allocation > 500U);
}

// A whole document is loaded in another way than a change is applied.
BOOST_AUTO_TEST_CASE(loading_survives_each_failure) {
  for (const Shortage shortage : {Shortage::Once, Shortage::ForGood}) {
    for (std::size_t allocation = 1;; ++allocation) {
      Document document({.client = ClientId{5}});
      Reply reply = Reply::Fine;
      bool failed = false;
      {
        const FailingHeap failing(allocation, shortage);
        reply = reply_of(document.apply(updates.whole));
        failed = FailingHeap::failed();
      }
      if (!failed) break;
      if (reply == Reply::Fine) continue;
      BOOST_TEST_REQUIRE((reply == Reply::OutOfMemory));
      const Reply again = reply_of(document.apply(updates.whole));
      if (again == Reply::Fine) BOOST_TEST(document.encode_state() == updates.whole);
      if (again != Reply::Fine) BOOST_TEST((again == Reply::OutOfMemory));
    }
  }
}

// Functions that need no document let std::bad_alloc through.
BOOST_AUTO_TEST_CASE(merging_survives_each_failure) {
  const std::vector<std::string_view> views(updates.out_of_order.begin(),
                                            updates.out_of_order.end());
  const std::string wanted = merge_updates(views).value();
  for (std::size_t allocation = 1;; ++allocation) {
    bool failed = false;
    try {
      const FailingHeap failing(allocation, Shortage::Once);
      const std::string merged = merge_updates(views).value();
      const std::string rest = diff_update(merged, {}).value();
      failed = FailingHeap::failed();
      if (merged != wanted || rest.empty()) break;
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    if (!failed) return;
  }
  BOOST_TEST(false, "what was merged differs");
}

BOOST_AUTO_TEST_CASE(nothing_is_left_behind) {
  const std::size_t before = support::heap().live_bytes;
  for (std::size_t allocation = 1; allocation < 400; allocation += 7) {
    static_cast<void>(play(allocation, Shortage::Once));
  }
  BOOST_TEST(support::heap().live_bytes == before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
