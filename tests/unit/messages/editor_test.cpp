#include <boost/test/unit_test.hpp>

#include "protocol/messages/editor/all.h"
#include "tests/unit/messages/message_vectors.h"

namespace plait::messages::editor {
namespace {

Codecs codecs() {
  Codecs all;
  add_requests<Requests>(all);
  add_notifications<EditorNotifications>(all);
  add_notifications<DaemonNotifications>(all);
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(editor)

BOOST_AUTO_TEST_CASE(messages_of_the_vectors_are_read_and_written) {
  check_accepted(support::read_vectors("editor/messages.json"), codecs());
}

BOOST_AUTO_TEST_CASE(what_the_vectors_refuse_is_refused_and_says_why) {
  check_refused(support::read_vectors("editor/messages.json"), codecs());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::messages::editor
