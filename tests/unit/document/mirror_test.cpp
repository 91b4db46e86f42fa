#include "daemon/document/mirror.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "daemon/document/rope.h"
#include "tests/support/changed_text.h"
#include "tests/support/random_edits.h"
#include "tests/support/seeded_random.h"

namespace plait::document {
namespace {

using support::changed;
using support::SeededRandom;
using support::some_change;
using Number = Mirror::Number;

/// A change on its way, with its numbers.
struct Letter {
  Number seq = 0;
  Number rev = 0;
  TextChange change;
};

/// A mirror that is made again from what was written down of another one.
class Twin final : public Mirror::Recorder {
 public:
  explicit Twin(Mirror& mirror) : mirror_(mirror), twin_(*Mirror::decode(mirror.encode())) {
    mirror_.set_recorder(this);
  }
  void step(std::string_view bytes) override {
    BOOST_TEST_REQUIRE(twin_.replay(bytes).has_value());
  }
  [[nodiscard]] bool is_equal() const { return twin_.encode() == mirror_.encode(); }

 private:
  Mirror& mirror_;
  Mirror twin_;
};

/// A document and a copy of it, each with a queue to the other. The copy keeps the rules of
/// editors and no others.
class Pair {
 public:
  explicit Pair(std::string text) : document_(text), copy_(std::move(text)), twin_(mirror_) {}
  Pair(std::string_view document, const std::string& copy)
      : document_(document),
        copy_(copy),
        mirror_(copy, TextChange::replacement({}, measure(copy).utf16, std::string(document))),
        twin_(mirror_) {
    to_copy_.push_back({0, 0, mirror_.missing()});
    seq_ = -1;
  }

  /// Not to look at everything after each of thousands of changes.
  Pair& unchecked() {
    is_checked_ = false;
    return *this;
  }
  Pair& document_changes(const TextChange& change) {
    mirror_.keep(document_.view());
    apply(change);
    const Number seq = mirror_.sent(change);
    to_copy_.push_back({seq, mirror_.rev(), change});
    return checked();
  }
  Pair& copy_changes(const TextChange& change) {
    copy_ = changed(copy_, change);
    to_document_.push_back({seq_, ++rev_, change});
    return *this;
  }
  /// The next letter that is on its way to the document.
  Pair& document_hears() {
    const Letter letter = std::move(to_document_.front());
    to_document_.pop_front();
    BOOST_TEST_REQUIRE(mirror_.begin_edit(letter.rev, letter.seq).has_value());
    const auto merged = mirror_.merge(letter.change);
    BOOST_TEST_REQUIRE(merged.has_value());
    apply(merged->for_document);
    if (merged->again) to_copy_.push_back({mirror_.seq(), mirror_.rev(), *merged->again});
    return checked();
  }
  Pair& copy_hears() {
    const Letter letter = std::move(to_copy_.front());
    to_copy_.pop_front();
    if (letter.rev != rev_ || letter.seq != seq_ + 1) {
      ++dropped_;
      return *this;
    }
    seq_ = letter.seq;
    copy_ = changed(copy_, letter.change);
    return *this;
  }
  Pair& all_is_heard() {
    while (!to_document_.empty()) document_hears();
    while (!to_copy_.empty()) copy_hears();
    return *this;
  }

  [[nodiscard]] std::string document() const { return document_.string(); }
  [[nodiscard]] const std::string& copy() const { return copy_; }
  [[nodiscard]] int dropped() const { return dropped_; }
  [[nodiscard]] Mirror& mirror() { return mirror_; }
  [[nodiscard]] bool document_can_hear() const { return !to_document_.empty(); }
  [[nodiscard]] bool copy_can_hear() const { return !to_copy_.empty(); }

 private:
  void apply(const TextChange& change) {
    BOOST_TEST_REQUIRE(document_.apply(change).has_value());
  }
  Pair& checked() {
    if (!is_checked_) return *this;
    mirror_.check_invariants();
    // What is known of the copy, and what it lacks, are the document.
    const TextView known = mirror_.text(document_.view());
    BOOST_TEST_REQUIRE(changed(known.string(), mirror_.missing()) == document());
    BOOST_TEST_REQUIRE(twin_.is_equal());
    return *this;
  }

  Rope document_;
  std::string copy_;
  Mirror mirror_;
  Twin twin_;
  std::deque<Letter> to_copy_;
  std::deque<Letter> to_document_;
  Number seq_ = 0;
  Number rev_ = 0;
  int dropped_ = 0;
  bool is_checked_ = true;
};

TextChange put(std::uint32_t at, std::string text) {
  return TextChange::replacement(Utf16Offset{at}, {}, std::move(text));
}
TextChange cut(std::uint32_t at, std::uint32_t length) {
  return TextChange::replacement(Utf16Offset{at}, Utf16Offset{length}, {});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mirror)

BOOST_AUTO_TEST_CASE(what_the_copy_does_alone_is_done_to_the_document) {
  Pair pair("hello");
  pair.copy_changes(put(5, "!")).copy_changes(cut(0, 1)).all_is_heard();
  BOOST_TEST(pair.document() == "ello!");
  BOOST_TEST(!pair.mirror().keeps_text());
}

BOOST_AUTO_TEST_CASE(what_others_do_reaches_the_copy) {
  Pair pair("hello");
  pair.document_changes(put(5, "!")).document_changes(cut(0, 1)).all_is_heard();
  BOOST_TEST(pair.copy() == "ello!");
  BOOST_TEST(pair.mirror().confirmed() == 0);
  BOOST_TEST(pair.mirror().seq() == 2);
}

BOOST_AUTO_TEST_CASE(the_copy_wins_a_race_and_gets_the_change_again) {
  Pair pair("()");
  pair.document_changes(put(1, "theirs"));
  pair.copy_changes(put(1, "mine"));
  pair.copy_hears();  // it has typed since, so it drops this
  BOOST_TEST(pair.dropped() == 1);
  BOOST_TEST(pair.copy() == "(mine)");
  pair.document_hears();
  BOOST_TEST(pair.document() == "(minetheirs)");
  BOOST_TEST(pair.mirror().seq() == 1);
  pair.copy_hears();
  BOOST_TEST(pair.copy() == "(minetheirs)");
}

BOOST_AUTO_TEST_CASE(bursts_in_both_directions_end_in_one_text) {
  Pair pair("0123456789");
  for (std::uint32_t i = 0; i < 5; ++i) {
    pair.document_changes(put(i * 2, "d")).copy_changes(put(10 + i, "c"));
  }
  pair.all_is_heard();
  BOOST_TEST(pair.copy() == pair.document());
  BOOST_TEST(pair.document() == "d0d1d2d3d456789ccccc");
}

BOOST_AUTO_TEST_CASE(a_change_that_became_nothing_is_not_sent_again) {
  Pair pair("abc");
  pair.document_changes(cut(1, 1)).copy_changes(cut(1, 1));
  pair.document_hears();
  BOOST_TEST(!pair.mirror().is_behind());
  BOOST_TEST(pair.mirror().seq() == 0);
  pair.all_is_heard();
  BOOST_TEST(pair.copy() == "ac");
  pair.document_changes(put(2, "d")).all_is_heard();
  BOOST_TEST(pair.copy() == "acd");
}

BOOST_AUTO_TEST_CASE(an_edit_of_nothing_still_makes_what_it_crossed_go_out_again) {
  Pair pair("abc");
  pair.document_changes(put(3, "d")).copy_changes({}).all_is_heard();
  BOOST_TEST(pair.dropped() == 1);
  BOOST_TEST(pair.copy() == "abcd");
}

BOOST_AUTO_TEST_CASE(a_copy_that_starts_with_another_text_gets_the_documents_as_change_zero) {
  Pair pair("the document", "an old file");
  BOOST_TEST(pair.mirror().confirmed() == -1);
  pair.all_is_heard();
  BOOST_TEST(pair.copy() == "the document");
  pair.copy_changes(put(0, "> ")).all_is_heard();
  BOOST_TEST(pair.document() == "> the document");
  BOOST_TEST(pair.mirror().confirmed() == 0);
}

BOOST_AUTO_TEST_CASE(numbers_that_cannot_be_are_refused_and_change_nothing) {
  Pair pair("abc");
  pair.document_changes(put(3, "d")).document_changes(put(4, "e"));
  Mirror& mirror = pair.mirror();
  BOOST_TEST(!mirror.begin_edit(0, 0).has_value());
  BOOST_TEST(!mirror.begin_edit(2, 0).has_value());
  BOOST_TEST(!mirror.begin_edit(1, 3).has_value());
  BOOST_TEST(!mirror.begin_edit(1, -1).has_value());
  BOOST_TEST(mirror.rev() == 0);
  BOOST_TEST(mirror.confirmed() == 0);
  BOOST_TEST(mirror.confirm(1).has_value());
  BOOST_TEST(!mirror.begin_edit(1, 0).has_value());
  BOOST_TEST(mirror.begin_edit(1, 2).has_value());
  BOOST_TEST(!mirror.is_behind());
}

BOOST_AUTO_TEST_CASE(the_text_is_given_up_once_both_are_equal) {
  Pair pair("abc");
  pair.document_changes(put(3, "d")).all_is_heard();
  pair.mirror().settle();
  BOOST_TEST(pair.mirror().keeps_text());
  BOOST_TEST(pair.mirror().confirm(1).has_value());
  pair.mirror().settle();
  BOOST_TEST(!pair.mirror().keeps_text());
}

BOOST_AUTO_TEST_CASE(what_is_no_record_of_a_mirror_is_refused) {
  Pair pair("text");
  pair.document_changes(put(0, "some "));
  const std::string whole = pair.mirror().encode();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    BOOST_TEST(!Mirror::decode(whole.substr(0, length)).has_value(), "of length " << length);
  }
  Mirror mirror;
  for (const std::string_view step : {"", "\x01\xFF", "\x02", "\x03\x05", "\x04\x07", "\x63"}) {
    BOOST_TEST(!mirror.replay(step).has_value());
  }
}

BOOST_AUTO_TEST_CASE(places_of_the_copy_are_places_of_the_document) {
  Pair pair("abcdef");
  pair.document_changes(put(0, "12")).document_changes(cut(3, 2));  // 12a|bc|def
  Mirror& mirror = pair.mirror();
  BOOST_TEST(mirror.to_document(Utf16Offset{1}).value() == 3U);
  BOOST_TEST(mirror.to_document(Utf16Offset{2}).value() == 3U);
  BOOST_TEST(mirror.to_document(Utf16Offset{6}).value() == 6U);
  BOOST_TEST(mirror.to_copy(Utf16Offset{1}).value() == 0U);
  BOOST_TEST(mirror.to_copy(Utf16Offset{6}).value() == 6U);
}

BOOST_AUTO_TEST_CASE(who_never_types_keeps_a_bounded_number_of_changes_waiting) {
  Pair pair("");
  pair.unchecked();
  for (std::uint32_t i = 0; i < Mirror::kMaxUnconfirmed; ++i) {
    pair.document_changes(put(i, "x"));
  }
  // Up to the limit each number is known, one more and the older half is one change.
  Pair other("");
  other.unchecked();
  for (std::uint32_t i = 0; i <= Mirror::kMaxUnconfirmed; ++i) {
    other.document_changes(put(i, "x"));
  }
  other.mirror().check_invariants();
  BOOST_TEST(pair.mirror().confirm(3).has_value());
  const auto unknown = other.mirror().confirm(3);
  BOOST_TEST_REQUIRE(!unknown.has_value());
  BOOST_TEST((unknown.error().code == ErrorCode::NotFound));
  // Who has seen everything goes on as ever.
  other.all_is_heard();
  BOOST_TEST(other.copy() == other.document());
  other.copy_changes(put(0, "mine")).all_is_heard();
  BOOST_TEST(other.copy() == other.document());
}

BOOST_AUTO_TEST_CASE(random_histories_with_delays_in_both_directions_end_in_one_text) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  int dropped = 0;
  for (int story = 0; story < 200; ++story) {
    std::string start;
    for (std::size_t i = random.below(6); i > 0; --i) start += support::some_text(random);
    Pair pair(start);
    const std::size_t haste = 2 + random.below(6);
    for (int step = 0; step < 60; ++step) {
      switch (random.below(haste)) {
        case 0: pair.document_changes(some_change(random, pair.document())); break;
        case 1: pair.copy_changes(some_change(random, pair.copy())); break;
        default:
          if (random.one_in(2)) {
            if (pair.document_can_hear()) pair.document_hears();
          } else if (pair.copy_can_hear()) {
            pair.copy_hears();
          }
      }
      if (random.one_in(10)) pair.mirror().settle();
    }
    pair.all_is_heard();
    BOOST_TEST_REQUIRE(pair.copy() == pair.document());
    dropped += pair.dropped();
  }
  BOOST_TEST(dropped > 100);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::document
