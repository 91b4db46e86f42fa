#include "daemon/crdt/undo_scope.h"

#include <array>
#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "tests/unit/crdt/person.h"

namespace plait::crdt {
namespace {

/// An array "a" with two texts in it, each of which says "x".
struct Shelf {
  Document document{{ClientId{1}, true}};
  TypeRef array = document.array("a");
  TypeRef first = put();
  TypeRef second = put();

  TypeRef put() {
    TypeRef made{};
    const auto done =
        document.transact(Person::kEditor, [&](Document::Editor& edit) -> Result<void> {
          auto text = edit.insert_type(array, document.length(array).value(), TypeKind::Text);
          if (!text) return forward_error(text);
          made = *text;
          return edit.insert(made, Utf16Offset{0}, "x");
        });
    BOOST_TEST_REQUIRE(done.has_value());
    return made;
  }
  void type(TypeRef where) {
    BOOST_TEST_REQUIRE(
        document.insert(where, Utf16Offset{0}, "y", Person::kEditor).has_value());
  }
  void take_out(std::uint32_t index) {
    BOOST_TEST_REQUIRE(
        document.erase(array, Utf16Offset{index}, Utf16Offset{1}, Person::kEditor).has_value());
  }
  [[nodiscard]] ItemRef first_item(TypeRef type) {
    return document.replica().types[type].first;
  }

  UndoScope scope_of(std::initializer_list<TypeRef> types) {
    UndoScope scope(document.replica(), types);
    scope.refresh();
    return scope;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(undo_scope)

BOOST_AUTO_TEST_CASE(a_type_has_what_is_in_it_and_nothing_else) {
  Shelf shelf;
  UndoScope scope = shelf.scope_of({shelf.first});
  BOOST_TEST(scope.contains(shelf.first_item(shelf.first)));
  BOOST_TEST(!scope.contains(shelf.first_item(shelf.second)));
  BOOST_TEST(!scope.contains(shelf.first_item(shelf.array)));
}

BOOST_AUTO_TEST_CASE(a_type_has_what_is_in_what_it_has) {
  Shelf shelf;
  UndoScope scope = shelf.scope_of({shelf.array});
  BOOST_TEST(scope.contains(shelf.first_item(shelf.array)));
  BOOST_TEST(scope.contains(shelf.first_item(shelf.second)));
}

BOOST_AUTO_TEST_CASE(without_types_it_is_everything) {
  Shelf shelf;
  UndoScope scope = shelf.scope_of({});
  BOOST_TEST(scope.contains(shelf.first_item(shelf.second)));
  BOOST_TEST(scope.is_changed());
}

BOOST_AUTO_TEST_CASE(it_knows_whether_it_was_changed) {
  Shelf shelf;
  shelf.type(shelf.first);
  BOOST_TEST(shelf.scope_of({shelf.first}).is_changed());
  BOOST_TEST(shelf.scope_of({shelf.array}).is_changed());
  BOOST_TEST(!shelf.scope_of({shelf.second}).is_changed());
  BOOST_TEST(!shelf.scope_of({shelf.document.text("t")}).is_changed());
}

BOOST_AUTO_TEST_CASE(a_type_that_is_gone_has_nothing_even_if_its_handle_names_another) {
  Shelf shelf;
  UndoScope scope = shelf.scope_of({shelf.first});
  shelf.take_out(0);
  scope.refresh();
  BOOST_TEST(!scope.is_changed());
  const TypeRef third = shelf.put();
  BOOST_TEST((third == shelf.first));  // or this case is about nothing
  scope.refresh();
  BOOST_TEST(!scope.contains(shelf.first_item(third)));
  shelf.type(third);
  BOOST_TEST(!scope.is_changed());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
