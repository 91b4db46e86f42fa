#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "protocol/jsonrpc/fields.h"
#include "tests/support/vectors.h"

namespace plait::messages {

/// Reads params or a result and writes them; or what is wrong with them, behind "! ".
using Rewrite = std::string (*)(const jsonrpc::Json&);

template <class Message>
std::string rewritten(const jsonrpc::Json& given) {
  const auto message = jsonrpc::read_fields<Message>(given);
  return message ? jsonrpc::write_json(jsonrpc::write_fields(*message))
                 : "! " + message.error().message;
}

struct Codec {
  Rewrite params = nullptr;
  Rewrite reply = nullptr;  ///< none: a notification
};
using Codecs = std::map<std::string_view, Codec>;

template <class List>
void add_requests(Codecs& to) {
  List::for_each([&]<class M>() {
    to[M::kMethod] = {rewritten<M>, rewritten<typename M::Reply>};
  });
}
template <class List>
void add_notifications(Codecs& to) {
  List::for_each([&]<class M>() { to[M::kMethod] = {rewritten<M>, nullptr}; });
}

/// Every message has its cases, and is read and written as they say.
inline void check_accepted(const jsonrpc::Json& vectors, const Codecs& known) {
  using jsonrpc::Json;
  std::set<std::string> seen;
  for (const Json& one : support::cases_of(vectors, "accepted")) {
    const std::string& method = support::text_of(one, "method");
    BOOST_TEST_CONTEXT(method) {
      const auto codec = known.find(method);
      BOOST_TEST_REQUIRE((codec != known.end()));
      seen.insert(method);
      const Json* params = one.find("params");
      BOOST_TEST(codec->second.params(*params) == jsonrpc::write_json(*params));
      const Json* reply = one.find("result");
      BOOST_TEST_REQUIRE((reply == nullptr) == (codec->second.reply == nullptr));
      if (reply != nullptr) {
        BOOST_TEST(codec->second.reply(*reply) == jsonrpc::write_json(*reply));
      }
    }
  }
  for (const auto& [method, codec] : known) {
    BOOST_TEST(seen.contains(std::string(method)), method);
  }
}

/// And is told what the cases say.
inline void check_refused(const jsonrpc::Json& vectors, const Codecs& known) {
  for (const jsonrpc::Json& one : support::cases_of(vectors, "refused")) {
    const auto codec = known.find(support::text_of(one, "method"));
    BOOST_TEST_REQUIRE((codec != known.end()));
    BOOST_TEST(codec->second.params(*one.find("params")) ==
               "! " + support::text_of(one, "error"));
  }
}

}  // namespace plait::messages
