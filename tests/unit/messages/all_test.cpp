#include "protocol/messages/connect/all.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/vectors.h"
#include "tests/unit/messages/message_vectors.h"

namespace plait::messages::connect {
namespace {

Codecs codecs() {
  Codecs all;
  add_requests<Requests>(all);
  add_notifications<ClientNotifications>(all);
  add_notifications<ServerNotifications>(all);
  return all;
}

/// Collects the names of a message's fields, and of those inside of them.
class FieldNames {
 public:
  template <class T>
  void add(const T& message) {
    if constexpr (requires(const T& it, FieldNames& field) { T::describe(it, field); }) {
      T::describe(message, *this);
    }
  }
  template <class T>
  void operator()(std::string_view name, const T& member, const auto&... /*limit*/) {
    names.insert(name);
    add(member);
  }
  template <class T>
  void operator()(std::string_view name, const std::vector<T>& /*member*/,
                  const auto&... /*limit*/) {
    names.insert(name);
    add(T{});
  }
  template <class T>
  void operator()(std::string_view name, const std::optional<T>& /*member*/,
                  const auto&... /*limit*/) {
    names.insert(name);
    add(T{});
  }

  std::set<std::string_view> names;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(all)

BOOST_AUTO_TEST_CASE(messages_of_the_vectors_are_read_and_written) {
  check_accepted(support::read_vectors("connect/messages.json"), codecs());
}

BOOST_AUTO_TEST_CASE(what_the_vectors_refuse_is_refused_and_says_why) {
  check_refused(support::read_vectors("connect/messages.json"), codecs());
}

BOOST_AUTO_TEST_CASE(the_page_names_every_method_and_every_field) {
  const std::string page = support::read_repository_file("docs/protocol.md");
  const auto expect = [&](std::string_view word) {
    BOOST_TEST((page.find(word) != std::string::npos), word);
  };
  FieldNames fields;
  Requests::for_each([&]<class M>() {
    expect("`" + std::string(M::kMethod) + "`");
    fields.add(M{});
    fields.add(typename M::Reply{});
  });
  const auto add = [&]<class M>() {
    expect("`" + std::string(M::kMethod) + "`");
    fields.add(M{});
  };
  ClientNotifications::for_each(add);
  ServerNotifications::for_each(add);
  for (const std::string_view name : fields.names) expect(name);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::messages::connect
