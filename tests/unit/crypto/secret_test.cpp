#include "daemon/crypto/secret.h"

#include <string>
#include <type_traits>
#include <utility>

#include <boost/test/unit_test.hpp>

namespace plait::crypto {

BOOST_AUTO_TEST_SUITE(secret)

BOOST_AUTO_TEST_CASE(wiping_leaves_zeroes) {
  std::string bytes = "do not tell";
  wipe(bytes);
  BOOST_TEST(bytes == std::string(11, '\0'));
  wipe({});
}

BOOST_AUTO_TEST_CASE(it_holds_what_it_was_given) {
  const SecretBytes secret("key");
  BOOST_TEST(secret.view() == "key");
  BOOST_TEST(secret.size() == 3U);
  BOOST_TEST(SecretBytes().view().empty());
}

BOOST_AUTO_TEST_CASE(it_begins_with_zeroes_and_can_be_filled) {
  SecretBytes secret(2);
  BOOST_TEST(secret.view() == std::string_view("\0\0", 2));
  secret.span()[1] = 'x';
  BOOST_TEST(secret.view() == std::string_view("\0x", 2));
}

BOOST_AUTO_TEST_CASE(it_moves_and_is_never_copied) {
  static_assert(!std::is_copy_constructible_v<SecretBytes>);
  static_assert(!std::is_copy_assignable_v<SecretBytes>);
  SecretBytes first("first");
  SecretBytes second(std::move(first));
  BOOST_TEST(second.view() == "first");
  // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move): that is the question
  BOOST_TEST(first.size() == 0U);
  SecretBytes third("third");
  third = std::move(second);
  BOOST_TEST(third.view() == "first");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
