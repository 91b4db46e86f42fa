#include "daemon/crypto/host_name.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::crypto {
namespace {

std::string labels(std::size_t count, const std::string& label) {
  std::string name = label;
  while (--count > 0) name += "." + label;
  return name;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(host_name)

BOOST_AUTO_TEST_CASE(names_and_addresses_are_told_apart) {
  for (const char* host : {"localhost", "plait.example", "a", "a-b.c1", "xn--bcher-kva.example",
                           "1password.example", "10.0.0.example"}) {
    BOOST_TEST((kind_of_host(host) == HostKind::Name), host);
  }
  for (const char* host : {"127.0.0.1", "255.255.255.255", "0.0.0.0"}) {
    BOOST_TEST((kind_of_host(host) == HostKind::IPv4), host);
  }
  for (const char* host : {"::1", "::", "2001:db8::1", "::ffff:10.0.0.1",
                           "2001:0db8:0000:0000:0000:0000:0000:0001"}) {
    BOOST_TEST((kind_of_host(host) == HostKind::IPv6), host);
  }
}

BOOST_AUTO_TEST_CASE(what_only_looks_like_one_is_none) {
  for (const std::string host : {"",
                                 ".",
                                 "a.",
                                 ".a",
                                 "a..b",
                                 "-a",
                                 "a-",
                                 "a_b",
                                 "a b",
                                 "Plait.example",
                                 "b\xC3\xBC-x",
                                 "a,DNS:b",
                                 "a/b",
                                 "a:1",
                                 "*",
                                 "*.example",
                                 "256.0.0.1",
                                 "1.2.3",
                                 "01.2.3.4",
                                 "0x7f.1",
                                 "fe80::1%eth0",
                                 "[::1]",
                                 ":",
                                 ":::",
                                 "2001:DB8::1",
                                 "1::2::3"}) {
    BOOST_TEST(!kind_of_host(host).has_value(), host);
  }
  BOOST_TEST(!kind_of_host(std::string("127.0.0.1\0x", 11)).has_value());
  BOOST_TEST(!kind_of_host(std::string("a\0b", 3)).has_value());
}

BOOST_AUTO_TEST_CASE(a_label_may_have_so_many_bytes_and_no_more) {
  BOOST_TEST(kind_of_host(std::string(kMaxHostLabelBytes, 'a')).has_value());
  BOOST_TEST(!kind_of_host(std::string(kMaxHostLabelBytes + 1, 'a')).has_value());
}

BOOST_AUTO_TEST_CASE(a_name_may_have_so_many_bytes_and_no_more) {
  const std::string most = labels(127, "a");
  BOOST_TEST(most.size() == kMaxHostNameBytes);
  BOOST_TEST(kind_of_host(most).has_value());
  BOOST_TEST(!kind_of_host("a" + most).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
