#include "protocol/base/text_units.h"

#include <concepts>
#include <type_traits>

#include <boost/test/unit_test.hpp>

namespace plait {
namespace {

template <class A, class B>
concept CanAdd = requires(A a, B b) {
  a + b;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(text_units)

BOOST_AUTO_TEST_CASE(units_of_one_kind_are_added_and_compared) {
  Utf16Offset offset{3};
  offset += Utf16Offset{4};
  BOOST_TEST(offset.value() == 7U);
  BOOST_TEST((offset - Utf16Offset{2} == Utf16Offset{5}));
  BOOST_TEST((Utf16Offset{1} < Utf16Offset{2}));
  BOOST_TEST(Utf16Offset{}.value() == 0U);
}

BOOST_AUTO_TEST_CASE(units_of_different_kinds_do_not_mix) {
  BOOST_TEST((!std::is_convertible_v<Utf16Offset, Utf8Offset>));
  BOOST_TEST((!std::is_convertible_v<std::uint32_t, Utf16Offset>));
  BOOST_TEST((!CanAdd<Utf16Offset, Utf8Offset>));
  BOOST_TEST((CanAdd<LineNumber, LineNumber>));
}

BOOST_AUTO_TEST_CASE(sizes_are_added_in_every_unit) {
  const TextSize a{Utf16Offset{2}, Utf8Offset{4}, CodePointOffset{1}, LineNumber{0}};
  const TextSize b{Utf16Offset{1}, Utf8Offset{1}, CodePointOffset{1}, LineNumber{1}};
  const TextSize both{Utf16Offset{3}, Utf8Offset{5}, CodePointOffset{2}, LineNumber{1}};
  BOOST_TEST((a + b == both));
  BOOST_TEST((both - a == b));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
