#include "daemon/document/unsaved_changes.h"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "tests/support/changed_text.h"
#include "tests/support/seeded_random.h"

namespace plait::document {
namespace {

using support::changed;
using support::SeededRandom;

std::string merged(std::string_view on_disk, std::string_view buffer,
                   std::string_view document) {
  return changed(std::string(document), unsaved_changes(on_disk, buffer, document));
}

std::string some_lines(SeededRandom& random) {
  std::string text;
  for (std::size_t i = random.below(8); i > 0; --i) text += support::some_text(random) + "\n";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unsaved_changes_of_a_buffer)

BOOST_AUTO_TEST_CASE(a_document_that_is_what_is_on_disk_becomes_the_buffer) {
  BOOST_TEST(merged("one\ntwo\n", "one\n2\nthree\n", "one\ntwo\n") == "one\n2\nthree\n");
  BOOST_TEST(merged("one\n", "", "one\n") == "");
}

BOOST_AUTO_TEST_CASE(what_others_did_meanwhile_stays) {
  BOOST_TEST(merged("one\ntwo\n", "one!\ntwo\n", "one\ntwo\nthree\n") == "one!\ntwo\nthree\n");
  BOOST_TEST(merged("one\ntwo\n", "one\n", "one\ntwo TWO\n") == "one\n TWO");
  BOOST_TEST(merged("()", "(mine)", "(QUITE ANOTHER)") == "(mineQUITE ANOTHER)");
}

BOOST_AUTO_TEST_CASE(what_the_document_has_already_does_not_come_twice) {
  BOOST_TEST(merged("a\n", "a\ntyped before\n", "a\ntyped before\n") == "a\ntyped before\n");
  // The editor has gone on since, and others have put something behind it.
  BOOST_TEST(merged("a\n", "a\ntyped before and after\n", "a\ntyped before\nothers\n") ==
             "a\ntyped before and after\nothers\n");
  // The document has more than the editor.
  BOOST_TEST(merged("a\n", "a\ntyped\n", "a\ntyped\nothers\n") == "a\ntyped\nothers\n");
  BOOST_TEST(merged("a\nb\n", "b\n", "b\n") == "b\n");
  BOOST_TEST(merged("word\n", "better words\n", "better words\n") == "better words\n");
}

BOOST_AUTO_TEST_CASE(random_buffers_lose_nothing_to_documents_that_are_ahead) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 1000; ++round) {
    const std::string on_disk = some_lines(random);
    const std::string buffer = changed(on_disk, support::some_change(random, on_disk));
    const std::string document = changed(on_disk, support::some_change(random, on_disk));
    // Whatever comes out fits the document, and what is the same on both sides comes once.
    BOOST_TEST_REQUIRE(merged(on_disk, buffer, on_disk) == buffer);
    BOOST_TEST_REQUIRE(merged(on_disk, buffer, buffer) == buffer);
    BOOST_TEST_REQUIRE(merged(on_disk, on_disk, document) == document);
    static_cast<void>(merged(on_disk, buffer, document));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::document
