#include "daemon/crdt/replica.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/any_value.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {
namespace {

constexpr ClientId kMe{7};

/// One replica and a root text, changed item by item inside of a transaction.
class Fixture {
 public:
  Replica replica{{.client = kMe, .collect = true}};
  const TypeRef text = replica.root("text");

  Fixture() { replica.begin(/*local=*/true); }

  ItemRef type_after(ItemRef left, std::string_view content) {
    const ItemRef right =
        left == ItemRef::None ? replica.types[text].first : replica.items[left].right;
    return replica.insert_own(text, NameRef::None, left, right, ContentKind::String, content,
                              measure(content).utf16.value());
  }
  /// Ends the transaction and begins the next.
  void next_transaction() {
    replica.finish();
    replica.check_invariants();
    replica.begin(/*local=*/true);
  }
  [[nodiscard]] ItemRef at(std::uint32_t clock) const {
    return replica.find(Id{kMe, Clock(clock)});
  }
  [[nodiscard]] Item& item_at(std::uint32_t clock) { return replica.items[at(clock)]; }
  [[nodiscard]] std::uint32_t items() const { return replica.items.in_use(); }
  [[nodiscard]] std::string reads() const {
    std::string whole;
    replica.sequences.for_each_chunk(replica.types[text].sequence,
                                     [&](std::string_view chunk) { whole += chunk; });
    return whole;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replica, Fixture)

// Names and types -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_name_is_kept_once) {
  const NameRef name = replica.intern("name");
  for (int i = 0; i < 200; ++i) static_cast<void>(replica.intern(std::to_string(i)));
  BOOST_TEST((replica.intern("name") == name));
  BOOST_TEST(replica.name(name) == "name");
  BOOST_TEST((replica.find_name("never seen") == NameRef::None));
}

BOOST_AUTO_TEST_CASE(a_root_is_made_once) {
  BOOST_TEST((replica.find_root("other") == TypeRef::None));
  const TypeRef other = replica.root("other");
  BOOST_TEST((other != text));
  BOOST_TEST((replica.root("other") == other));
  BOOST_TEST((replica.find_root("other") == other));
  BOOST_TEST((replica.root("") != text));
}

// Cutting and joining -------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_item_that_is_cut_and_left_alone_is_joined_again) {
  type_after(ItemRef::None, "hello");
  const ItemRef right = replica.split(at(0), 2);
  BOOST_TEST(items() == 2U);
  BOOST_TEST(replica.content(at(0)) == "he");
  BOOST_TEST(replica.content(right) == "llo");
  BOOST_TEST(replica.joinable(at(0), right));
  replica.check_invariants();
  next_transaction();
  BOOST_TEST(items() == 1U);
  BOOST_TEST(reads() == "hello");
}

BOOST_AUTO_TEST_CASE(the_right_part_of_a_cut_hangs_on_the_left) {
  const ItemRef first = type_after(ItemRef::None, "hello");
  const ItemRef right = replica.split(first, 2);
  BOOST_TEST((replica.items[right].clock == Clock(2)));
  BOOST_TEST((replica.items[right].origin_clock == Clock(1)));
  BOOST_TEST((replica.items[right].left == first));
  BOOST_TEST((replica.find(Id{kMe, Clock(4)}) == right));
  BOOST_TEST((replica.find(Id{kMe, Clock(1)}) == first));
}

BOOST_AUTO_TEST_CASE(a_clean_border_cuts_only_where_there_is_none) {
  type_after(ItemRef::None, "hello");
  const ClientRef me = replica.clients.find(kMe);
  BOOST_TEST((replica.clean_start(me, Clock(0)) == at(0)));
  BOOST_TEST((replica.clean_end(me, Clock(4)) == at(0)));
  BOOST_TEST(items() == 1U);
  const ItemRef second = replica.clean_start(me, Clock(2));
  BOOST_TEST((replica.items[second].clock == Clock(2)));
  BOOST_TEST((replica.clean_end(me, Clock(1)) == at(0)));
  BOOST_TEST(items() == 2U);
}

BOOST_AUTO_TEST_CASE(a_torn_pair_stays_torn_and_is_logged) {
  type_after(ItemRef::None, "a\xF0\x9F\x98\x80z");
  next_transaction();
  replica.split(at(0), 2);
  BOOST_TEST_REQUIRE(replica.log.torn.size() == 1U);
  BOOST_TEST((replica.log.torn[0].high == Clock(1)));
  next_transaction();
  BOOST_TEST(reads() == "a\xEF\xBF\xBD\xEF\xBF\xBDz");
  BOOST_TEST(items() == 1U);
}

BOOST_AUTO_TEST_CASE(typing_makes_one_item_longer) {
  ItemRef last = ItemRef::None;
  for (const std::string_view letter : {"a", "b", "c"}) {
    last = type_after(last, letter);
    next_transaction();
  }
  BOOST_TEST(items() == 1U);
  BOOST_TEST(item_at(0).length == 3U);
}

BOOST_AUTO_TEST_CASE(what_was_put_between_two_parts_keeps_them_apart) {
  const ItemRef first = type_after(ItemRef::None, "ac");
  replica.split(first, 1);
  type_after(first, "b");
  next_transaction();
  BOOST_TEST(items() == 3U);
  BOOST_TEST(reads() == "abc");
}

// Deleting and collecting ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(deleted_neighbours_become_one) {
  type_after(ItemRef::None, "hello");
  next_transaction();
  replica.remove(replica.split(replica.split(at(0), 1), 1));
  BOOST_TEST(reads() == "he");
  next_transaction();
  BOOST_TEST(items() == 2U);
  replica.remove(replica.split(at(0), 1));
  next_transaction();
  BOOST_TEST(items() == 2U);
  BOOST_TEST(item_at(1).length == 4U);
  BOOST_TEST((item_at(1).kind == ContentKind::Deleted));
}

BOOST_AUTO_TEST_CASE(what_is_removed_twice_is_logged_once) {
  const ItemRef item = type_after(ItemRef::None, "a");
  next_transaction();
  replica.remove(item);
  replica.remove(item);
  BOOST_TEST(replica.log.deletions.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_kept_keeps_its_content) {
  type_after(ItemRef::None, "kept");
  next_transaction();
  replica.set_keep(at(0), /*keep=*/true);
  replica.remove(at(0));
  next_transaction();
  BOOST_TEST(replica.content(at(0)) == "kept");
  BOOST_TEST((item_at(0).kind == ContentKind::String));
}

BOOST_AUTO_TEST_CASE(without_collection_everything_keeps_its_content) {
  replica.options.collect = false;
  type_after(ItemRef::None, "kept");
  next_transaction();
  replica.remove(at(0));
  next_transaction();
  BOOST_TEST(replica.content(at(0)) == "kept");
}

BOOST_AUTO_TEST_CASE(with_a_type_goes_all_that_is_in_it) {
  const TypeRef list = replica.root("list");
  const ItemRef holder = replica.insert_own(list, NameRef::None, ItemRef::None, ItemRef::None,
                                            ContentKind::Type, "\x01", 1);
  const TypeRef map = replica.type_of(holder);
  const NameRef key = replica.intern("key");
  for (int i = 0; i < 3; ++i) {
    replica.insert_own(map, key, replica.newest(replica.types[map], key), ItemRef::None,
                       ContentKind::Any, "\x78", 1);
  }
  const ItemRef inner = replica.insert_own(map, replica.intern("inner"), ItemRef::None,
                                           ItemRef::None, ContentKind::Type, "\x02", 1);
  replica.insert_own(replica.type_of(inner), NameRef::None, ItemRef::None, ItemRef::None,
                     ContentKind::String, "text", 4);
  next_transaction();
  replica.remove(holder);
  next_transaction();
  // What is left: the holder, deleted, and one range for all that was in it.
  BOOST_TEST(items() == 2U);
  BOOST_TEST((item_at(0).kind == ContentKind::Deleted));
  BOOST_TEST(item_at(1).is_gc());
  BOOST_TEST(item_at(1).length == 8U);
}

BOOST_AUTO_TEST_CASE(a_border_next_to_what_is_deleted_is_moved) {
  type_after(ItemRef::None, "hello");
  next_transaction();
  replica.remove(replica.split(at(0), 4));
  next_transaction();
  BOOST_TEST_REQUIRE(replica.try_remove_tail(at(0), 2));
  BOOST_TEST(reads() == "he");
  BOOST_TEST(item_at(2).length == 3U);
  next_transaction();
  BOOST_TEST(items() == 2U);
}

BOOST_AUTO_TEST_CASE(a_border_behind_what_is_deleted_is_moved) {
  type_after(ItemRef::None, "hello");
  next_transaction();
  replica.split(at(0), 1);
  replica.remove(at(0));
  next_transaction();
  BOOST_TEST_REQUIRE(replica.try_remove_head(at(1), 3));
  BOOST_TEST(reads() == "o");
  next_transaction();
  BOOST_TEST_REQUIRE(replica.try_remove_head(at(4), 1));
  BOOST_TEST(reads() == "");
  next_transaction();
  BOOST_TEST(items() == 1U);
}

BOOST_AUTO_TEST_CASE(a_border_is_not_moved_into_a_pair) {
  type_after(ItemRef::None, "\xF0\x9F\x98\x80z");
  next_transaction();
  replica.remove(replica.split(at(0), 2));
  next_transaction();
  BOOST_TEST(!replica.try_remove_tail(at(0), 1));
  BOOST_TEST(reads() == "\xF0\x9F\x98\x80");
  replica.check_invariants();
}

BOOST_AUTO_TEST_CASE(a_border_is_not_moved_where_somebody_else_deleted_nothing) {
  type_after(ItemRef::None, "hello");
  next_transaction();
  BOOST_TEST(!replica.try_remove_tail(at(0), 2));
  BOOST_TEST(!replica.try_remove_head(at(0), 2));
}

// Undo's marks --------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_parts_of_a_copied_item_have_the_parts_of_its_copy) {
  type_after(ItemRef::None, "hello");
  replica.set_redone(at(0), {kMe, Clock(100)});
  const ItemRef right = replica.split(at(0), 3);
  BOOST_TEST((replica.redone_as(at(0)) == Id{kMe, Clock(100)}));
  BOOST_TEST((replica.redone_as(right) == Id{kMe, Clock(103)}));
  BOOST_TEST(!replica.joinable(at(0), right));
}

BOOST_AUTO_TEST_CASE(keeping_an_item_keeps_what_holds_it) {
  const ItemRef holder = replica.insert_own(replica.root("list"), NameRef::None, ItemRef::None,
                                            ItemRef::None, ContentKind::Type, "\x02", 1);
  const ItemRef inner =
      replica.insert_own(replica.type_of(holder), NameRef::None, ItemRef::None, ItemRef::None,
                         ContentKind::String, "text", 4);
  replica.set_keep(inner, /*keep=*/true);
  BOOST_TEST((replica.items[holder].keep == true));
  replica.set_keep(inner, /*keep=*/false);
  BOOST_TEST((replica.items[holder].keep == false));
}

// Transactions --------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_transaction_knows_where_each_client_was_before_it) {
  type_after(ItemRef::None, "ab");
  next_transaction();
  const ClientRef me = replica.clients.find(kMe);
  BOOST_TEST((replica.before_clock(me) == Clock(2)));
  type_after(at(0), "cd");
  BOOST_TEST((replica.before_clock(me) == Clock(2)));
  BOOST_TEST(replica.log.changed_clients.size() == 1U);
  BOOST_TEST(replica.log.changed_types.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
