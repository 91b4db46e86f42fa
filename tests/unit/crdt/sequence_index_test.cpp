#include "daemon/crdt/sequence_index.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "protocol/base/utf8.h"
#include "tests/support/seeded_random.h"

namespace plait::crdt {
namespace {

using support::SeededRandom;

/// A list and, beside it, the same as a plain array that is read from the front for every
/// question.
class Fixture {
 public:
  struct Element {
    ItemRef item{};
    std::string text;
    std::uint32_t units = 0;  ///< room it takes; of text, its length
    bool deleted = false;

    [[nodiscard]] bool is_text() const noexcept { return !text.empty(); }
  };

  SeededRandom random;
  ItemPool items;
  SequenceIndex index{items};
  SequenceIndex::Tree tree;
  std::vector<Element> model;

  // Building ----------------------------------------------------------------------------------

  void insert_text(std::size_t at, std::string_view text) {
    const Extent extent = extent_of(text);
    const ItemRef item = new_item(ContentKind::String, extent.units);
    index.insert_after(tree, item_before(at), item, text, extent);
    put(at, {item, std::string(text), extent.units, false});
  }
  void insert_object(std::size_t at, std::uint32_t units) {
    const ItemRef item = new_item(ContentKind::Any, units);
    Extent extent;
    extent.units = units;
    extent.live = 1;
    index.insert_after(tree, item_before(at), item, {}, extent);
    put(at, {item, {}, units, false});
  }
  void insert_mark(std::size_t at) {
    const ItemRef item = new_item(ContentKind::Format, 1);
    Extent extent;
    extent.live = 1;
    index.insert_after(tree, item_before(at), item, {}, extent);
    put(at, {item, {}, 0, false});
  }
  void insert_deleted(std::size_t at, std::uint32_t length) {
    const ItemRef item = new_item(ContentKind::Deleted, length);
    items[item].deleted = true;
    index.insert_after(tree, item_before(at), item, {}, {});
    put(at, {item, {}, 0, true});
  }

  // Changing ----------------------------------------------------------------------------------

  void extend(std::size_t at, std::string_view text) {
    Element& element = model[at];
    Extent extent = extent_of(text);
    extent.live = 0;
    const bool fits = element.units + extent.units <= SequenceIndex::kMaxEntryUnits &&
                      element.text.size() + text.size() <= SequenceIndex::kMaxEntryBytes;
    BOOST_TEST_REQUIRE(index.try_extend(tree, element.item, text, extent) == fits);
    if (!fits) return;
    element.text += text;
    element.units += extent.units;
    items[element.item].length += extent.units;
  }
  void split(std::size_t at, std::uint32_t units) {
    Element& left = model[at];
    const ItemRef item = new_item(items[left.item].kind, items[left.item].length - units);
    items[item].deleted = left.deleted;
    items[left.item].length = units;
    const bool torn = index.split(tree, left.item, item, units);
    Element right{item, {}, left.units == 0 ? 0 : left.units - units, left.deleted};
    if (left.units != 0) left.units = units;
    if (left.is_text()) {
      bool inside = false;
      const std::size_t bytes = bytes_of_utf16_prefix(left.text, units, &inside);
      BOOST_TEST_REQUIRE(torn == inside);
      right.text = left.text.substr(bytes);
      left.text.resize(bytes);
      if (inside) {
        left.text += kReplacementCharacter;
        right.text.replace(0, 4, kReplacementCharacter);
      }
    } else {
      BOOST_TEST_REQUIRE(!torn);
    }
    put(at + 1, right);
  }
  void hide(std::size_t at) {
    Element& element = model[at];
    const bool keeps = random.one_in(2);
    std::string kept = "already there ";
    const SequenceIndex::Hidden hidden =
        index.hide(tree, element.item, keeps ? &kept : nullptr);
    items[element.item].deleted = true;
    BOOST_TEST_REQUIRE((hidden.extent == extent_of_element(element)));
    check_last_line(hidden, element.text);
    if (keeps) BOOST_TEST_REQUIRE(kept == "already there " + element.text);
    element = {element.item, {}, 0, true};
  }
  void cut(std::size_t at, std::uint32_t units, bool tail) {
    Element& element = model[at];
    const std::uint32_t from = tail ? element.units - units : 0;
    bool tears_start = false;
    bool tears_end = false;
    const std::size_t begin = bytes_of_utf16_prefix(element.text, from, &tears_start);
    const std::size_t end = bytes_of_utf16_prefix(element.text, from + units, &tears_end);
    const auto hidden = tail ? index.try_cut_tail(tree, element.item, units)
                             : index.try_cut_head(tree, element.item, units);
    BOOST_TEST_REQUIRE(hidden.has_value() == (!tears_start && !tears_end));
    if (!hidden) return;
    const std::string_view whole = element.text;
    Extent gone = extent_of(whole.substr(begin, end - begin));
    gone.live = 0;
    BOOST_TEST_REQUIRE((hidden->extent == gone));
    check_last_line(*hidden, element.text.substr(begin, end - begin));
    element.text.erase(begin, end - begin);
    element.units -= units;
    items[element.item].length -= units;
  }
  void join(std::size_t at) {
    Element& left = model[at];
    Element& right = model[at + 1];
    if (!index.join(tree, left.item, right.item)) return;
    BOOST_TEST_REQUIRE(left.units + right.units <= SequenceIndex::kMaxEntryUnits);
    left.text += right.text;
    left.units += right.units;
    items[left.item].length += items[right.item].length;
    drop(at + 1);
  }
  void erase(std::size_t at) {
    index.erase(tree, model[at].item);
    drop(at);
  }

  // Checking ----------------------------------------------------------------------------------

  [[nodiscard]] std::string text() const {
    std::string whole;
    for (const Element& element : model) whole += element.text;
    return whole;
  }

  void check() const {
    index.check_invariants(tree);
    Extent before;
    std::uint64_t last_key = 0;
    for (std::size_t i = 0; i < model.size(); ++i) {
      const Element& element = model[i];
      BOOST_TEST_REQUIRE((index.before(element.item) == before));
      const std::uint64_t key = index.order_key(element.item);
      BOOST_TEST_REQUIRE((i == 0 || key > last_key));
      last_key = key;
      if (element.is_text()) BOOST_TEST_REQUIRE(index.text(element.item) == element.text);
      before += extent_of_element(element);
    }
    BOOST_TEST_REQUIRE((tree.total == before));
    BOOST_TEST_REQUIRE(
        (index.front(tree) == (model.empty() ? ItemRef::None : model.front().item)));
    BOOST_TEST_REQUIRE(
        (index.back(tree) == (model.empty() ? ItemRef::None : model.back().item)));

    std::string chunks;
    index.for_each_chunk(tree, [&](std::string_view chunk) { chunks += chunk; });
    BOOST_TEST_REQUIRE(chunks == text());
    std::string texts;
    index.for_each_text(tree, [&](ItemRef item, std::string_view part) {
      BOOST_TEST_REQUIRE((index.text(item) == part));
      texts += part;
    });
    BOOST_TEST_REQUIRE(texts == chunks);
  }

  void check_questions_at_random() {
    if (tree.total.units > 0) {
      const std::uint32_t units = any_below(tree.total.units);
      const SequenceIndex::Place place = index.locate(tree, units);
      BOOST_TEST_REQUIRE(index.before(place.item).units + place.offset == units);
      BOOST_TEST_REQUIRE(place.offset < items[place.item].length);
    }
    const std::uint32_t units = any_below(tree.total.units + 3);
    BOOST_TEST_REQUIRE((index.at_units(tree, units) == naive_at_units(units)));
    const std::uint32_t bytes = any_below(tree.total.bytes + 3);
    BOOST_TEST_REQUIRE((index.at_bytes(tree, bytes) == naive_at_bytes(bytes)));
    const std::uint32_t points = any_below(tree.total.code_points + 3);
    const auto point_bytes =
        static_cast<std::uint32_t>(bytes_of_code_point_prefix(text(), points));
    BOOST_TEST_REQUIRE((index.at_code_points(tree, points) == naive_at_bytes(point_bytes)));
    const std::uint32_t line = any_below(tree.total.newlines + 3);
    BOOST_TEST_REQUIRE((index.at_line(tree, line) == naive_at_line(line)));

    const Extent from = naive_at_units(units);
    const Extent to = naive_at_units(units + any_below(50));
    std::string part;
    index.read(tree, from.units, to.units, part);
    BOOST_TEST_REQUIRE(part == text().substr(from.bytes, to.bytes - from.bytes));

    if (model.empty()) return;
    std::size_t at = random.below(model.size());
    const ItemRef live = index.live_from(model[at].item);
    while (at < model.size() && model[at].deleted) ++at;
    BOOST_TEST_REQUIRE((live == (at == model.size() ? ItemRef::None : model[at].item)));
    check_siblings();
  }

  /// A change that the real replica might make.
  void change_at_random() {
    const std::size_t at = random.below(model.size() + 1);
    switch (random.below(12)) {
      case 0:
      case 1: insert_text(at, some_text()); return;
      case 2: insert_object(at, random.one_in(8) ? 1000U : 1U + any_below(4)); return;
      case 3:
        if (random.one_in(2)) {
          insert_mark(at);
        } else {
          insert_deleted(at, 1 + any_below(9));
        }
        return;
      default: break;
    }
    if (at == model.size()) return;
    const Element& element = model[at];
    const std::uint32_t length = items[element.item].length;
    switch (random.below(6)) {
      case 0:
        if (length > 1 && items[element.item].kind != ContentKind::Format) {
          split(at, 1 + any_below(length - 1));
        }
        break;
      case 1:
        if (!element.deleted) hide(at);
        break;
      case 2:
        if (element.is_text()) extend(at, some_text());
        break;
      case 3:
        if (element.is_text() && length > 1) {
          cut(at, 1 + any_below(length - 1), /*tail=*/random.one_in(2));
        }
        break;
      case 4:
        if (at + 1 < model.size() && may_be_joined(element, model[at + 1])) join(at);
        break;
      default:
        if (element.deleted) erase(at);
    }
  }

  [[nodiscard]] std::string some_text() {
    static constexpr std::array<std::string_view, 6> kPieces = {
        "a", "\n", "word ", "\xC3\xA9", "\xE2\x82\xAC\n", "\xF0\x9F\x98\x80"};
    std::string text;
    const std::size_t size = random.one_in(10) ? 1 + random.below(900) : 1 + random.below(12);
    while (text.size() < size) text += random.pick(kPieces);
    return text;
  }
  std::uint32_t any_below(std::uint32_t count) {
    return static_cast<std::uint32_t>(random.below(count));
  }

 private:
  ItemRef new_item(ContentKind kind, std::uint32_t length) {
    const ItemRef item = items.allocate();
    items[item].kind = kind;
    items[item].length = length;
    // Few clients and origins, so that siblings meet.
    items[item].client = ClientRef{1 + any_below(2)};
    items[item].origin_client = ClientRef{any_below(2)};
    return item;
  }
  [[nodiscard]] ItemRef item_before(std::size_t at) const {
    return at == 0 ? ItemRef::None : model[at - 1].item;
  }
  void put(std::size_t at, Element element) {
    model.insert(model.begin() + static_cast<std::ptrdiff_t>(at), std::move(element));
  }
  void drop(std::size_t at) {
    items.release(model[at].item);
    model.erase(model.begin() + static_cast<std::ptrdiff_t>(at));
  }
  [[nodiscard]] bool may_be_joined(const Element& left, const Element& right) const {
    return !left.deleted && !right.deleted && left.is_text() == right.is_text() &&
           left.units != 0 && right.units != 0;
  }

  [[nodiscard]] static Extent extent_of_element(const Element& element) {
    Extent extent;
    if (element.is_text()) {
      extent = extent_of(element.text);
    } else {
      extent.units = element.units;
      extent.live = element.deleted ? 0 : 1;
    }
    return extent;
  }
  static void check_last_line(const SequenceIndex::Hidden& hidden, std::string_view text) {
    const Extent line = extent_of(text.substr(text.rfind('\n') + 1));
    if (text.empty()) return;
    BOOST_TEST_REQUIRE(hidden.last_line.units == line.units);
    BOOST_TEST_REQUIRE(hidden.last_line.bytes == line.bytes);
    BOOST_TEST_REQUIRE(hidden.last_line.code_points == line.code_points);
  }

  /// Whole elements before the one that `holds` says holds the place, and `bytes` of its text.
  template <class Holds>
  [[nodiscard]] Extent naive_at(Holds&& holds) const {
    Extent before;
    for (const Element& element : model) {
      const Extent whole = extent_of_element(element);
      if (const std::optional<std::size_t> bytes = holds(element, before, whole)) {
        const std::string_view text = element.text;
        Extent inside = extent_of(text.substr(0, *bytes));
        inside.live = !element.text.empty() && *bytes == element.text.size() ? 1 : 0;
        return before + inside;
      }
      before += whole;
    }
    return before;
  }
  [[nodiscard]] Extent naive_at_units(std::uint32_t units) const {
    std::uint32_t in_object = 0;
    Extent at = naive_at([&](const Element& element, const Extent& before,
                             const Extent& whole) -> std::optional<std::size_t> {
      if (units >= before.units + whole.units) return std::nullopt;
      if (element.is_text()) return bytes_of_utf16_prefix(element.text, units - before.units);
      in_object = units - before.units;
      return 0;
    });
    at.units += in_object;
    return at;
  }
  [[nodiscard]] Extent naive_at_bytes(std::uint32_t bytes) const {
    return naive_at([&](const Element& element, const Extent& before,
                        const Extent& whole) -> std::optional<std::size_t> {
      if (bytes >= before.bytes + whole.bytes) return std::nullopt;
      std::size_t inside = bytes - before.bytes;
      while ((static_cast<std::uint8_t>(element.text[inside]) & 0xC0) == 0x80) --inside;
      return inside;
    });
  }
  [[nodiscard]] Extent naive_at_line(std::uint32_t line) const {
    if (line == 0) return {};
    return naive_at([&](const Element& element, const Extent& before,
                        const Extent& whole) -> std::optional<std::size_t> {
      if (line > before.newlines + whole.newlines) return std::nullopt;
      return bytes_through_newline(element.text, line - before.newlines);
    });
  }

  void check_siblings() {
    const std::size_t from = random.below(model.size());
    const ItemRef end = index.end_of_siblings(model[from].item, ItemRef::None);
    const Item& first = items[model[from].item];
    for (std::size_t i = from;; ++i) {
      BOOST_TEST_REQUIRE(i < model.size());
      const Item& item = items[model[i].item];
      BOOST_TEST_REQUIRE((item.client == first.client && item.origin() == first.origin()));
      if (model[i].item == end) return;
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sequence_index, Fixture)

BOOST_AUTO_TEST_CASE(an_empty_list_ends_where_it_starts) {
  check();
  BOOST_TEST((index.at_units(tree, 5) == Extent{}));
  BOOST_TEST((index.at_bytes(tree, 5) == Extent{}));
  BOOST_TEST((index.at_line(tree, 1) == Extent{}));
}

BOOST_AUTO_TEST_CASE(a_character_counts_in_each_unit_as_that_unit_says) {
  insert_text(0, "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\n");
  BOOST_TEST((tree.total == Extent{6, 11, 5, 1, 1}));
  check();
}

BOOST_AUTO_TEST_CASE(a_place_inside_of_a_character_is_its_start) {
  insert_text(0, "a\xF0\x9F\x98\x80z");
  const Extent start{1, 1, 1, 0, 0};
  BOOST_TEST((index.at_units(tree, 2) == start));
  for (const std::uint32_t byte : {1U, 2U, 3U, 4U}) {
    BOOST_TEST((index.at_bytes(tree, byte) == start));
  }
}

BOOST_AUTO_TEST_CASE(objects_take_room_but_are_no_text) {
  insert_text(0, "a\n");
  insert_object(1, 1);
  insert_text(2, "b");
  check();
  // Before a byte is everything that is left of it, at the start of a line nothing of the line.
  BOOST_TEST(index.at_bytes(tree, 2).units == 3U);
  BOOST_TEST(index.at_line(tree, 1).units == 2U);
}

BOOST_AUTO_TEST_CASE(a_line_starts_behind_its_newline_wherever_a_leaf_ends) {
  // Leaves hold 32 entries; the objects after a newline come to stand in the same and in the
  // next.
  for (std::size_t i = 0; i < 200; i += 2) {
    insert_text(i, "line\n");
    insert_object(i + 1, 3);
  }
  check();
  for (std::uint32_t line = 1; line < 100; ++line) {
    BOOST_TEST(index.at_line(tree, line).units == line * 8 - 3);
  }
}

BOOST_AUTO_TEST_CASE(a_torn_pair_becomes_two_replacement_characters) {
  insert_text(0,
              "ab\xF0\x9F\x98\x80"
              "cd");
  split(0, 3);
  BOOST_TEST(model[0].text == "ab\xEF\xBF\xBD");
  BOOST_TEST(model[1].text ==
             "\xEF\xBF\xBD"
             "cd");
  check();
  join(0);
  BOOST_TEST(model.size() == 1U);
  BOOST_TEST(model[0].text ==
             "ab\xEF\xBF\xBD\xEF\xBF\xBD"
             "cd");
  check();
}

BOOST_AUTO_TEST_CASE(an_entry_takes_no_more_text_than_its_limit) {
  insert_text(0, std::string(SequenceIndex::kMaxEntryBytes - 1, 'x'));
  extend(0, "y");
  extend(0, "z");
  BOOST_TEST(model[0].text.back() == 'y');
  check();
}

BOOST_AUTO_TEST_CASE(text_that_is_typed_at_the_end_fills_leaf_after_leaf) {
  for (std::size_t i = 0; i < 3000; ++i) insert_text(i, i % 10 == 9 ? "\n" : "x");
  check();
  for (int i = 0; i < 200; ++i) check_questions_at_random();
}

BOOST_AUTO_TEST_CASE(text_that_is_typed_at_the_front_pushes_the_rest_on) {
  for (std::size_t i = 0; i < 3000; ++i) insert_text(0, i % 10 == 9 ? "\n" : "x");
  check();
  for (int i = 0; i < 200; ++i) check_questions_at_random();
}

BOOST_AUTO_TEST_CASE(a_list_can_be_emptied_and_filled_again) {
  for (int round = 0; round < 3; ++round) {
    while (model.size() < 1500) insert_text(random.below(model.size() + 1), "ab");
    check();
    while (!model.empty()) {
      const std::size_t at = random.below(model.size());
      hide(at);
      erase(at);
    }
    check();
    BOOST_TEST(tree.height == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_cleared_list_is_empty) {
  for (std::size_t i = 0; i < 1500; ++i) insert_text(i, "ab");
  BOOST_TEST_REQUIRE(tree.height > 2U);
  index.clear(tree);
  model.clear();
  check();
  insert_text(0, "new");
  check();
}

BOOST_AUTO_TEST_CASE(several_lists_share_an_index) {
  SequenceIndex::Tree other;
  Extent extent = extent_of("other");
  ItemRef last = ItemRef::None;
  for (int i = 0; i < 100; ++i) {
    const ItemRef item = items.allocate();
    items[item].kind = ContentKind::String;
    items[item].length = 5;
    index.insert_after(other, last, item, "other", extent);
    last = item;
    insert_text(random.below(model.size() + 1), "mine");
    BOOST_TEST_REQUIRE(index.locate(other, 2).offset == 2U);
    check_questions_at_random();
  }
  index.check_invariants(other);
  check();
}

BOOST_AUTO_TEST_CASE(a_list_can_be_built_at_once) {
  for (const std::size_t size : {1U, 31U, 32U, 33U, 1024U, 1025U, 3000U}) {
    index.clear(tree);
    model.clear();
    SequenceIndex::Builder builder(index, tree);
    for (std::size_t i = 0; i < size; ++i) {
      const ItemRef item = items.allocate();
      const std::string text = some_text();
      const bool deleted = random.one_in(4);
      items[item].kind = ContentKind::String;
      items[item].length = extent_of(text).units;
      items[item].deleted = deleted;
      items[item].client = ClientRef{1};
      builder.add(item, deleted ? "" : text, deleted ? Extent{} : extent_of(text));
      model.push_back(
          {item, deleted ? "" : text, deleted ? 0 : extent_of(text).units, deleted});
      if (!deleted && random.one_in(3) && builder.extend_last("more", extent_of("more"))) {
        items[item].length += 4;
        model.back().text += "more";
        model.back().units += 4;
      }
    }
    builder.finish();
    check();
    for (int i = 0; i < 50; ++i) check_questions_at_random();
    // What was built at once can be changed like anything else.
    for (int i = 0; i < 100; ++i) change_at_random();
    check();
  }
}

BOOST_AUTO_TEST_CASE(it_stays_equal_to_an_array_under_random_changes) {
  BOOST_TEST_INFO_SCOPE(random);
  for (int step = 0; step < 6000; ++step) {
    change_at_random();
    check_questions_at_random();
    if (step % 100 == 0) check();
  }
  check();
  // Down again, so that leaves are joined and nodes go.
  while (!model.empty()) {
    const std::size_t at = random.below(model.size());
    if (!model[at].deleted) hide(at);
    if (!random.one_in(3)) erase(at);
    check_questions_at_random();
    if (model.size() % 100 == 0) check();
  }
  check();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
