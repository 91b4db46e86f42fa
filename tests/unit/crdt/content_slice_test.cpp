#include "daemon/crdt/content_slice.h"

#include <string>
#include <string_view>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;

constexpr std::string_view kText = "a\xC3\xA9\xF0\x9F\x98\x80z";  // aé😀z: 1, 1, 2 and 1 units

}  // namespace

BOOST_AUTO_TEST_SUITE(content_slice)

BOOST_AUTO_TEST_CASE(text_is_cut_between_characters) {
  for (const auto& [units, bytes] :
       {std::pair{0U, 0U}, {1U, 1U}, {2U, 3U}, {4U, 7U}, {5U, 8U}}) {
    const ContentCut cut = cut_content(ContentKind::String, kText, units);
    BOOST_TEST(cut.at == bytes);
    BOOST_TEST(!cut.inside_pair);
  }
}

BOOST_AUTO_TEST_CASE(a_cut_in_a_pair_leaves_a_replacement_on_either_side) {
  const ContentCut cut = cut_content(ContentKind::String, kText, 3);
  BOOST_TEST(cut.inside_pair);
  BOOST_TEST(cut.at == 3U);
  BOOST_TEST(torn_left(kText, cut.at) == "a\xC3\xA9\xEF\xBF\xBD");
  BOOST_TEST(torn_right(kText, cut.at) == "\xEF\xBF\xBDz");
}

BOOST_AUTO_TEST_CASE(values_are_cut_one_by_one) {
  // true, "hi", {a: [1]}, 0.5 in lib0's any encoding
  const std::string values = bytes_of_hex("78 7702 6869 7601 0161 7501 7d01 7c3f000000");
  BOOST_TEST(cut_content(ContentKind::Any, values, 0).at == 0U);
  BOOST_TEST(cut_content(ContentKind::Any, values, 1).at == 1U);
  BOOST_TEST(cut_content(ContentKind::Any, values, 2).at == 5U);
  BOOST_TEST(cut_content(ContentKind::Any, values, 3).at == 13U);
  BOOST_TEST(cut_content(ContentKind::Any, values, 4).at == values.size());
}

BOOST_AUTO_TEST_CASE(json_elements_are_cut_by_their_lengths) {
  const std::string elements = bytes_of_hex("02 3132 00 04 6e756c6c");
  BOOST_TEST(cut_content(ContentKind::Json, elements, 1).at == 3U);
  BOOST_TEST(cut_content(ContentKind::Json, elements, 2).at == 4U);
  BOOST_TEST(cut_content(ContentKind::Json, elements, 3).at == elements.size());
}

BOOST_AUTO_TEST_CASE(what_is_deleted_has_no_content_to_cut) {
  const ContentCut cut = cut_content(ContentKind::Deleted, {}, 100);
  BOOST_TEST(cut.at == 0U);
  BOOST_TEST(!cut.inside_pair);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
