#include "protocol/jsonrpc/json.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::jsonrpc {

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(a_value_is_one_thing_and_no_other) {
  BOOST_TEST(Json().is_null());
  BOOST_TEST(*Json(true).as_bool());
  BOOST_TEST(*Json(std::int64_t{-7}).as_integer() == -7);
  BOOST_TEST(*Json(0.5).as_real() == 0.5);
  BOOST_TEST(*Json("text").as_string() == "text");
  BOOST_TEST(Json(Json::Array{}).as_array()->empty());
  BOOST_TEST(Json(Json::Object{}).as_object()->empty());

  const Json text("1");
  BOOST_TEST(!text.is_null());
  BOOST_TEST((text.as_bool() == nullptr));
  BOOST_TEST((text.as_integer() == nullptr));
  BOOST_TEST((text.as_real() == nullptr));
  BOOST_TEST((text.as_array() == nullptr));
  BOOST_TEST((text.as_object() == nullptr));
}

BOOST_AUTO_TEST_CASE(members_are_found_by_name) {
  const Json object(Json::Object{{"a", Json(true)}, {"b", Json("x")}});
  BOOST_TEST(*object.find("b")->as_string() == "x");
  BOOST_TEST((object.find("c") == nullptr));
  BOOST_TEST((Json("a").find("a") == nullptr));
}

BOOST_AUTO_TEST_CASE(values_are_equal_if_all_of_them_is) {
  const auto list = [](std::int64_t last) {
    return Json(Json::Array{Json(), Json(Json::Object{{"n", Json(last)}})});
  };
  BOOST_TEST((list(1) == list(1)));
  BOOST_TEST((list(1) != list(2)));
  BOOST_TEST((Json(std::int64_t{1}) != Json("1")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::jsonrpc
