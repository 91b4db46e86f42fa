#include "daemon/app/admin_print.h"

#include <cstdint>
#include <sstream>
#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::app {
namespace {

namespace admin = messages::admin;

/// What is printed, in both places.
struct Paper {
  std::ostringstream out;
  std::ostringstream notes;
  Printed to{out, notes};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(admin_print, Paper)

BOOST_AUTO_TEST_CASE(columns_stand_below_one_another) {
  BOOST_TEST(table_of({{"ID", "NAME", "N"}, {"w-1", "Röd", "1"}, {"w-22", "A", "12"}}) ==
             "ID    NAME  N\n"
             "w-1   Röd   1\n"
             "w-22  A     12\n");
  BOOST_TEST(table_of({}).empty());
}

BOOST_AUTO_TEST_CASE(a_time_is_a_minute_of_utc) {
  BOOST_TEST(text_of({0}) == "1970-01-01 00:00 UTC");
  BOOST_TEST(text_of({1'769'860'859'999}) == "2026-01-31 12:00 UTC");
}

BOOST_AUTO_TEST_CASE(a_size_has_the_unit_that_fits) {
  BOOST_TEST(size_text(0) == "0 B");
  BOOST_TEST(size_text(1023) == "1023 B");
  BOOST_TEST(size_text(1024) == "1.0 KiB");
  BOOST_TEST(size_text(std::int64_t{3} << 30) == "3.0 GiB");
}

BOOST_AUTO_TEST_CASE(what_a_script_wants_stands_alone) {
  admin::IssueToken::Reply token;
  token.token = "a.b.c";
  token.name = "Robot";
  print(token, to);
  BOOST_TEST(out.str() == "a.b.c\n");
  BOOST_TEST(notes.str().find("for Robot") == 0U);

  out.str("");
  admin::CreateInvite::Reply invite;
  invite.link = "plait://h:1/w#s";
  print(invite, to);
  BOOST_TEST(out.str() == "plait://h:1/w#s\n");
  BOOST_TEST(notes.str().find("uses: any number") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_the_store_is_a_table) {
  admin::Verify::Reply report;
  print(report, to);
  BOOST_TEST(out.str().empty());
  BOOST_TEST(notes.str().find("all is as it was written") != std::string::npos);
  report.findings.push_back({"document w/a", "another hash"});
  print(report, to);
  BOOST_TEST(out.str() == "WHERE         WHAT\ndocument w/a  another hash\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
