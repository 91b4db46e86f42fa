#include "protocol/messages/admin/admin.h"

#include <boost/test/unit_test.hpp>

#include "tests/unit/messages/message_vectors.h"

namespace plait::messages::admin {
namespace {

Codecs codecs() {
  Codecs all;
  add_requests<Requests>(all);
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(admin)

BOOST_AUTO_TEST_CASE(messages_of_the_vectors_are_read_and_written) {
  check_accepted(support::read_vectors("admin/messages.json"), codecs());
}

BOOST_AUTO_TEST_CASE(what_the_vectors_refuse_is_refused_and_says_why) {
  check_refused(support::read_vectors("admin/messages.json"), codecs());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::messages::admin
