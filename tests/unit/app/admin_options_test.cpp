#include "daemon/app/admin_options.h"

#include <chrono>

#include <boost/test/unit_test.hpp>

namespace plait::app {

BOOST_AUTO_TEST_SUITE(admin_options)

BOOST_AUTO_TEST_CASE(a_time_has_a_unit) {
  using namespace std::chrono_literals;
  BOOST_TEST((parse_duration("90s").value() == 90s));
  BOOST_TEST((parse_duration("30m").value() == 30min));
  BOOST_TEST((parse_duration("24h").value() == 24h));
  BOOST_TEST((parse_duration("7d").value() == 7 * 24h));
  for (const char* text : {"", "d", "7", "0d", "-1d", "1.5h", "7 d", "7w", "99999999999d"}) {
    BOOST_TEST(!parse_duration(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_role_is_one_of_four) {
  BOOST_TEST((parse_role("owner").value() == messages::connect::Role::Owner));
  BOOST_TEST((parse_role("viewer").value() == messages::connect::Role::Viewer));
  for (const char* text : {"", "Owner", "root"}) {
    BOOST_TEST(!parse_role(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
