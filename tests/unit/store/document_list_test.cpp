#include "daemon/store/document_list.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/store/store_world.h"

namespace plait::store {
namespace {

using Names = std::vector<std::string>;

struct Shelf : InMemory {
  /// The sequence number that it has then.
  std::uint64_t writes(std::string_view name, std::string_view workspace = "w") {
    const auto document = tables.documents.open(workspace, name);
    BOOST_TEST_REQUIRE(document.has_value());
    const auto appended = tables.documents.append(document->key, Author{"ann"}, "\1x");
    BOOST_TEST_REQUIRE(appended.has_value());
    BOOST_TEST_REQUIRE(tables.documents.flush().has_value());
    return appended->sequence;
  }
  std::vector<ListedDocument> list(std::string_view after = {}, std::size_t limit = 10) {
    auto documents = list_documents(database, "w", after, limit);
    BOOST_TEST_REQUIRE(documents.has_value());
    return *std::move(documents);
  }
  Names names(std::string_view after = {}, std::size_t limit = 10) {
    Names all;
    for (const ListedDocument& one : list(after, limit)) all.push_back(one.name);
    return all;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(document_list, Shelf)

BOOST_AUTO_TEST_CASE(documents_come_in_the_order_of_their_names_bytes) {
  for (const char* name : {"b", "a", "_", "B", "a.1", "10", "9"}) writes(name);
  BOOST_TEST((names() == Names{"10", "9", "B", "_", "a", "a.1", "b"}));
  BOOST_TEST((names("B") == Names{"_", "a", "a.1", "b"}));
  BOOST_TEST((names("C", 2) == Names{"_", "a"}));
  BOOST_TEST(names("b").empty());
}

BOOST_AUTO_TEST_CASE(each_has_the_number_of_its_newest_entry) {
  writes("a");
  writes("b");
  const std::uint64_t newest = writes("a");
  BOOST_TEST((list() == std::vector<ListedDocument>{{"a", newest}, {"b", 1}}));
  const auto document = tables.documents.open("w", "a");
  BOOST_TEST_REQUIRE(
      tables.documents.put_snapshot(document->key, document->last_sequence, "state")
          .has_value());
  BOOST_TEST((list().front() == ListedDocument{"a", newest}));
}

BOOST_AUTO_TEST_CASE(what_was_only_opened_and_what_is_elsewhere_is_not_there) {
  BOOST_TEST_REQUIRE(tables.documents.open("w", "a").has_value());
  writes("b", "v");
  BOOST_TEST(list().empty());
}

BOOST_AUTO_TEST_CASE(names_that_are_no_ids_are_passed_over) {
  const std::string longest(kMaxListedNameBytes, 'x');
  for (const std::string& name :
       {std::string("a/b"), std::string("a b"), std::string("\xc3\xa4"), std::string("a*"),
        std::string("[a]"), longest + "x"}) {
    writes(name);
  }
  writes("a-Z_0.9");
  writes(longest);
  BOOST_TEST((names() == Names{"a-Z_0.9", longest}));
  BOOST_TEST((names({}, 1) == Names{"a-Z_0.9"}));
}

BOOST_AUTO_TEST_CASE(a_list_has_an_end) {
  BOOST_TEST(list_documents(database, "w", {}, kMaxListedDocuments).has_value());
  const auto refused = list_documents(database, "w", {}, kMaxListedDocuments + 1);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
