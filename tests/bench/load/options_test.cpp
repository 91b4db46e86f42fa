#include "tests/bench/load/options.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::load {
namespace {

Result<Options> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "plait_load");
  std::vector<char*> argv;
  argv.reserve(words.size());
  for (std::string& word : words) argv.push_back(word.data());
  return parse_options(static_cast<int>(argv.size()), argv.data());
}

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(a_url_is_taken_apart) {
  const auto url = parse_url("wss://127.0.0.1:4430/yjs");
  BOOST_TEST_REQUIRE(url.has_value());
  BOOST_TEST(url->tls);
  BOOST_TEST(url->host == "127.0.0.1");
  BOOST_TEST(url->port == 4430);
  BOOST_TEST(url->path == "/yjs");
  BOOST_TEST(parse_url("ws://[::1]:80")->host == "::1");
}

BOOST_AUTO_TEST_CASE(load_is_only_for_this_machine) {
  for (const char* other : {"wss://192.0.2.1:443", "wss://example.org:443/yjs",
                            "wss://127.0.0.1.example.org:443", "ws://127.0.0.1@192.0.2.1:80"}) {
    BOOST_TEST(!parse_url(other).has_value(), other);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_url_is_refused) {
  for (const char* wrong : {"", "wss://", "http://localhost:80", "wss://localhost",
                            "wss://localhost:0", "wss://localhost:65536"}) {
    BOOST_TEST(!parse_url(wrong).has_value(), wrong);
  }
}

BOOST_AUTO_TEST_CASE(a_run_is_bounded_in_time_and_number) {
  const std::vector<std::string> run{"idle", "--url", "ws://localhost:1"};
  const auto with = [&](const char* name, std::uint32_t value) {
    std::vector<std::string> words = run;
    words.insert(words.end(), {name, std::to_string(value)});
    return parse(std::move(words)).has_value();
  };
  BOOST_TEST(with("--seconds", kMaxSeconds));
  BOOST_TEST(!with("--seconds", kMaxSeconds + 1));
  BOOST_TEST(with("--count", kMaxCount));
  BOOST_TEST(!with("--count", kMaxCount + 1));
  BOOST_TEST(with("--window", kMaxWindow));
  BOOST_TEST(!with("--window", kMaxWindow + 1));
  BOOST_TEST(!with("--seconds", 0));
}

BOOST_AUTO_TEST_CASE(tls_needs_a_fingerprint) {
  BOOST_TEST(!parse({"idle", "--url", "wss://localhost:1"}).has_value());
  BOOST_TEST(
      parse({"idle", "--url", "wss://localhost:1", "--fingerprint", std::string(64, 'a')})
          .has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::load
