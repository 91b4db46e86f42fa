#include "daemon/crypto/invite_link.h"

#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/seeded_random.h"

namespace plait::crypto {
namespace {

using support::SeededRandom;

namespace data = boost::unit_test::data;

const std::string kSecret = "AAECAwQFBgcICQoLDA0O_w";
const std::string kPrint = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

const std::string kLinks[] = {
    "plait://plait.example:4433/work#" + kSecret,
    "plait://plait.example:4433/work#" + kSecret + "." + kPrint,
    "plait://127.0.0.1:1/W-1_z#" + kSecret,
    "plait://[2001:db8::1]:65535/w#" + kSecret + "." + kPrint,
};

std::string link_to(const std::string& authority) {
  return "plait://" + authority + "/work#" + kSecret;
}

bool is_malformed(const std::string& text) {
  const auto link = InviteLink::parse(text);
  return !link && link.error().code == ErrorCode::Malformed;
}

InviteLink some_link() { return InviteLink::parse(kLinks[0]).value(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(invite_link)

BOOST_AUTO_TEST_CASE(a_link_is_taken_apart) {
  const auto link = InviteLink::parse(kLinks[1]);
  BOOST_TEST_REQUIRE(link.has_value());
  BOOST_TEST(link->host == "plait.example");
  BOOST_TEST(link->port == 4433U);
  BOOST_TEST(link->workspace == "work");
  BOOST_TEST(link->secret.text() == kSecret);
  BOOST_TEST_REQUIRE(link->fingerprint.has_value());
  BOOST_TEST(link->fingerprint->text() == kPrint);
  BOOST_TEST(!some_link().fingerprint.has_value());
  BOOST_TEST(InviteLink::parse(kLinks[3]).value().host == "2001:db8::1");
}

BOOST_DATA_TEST_CASE(a_link_is_printed_as_it_was_read, data::make(kLinks), text) {
  BOOST_TEST(InviteLink::parse(text).value().text().value() == text);
}

BOOST_DATA_TEST_CASE(every_prefix_is_no_link_or_another_one, data::make(kLinks), text) {
  for (std::size_t size = 0; size < text.size(); ++size) {
    const bool whole_without_print = text.substr(0, size).ends_with(kSecret);
    BOOST_TEST(InviteLink::parse(text.substr(0, size)).has_value() == whole_without_print);
  }
}

BOOST_AUTO_TEST_CASE(capitals_in_a_host_mean_nothing) {
  BOOST_TEST(InviteLink::parse(link_to("Plait.EXAMPLE:1")).value().host == "plait.example");
  BOOST_TEST(InviteLink::parse(link_to("[2001:DB8::1]:1")).value().host == "2001:db8::1");
}

BOOST_AUTO_TEST_CASE(the_server_is_a_host_and_a_port) {
  for (const char* authority : {"",
                                ":",
                                ":1",
                                "host",
                                "host:",
                                "host:0",
                                "host:01",
                                "host:+1",
                                "host:-1",
                                "host:65536",
                                "host:1x",
                                "host: 1",
                                "me@host:1",
                                "me:pw@host:1",
                                "2001:db8::1:1",
                                "[host]:1",
                                "[127.0.0.1]:1",
                                "[::1]",
                                "[::1:1",
                                "::1]:1",
                                "[]:1",
                                "host:1:2",
                                "ho st:1",
                                "host.:1"}) {
    BOOST_TEST(is_malformed(link_to(authority)), authority);
  }
  BOOST_TEST(!is_malformed(link_to("host:65535")));
  BOOST_TEST(!is_malformed(link_to("host:1")));
}

BOOST_AUTO_TEST_CASE(everything_else_has_its_place) {
  for (const std::string& text :
       {"PLAIT://host:1/work#" + kSecret, "http://host:1/work#" + kSecret, " " + kLinks[0],
        kLinks[0] + " ", kLinks[0] + "\n", kLinks[0] + ".", kLinks[0] + "." + kPrint + ".",
        kLinks[0] + "." + kPrint.substr(2), "plait://host:1#" + kSecret,
        "plait://host:1/#" + kSecret, "plait://host:1/a/b#" + kSecret,
        "plait://host:1/a?b#" + kSecret, "plait://host:1/a%20b#" + kSecret,
        "plait://host:1/work/" + kSecret, "plait://host:1/work##" + kSecret,
        std::string("plait://host:1/work#")}) {
    BOOST_TEST(is_malformed(text), text);
  }
}

BOOST_AUTO_TEST_CASE(an_error_does_not_repeat_the_secret) {
  const auto link = InviteLink::parse("plait://host:1/a b#" + kSecret);
  BOOST_TEST_REQUIRE(!link.has_value());
  BOOST_TEST(link.error().message.find(kSecret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_workspaces_id_may_have_so_many_bytes_and_no_more) {
  const std::string most(kMaxWorkspaceIdBytes, 'w');
  BOOST_TEST(!is_malformed("plait://host:1/" + most + "#" + kSecret));
  BOOST_TEST(is_malformed("plait://host:1/" + most + "w#" + kSecret));
  InviteLink link = some_link();
  link.workspace = most;
  BOOST_TEST(link.text().has_value());
  link.workspace += "w";
  BOOST_TEST(!link.text().has_value());
}

BOOST_AUTO_TEST_CASE(the_longest_link_fits_and_a_longer_one_is_not_read) {
  InviteLink link = InviteLink::parse(kLinks[1]).value();
  link.host = std::string(63, 'a');
  for (int i = 0; i < 2; ++i) link.host += "." + std::string(63, 'a');
  link.host += "." + std::string(61, 'a');
  link.port = 65535;
  link.workspace = std::string(kMaxWorkspaceIdBytes, 'w');
  const std::string longest = link.text().value();
  BOOST_TEST(longest.size() <= kMaxInviteLinkBytes);
  BOOST_TEST(InviteLink::parse(longest).has_value());

  const std::string filled =
      kLinks[0] + std::string(kMaxInviteLinkBytes - kLinks[0].size(), 'A');
  BOOST_TEST((InviteLink::parse(filled).error().code == ErrorCode::Malformed));
  BOOST_TEST((InviteLink::parse(filled + "A").error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(what_could_not_be_read_is_not_printed) {
  InviteLink link = some_link();
  link.host = "Host";
  BOOST_TEST(!link.text().has_value());
  link = some_link();
  link.port = 0;
  BOOST_TEST(!link.text().has_value());
  link = some_link();
  link.workspace = "a#b";
  BOOST_TEST(!link.text().has_value());
}

BOOST_AUTO_TEST_CASE(a_damaged_link_means_nothing_else) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random.pick(kLinks);
    for (std::size_t count = 1 + random.below(3); count > 0; --count) {
      text[random.below(text.size())] = "#/:.[]@?%0aZ-_ "[random.below(15)];
    }
    if (const auto link = InviteLink::parse(text)) {
      const std::string printed = link->text().value();
      BOOST_TEST(InviteLink::parse(printed).value().text().value() == printed);
      BOOST_TEST(printed.size() == text.size());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
