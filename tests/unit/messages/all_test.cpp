#include "protocol/messages/connect/all.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "tests/support/vectors.h"

namespace plait::messages::connect {
namespace {

using jsonrpc::Json;
using jsonrpc::write_fields;
using jsonrpc::write_json;

/// Reads params or a result and writes them; or what is wrong with them, behind "! ".
using Rewrite = std::string (*)(const Json&);

template <class Message>
std::string rewritten(const Json& given) {
  const auto message = jsonrpc::read_fields<Message>(given);
  return message ? write_json(write_fields(*message)) : "! " + message.error().message;
}

struct Codec {
  Rewrite params = nullptr;
  Rewrite reply = nullptr;  ///< none: a notification
};

std::map<std::string_view, Codec> codecs() {
  std::map<std::string_view, Codec> all;
  Requests::for_each([&]<class M>() {
    all[M::kMethod] = {rewritten<M>, rewritten<typename M::Reply>};
  });
  ClientNotifications::for_each([&]<class M>() { all[M::kMethod] = {rewritten<M>, nullptr}; });
  ServerNotifications::for_each([&]<class M>() { all[M::kMethod] = {rewritten<M>, nullptr}; });
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
  const auto known = codecs();
  std::set<std::string> seen;
  const Json vectors = support::read_vectors("connect/messages.json");
  for (const Json& one : support::cases_of(vectors, "accepted")) {
    const std::string& method = support::text_of(one, "method");
    BOOST_TEST_CONTEXT(method) {
      const auto codec = known.find(method);
      BOOST_TEST_REQUIRE((codec != known.end()));
      seen.insert(method);
      BOOST_TEST(codec->second.params(*one.find("params")) == write_json(*one.find("params")));
      const Json* reply = one.find("result");
      BOOST_TEST_REQUIRE((reply == nullptr) == (codec->second.reply == nullptr));
      if (reply != nullptr) BOOST_TEST(codec->second.reply(*reply) == write_json(*reply));
    }
  }
  for (const auto& [method, codec] : known) {
    BOOST_TEST(seen.contains(std::string(method)), method);
  }
}

BOOST_AUTO_TEST_CASE(what_the_vectors_refuse_is_refused_and_says_why) {
  const auto known = codecs();
  const Json vectors = support::read_vectors("connect/messages.json");
  for (const Json& one : support::cases_of(vectors, "refused")) {
    const auto codec = known.find(support::text_of(one, "method"));
    BOOST_TEST_REQUIRE((codec != known.end()));
    BOOST_TEST(codec->second.params(*one.find("params")) ==
               "! " + support::text_of(one, "error"));
  }
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
