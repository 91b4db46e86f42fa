#include "protocol/base/result.h"

#include <memory>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

namespace plait {
namespace {

Result<int> parse_digit(char c) {
  if (c < '0' || c > '9') return fail(ErrorCode::Malformed, "not a digit");
  return c - '0';
}

Result<std::string> spell(char c) {
  auto digit = parse_digit(c);
  if (!digit) return forward_error(digit);
  return std::string(static_cast<std::size_t>(*digit), '|');
}

Result<void> check(char c) {
  auto digit = parse_digit(c);
  if (!digit) return Failure{std::move(digit).error().with_context("reading the house number")};
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(result)

BOOST_AUTO_TEST_CASE(it_carries_a_value) {
  const auto digit = parse_digit('7');
  BOOST_TEST_REQUIRE(digit.has_value());
  BOOST_TEST(static_cast<bool>(digit));
  BOOST_TEST(*digit == 7);
  BOOST_TEST(digit.value() == 7);
  BOOST_TEST(digit.value_or(3) == 7);
}

BOOST_AUTO_TEST_CASE(it_carries_an_error) {
  const auto digit = parse_digit('x');
  BOOST_TEST_REQUIRE(!digit.has_value());
  BOOST_TEST(!static_cast<bool>(digit));
  BOOST_TEST((digit.error().code == ErrorCode::Malformed));
  BOOST_TEST(digit.error().message == "not a digit");
  BOOST_TEST(digit.value_or(3) == 3);
}

BOOST_AUTO_TEST_CASE(an_error_passes_through_results_of_other_types) {
  const auto spelled = spell('x');
  BOOST_TEST_REQUIRE(!spelled);
  BOOST_TEST(spelled.error().message == "not a digit");
  BOOST_TEST(*spell('3') == "|||");
}

BOOST_AUTO_TEST_CASE(layers_add_context_in_front) {
  const auto checked = check('x');
  BOOST_TEST_REQUIRE(!checked);
  BOOST_TEST((checked.error().code == ErrorCode::Malformed));
  BOOST_TEST(checked.error().message == "reading the house number: not a digit");
}

BOOST_AUTO_TEST_CASE(success_without_a_value_is_success) {
  BOOST_TEST(check('4').has_value());
  BOOST_TEST(static_cast<bool>(check('4')));
}

BOOST_AUTO_TEST_CASE(values_that_only_move_are_moved_out) {
  Result<std::unique_ptr<int>> owned(std::make_unique<int>(5));
  BOOST_TEST(*owned->get() == 5);
  const std::unique_ptr<int> taken = *std::move(owned);
  BOOST_TEST(*taken == 5);
}

BOOST_AUTO_TEST_CASE(a_value_can_be_changed_in_place) {
  Result<std::string> text(std::string("a"));
  text->append("b");
  *text += "c";
  BOOST_TEST(text.value() == "abc");
}

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own) {
  BOOST_TEST(name_of(ErrorCode::Malformed) == "malformed");
  BOOST_TEST(name_of(ErrorCode::LimitExceeded) == "limit exceeded");
  BOOST_TEST(name_of(ErrorCode::OutOfMemory) == "out of memory");
  for (int a = 0; a <= static_cast<int>(ErrorCode::Damaged); ++a) {
    for (int b = 0; b < a; ++b) {
      BOOST_TEST(name_of(static_cast<ErrorCode>(a)) != name_of(static_cast<ErrorCode>(b)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
