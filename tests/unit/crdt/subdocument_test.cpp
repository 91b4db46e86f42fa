#include "daemon/crdt/subdocument.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/any_value.h"
#include "tests/support/hex.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;

/// Options with these values, in hex, for the id "g".
std::string with(const std::vector<std::pair<std::string, std::string>>& options) {
  ByteWriter out;
  out.put_varbytes("g");
  out.put_byte(118);
  out.put_varuint(options.size());
  for (const auto& [key, value] : options) {
    out.put_varbytes(key);
    out.put_bytes(bytes_of_hex(value));
  }
  return out.str();
}

std::string rewritten(const std::string& content) {
  ByteReader reader(content);
  ByteWriter out;
  return rewrite_subdocument(reader, out) && reader.at_end() ? hex_of(out.view()) : "invalid";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(subdocument)

BOOST_AUTO_TEST_CASE(what_yjs_writes_stays_as_it_is) {
  for (const auto& content :
       {with({}), with({{"gc", "79"}}), with({{"autoLoad", "78"}}), with({{"meta", "7d05"}}),
        with({{"gc", "79"}, {"autoLoad", "78"}, {"meta", "760101 617e"}})}) {
    BOOST_TEST(rewritten(content) == hex_of(content));
  }
}

BOOST_AUTO_TEST_CASE(only_options_that_matter_are_kept_and_in_order) {
  BOOST_TEST(rewritten(with({{"shouldLoad", "78"}, {"collectionid", "770161"}})) ==
             hex_of(with({})));
  BOOST_TEST(
      rewritten(with({{"meta", "7d05"}, {"x", "7e"}, {"autoLoad", "78"}, {"gc", "79"}})) ==
      hex_of(with({{"gc", "79"}, {"autoLoad", "78"}, {"meta", "7d05"}})));
}

BOOST_AUTO_TEST_CASE(defaults_are_not_written) {
  BOOST_TEST(rewritten(with({{"gc", "78"}, {"autoLoad", "79"}, {"meta", "7e"}})) ==
             hex_of(with({})));
  BOOST_TEST(rewritten(with({{"gc", "7f"}, {"autoLoad", "7f"}, {"meta", "7f"}})) ==
             hex_of(with({})));
}

BOOST_AUTO_TEST_CASE(conditions_are_those_of_javascript) {
  for (const char* falsy : {"79", "7e", "7d00", "7d40", "7700", "7a0000000000000000",
                            "7b7ff8000000000000", "7bfff0000000000001", "7c7fc00000"}) {
    BOOST_TEST(rewritten(with({{"gc", falsy}})) == hex_of(with({{"gc", "79"}})), falsy);
    BOOST_TEST(rewritten(with({{"autoLoad", falsy}})) == hex_of(with({})), falsy);
  }
  for (const char* truthy :
       {"78", "7d01", "7d41", "770130", "7a0000000000000001", "7500", "7600", "7400",
        "7c7f800000", "7b3fb999999999999a", "7b7fefffffffffffff"}) {
    BOOST_TEST(rewritten(with({{"gc", truthy}})) == hex_of(with({})), truthy);
    BOOST_TEST(rewritten(with({{"autoLoad", truthy}})) == hex_of(with({{"autoLoad", "78"}})),
               truthy);
  }
}

BOOST_AUTO_TEST_CASE(an_option_may_replace_the_id) {
  std::string other = with({});
  other[1] = 'h';
  BOOST_TEST(rewritten(with({{"guid", "770168"}})) == hex_of(other));
  // Yjs would draw a random one for undefined, and print anything else.
  BOOST_TEST(rewritten(with({{"guid", "7f"}})) == "invalid");
  BOOST_TEST(rewritten(with({{"guid", "7d05"}})) == "invalid");
}

BOOST_AUTO_TEST_CASE(options_need_not_be_an_object) {
  for (const char* options :
       {"78", "7d05", "7703616263", "75017e", "740101", "7a0000000000000001"}) {
    BOOST_TEST(rewritten(bytes_of_hex("0167") + bytes_of_hex(options)) == hex_of(with({})),
               options);
  }
  BOOST_TEST(rewritten(bytes_of_hex("0167 7e")) == "invalid");
  BOOST_TEST(rewritten(bytes_of_hex("0167 7f")) == "invalid");
}

BOOST_AUTO_TEST_CASE(everything_takes_its_shortest_form) {
  BOOST_TEST(rewritten(bytes_of_hex("8100 67 76 8100 04 6d657461 7c3f800000")) ==
             hex_of(with({{"meta", "7d01"}})));
}

BOOST_AUTO_TEST_CASE(malformed_content_is_refused) {
  const std::string whole = with({{"meta", "7d8001"}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_TEST(rewritten(whole.substr(0, size)) == "invalid");
  }
  BOOST_TEST(rewritten(bytes_of_hex("01 80 76 00")) == "invalid");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
