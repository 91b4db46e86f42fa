#include "daemon/crdt/format_value.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::crdt {
namespace {

BOOST_AUTO_TEST_SUITE(format_value_test)

BOOST_AUTO_TEST_CASE(plain_values_are_the_same_if_they_are_written_the_same) {
  for (const char* value : {"null", "true", "0", "1.5", "\"red\"", "\"\""}) {
    BOOST_TEST(same_format_value(value, value));
    BOOST_TEST(equal_format_values(value, value));
  }
  BOOST_TEST(!same_format_value("true", "\"true\""));
  BOOST_TEST(!equal_format_values("null", "false"));
}

BOOST_AUTO_TEST_CASE(an_object_is_never_the_same_as_another) {
  BOOST_TEST(!same_format_value("{}", "{}"));
  BOOST_TEST(!same_format_value("[1]", "[1]"));
}

BOOST_AUTO_TEST_CASE(objects_are_equal_if_their_members_are_in_any_order) {
  BOOST_TEST(equal_format_values(R"({"a":1,"b":"x"})", R"({"b":"x","a":1})"));
  BOOST_TEST(!equal_format_values(R"({"a":1,"b":2})", R"({"a":2,"b":1})"));
  BOOST_TEST(!equal_format_values(R"({"a":1})", R"({"a":1,"b":2})"));
  BOOST_TEST(!equal_format_values(R"({"a":1})", "1"));
  BOOST_TEST(!equal_format_values("{}", "null"));
}

BOOST_AUTO_TEST_CASE(arrays_are_objects_with_numbers_for_keys) {
  BOOST_TEST(equal_format_values("[]", "{}"));
  BOOST_TEST(equal_format_values(R"([true,"x"])", R"({"0":true,"1":"x"})"));
  BOOST_TEST(!equal_format_values("[1,2]", "[2,1]"));
}

// Two values that were parsed on their own share no object, and nobody looks deeper.
BOOST_AUTO_TEST_CASE(what_holds_objects_equals_nothing) {
  BOOST_TEST(!equal_format_values(R"({"a":{}})", R"({"a":{}})"));
  BOOST_TEST(!equal_format_values("[[],1]", "[[],1]"));
  BOOST_TEST(!equal_format_values(R"([1,{"a":2},3])", R"([1,{"a":2},3])"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::crdt
