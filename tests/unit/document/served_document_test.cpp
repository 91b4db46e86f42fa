#include "daemon/document/served_document.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "daemon/crdt/state_vector.h"
#include "protocol/base/bytes.h"
#include "tests/support/gardener.h"
#include "tests/support/peers.h"
#include "tests/support/random_edits.h"
#include "tests/support/seeded_random.h"

namespace plait::document {
namespace {

using crdt::Document;
using crdt::StateVector;
using crdt::UpdateRules;
using support::SeededRandom;

/// What one author wrote, update by update.
class Author {
 public:
  explicit Author(std::uint64_t client) : document_({.client = crdt::ClientId{client}}) {}

  std::string types(std::string_view text) {
    const crdt::TypeRef content = document_.text("content");
    BOOST_TEST_REQUIRE(document_.insert(content, document_.length(content), text).has_value());
    ByteWriter update;
    BOOST_TEST_REQUIRE(document_.encode_change(update));
    return update.str();
  }
  [[nodiscard]] std::string state() const { return document_.encode_state(); }
  [[nodiscard]] std::string vector() const { return document_.state_vector().encode(); }
  void reads(std::string_view update) {
    BOOST_TEST_REQUIRE(document_.apply(update).has_value());
  }
  [[nodiscard]] std::string text() { return document_.to_string(document_.text("content")); }
  [[nodiscard]] bool lacks_something() const { return document_.has_pending(); }

 private:
  Document document_;
};

std::string text_of(ServedDocument& document) {
  std::string text;
  BOOST_TEST_REQUIRE(
      document.for_each_chunk("content", [&](std::string_view chunk) { text += chunk; })
          .has_value());
  return text;
}

/// What somebody reads who has nothing and is given the whole document.
std::string text_of_whole(ServedDocument& document) {
  const auto whole = document.whole();
  BOOST_TEST_REQUIRE(whole.has_value());
  Author newcomer(1);
  newcomer.reads(whole->base);
  if (!whole->since.empty()) newcomer.reads(whole->since);
  BOOST_TEST(!newcomer.lacks_something());
  return newcomer.text();
}

void take(ServedDocument& document, std::string_view update) {
  const auto taken = document.apply(update, UpdateRules::for_file());
  BOOST_TEST_REQUIRE(taken.has_value());
  BOOST_TEST(*taken);
}

std::string entry_of(const std::vector<std::string>& updates) {
  ByteWriter out;
  for (const std::string& update : updates) out.put_varbytes(update);
  return out.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(served_document)

BOOST_AUTO_TEST_CASE(an_empty_document_is_an_empty_update) {
  ServedDocument document;
  const auto whole = document.whole();
  BOOST_TEST_REQUIRE(whole.has_value());
  BOOST_TEST((whole->base == std::string_view("\0\0", 2)));
  BOOST_TEST(whole->since.empty());
  BOOST_TEST((document.state_vector() == std::string_view("\0", 1)));
  BOOST_TEST(!document.is_loaded());
}

BOOST_AUTO_TEST_CASE(an_update_is_news_once) {
  ServedDocument document;
  const std::string update = Author(7).types("hello");
  take(document, update);
  const auto again = document.apply(update, UpdateRules::for_file());
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST(!*again);
  BOOST_TEST(text_of(document) == "hello");
}

BOOST_AUTO_TEST_CASE(clients_are_newcomers_once) {
  ServedDocument document;
  Author ann(7);
  Author ben(8);
  take(document, ann.types("hello"));
  BOOST_TEST((document.newcomers() == std::vector{crdt::ClientId{7}}));
  take(document, ann.types(" world"));
  BOOST_TEST(document.newcomers().empty());
  take(document, ben.types("!"));
  BOOST_TEST((document.newcomers() == std::vector{crdt::ClientId{8}}));
}

BOOST_AUTO_TEST_CASE(what_is_refused_leaves_no_trace) {
  ServedDocument document;
  Author ann(7);
  take(document, ann.types("hello"));
  ann.types(" lost");
  const std::string before = document.encoded().value();
  const auto refused = document.apply(ann.types(" later"), UpdateRules::for_file());
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((crdt::rule_of(refused.error()) == crdt::Rule::Clock));
  BOOST_TEST((document.encoded().value() == before));
  BOOST_TEST(text_of_whole(document) == "hello");
}

BOOST_AUTO_TEST_CASE(whoever_joins_gets_the_base_and_what_came_since) {
  ServedDocument document;
  Author ann(7);
  take(document, ann.types("hello"));
  BOOST_TEST(document.encoded().has_value());
  const std::string base(document.whole()->base);
  take(document, ann.types(","));
  take(document, ann.types(" world"));
  const auto whole = document.whole();
  BOOST_TEST((whole->base == base));
  BOOST_TEST(!whole->since.empty());
  BOOST_TEST(text_of_whole(document) == "hello, world");
  BOOST_TEST((document.encoded().value() == ann.state()));
  BOOST_TEST(document.whole()->since.empty());
}

BOOST_AUTO_TEST_CASE(a_long_tail_is_given_up_and_made_again_when_somebody_asks) {
  ServedDocument document;
  Author ann(7);
  take(document, ann.types("a"));
  std::string expected = "a";
  const std::string page(kMaxTailBytes / 4, 'x');
  while (document.encoded_bytes() > 0) {
    BOOST_TEST_REQUIRE(document.encoded_bytes() < kMaxTailBytes + page.size());
    take(document, ann.types(page));
    expected += page;
  }
  BOOST_TEST(text_of_whole(document) == expected);
  BOOST_TEST(document.encoded_bytes() > expected.size());
}

BOOST_AUTO_TEST_CASE(an_unloaded_document_answers_and_comes_back_for_an_update) {
  ServedDocument document;
  Author ann(7);
  take(document, ann.types("hello"));
  const std::string vector = ann.vector();
  take(document, ann.types(" world"));
  BOOST_TEST_REQUIRE(document.unload().has_value());
  BOOST_TEST(!document.is_loaded());
  BOOST_TEST((document.state_vector() == ann.vector()));
  BOOST_TEST(text_of_whole(document) == "hello world");
  const auto missing = document.missing_from(StateVector::decode(vector).value());
  BOOST_TEST_REQUIRE(missing.has_value());
  BOOST_TEST(missing->size() < document.encoded_bytes());
  BOOST_TEST(!document.is_loaded());
  take(document, ann.types("!"));
  BOOST_TEST(document.is_loaded());
  BOOST_TEST(text_of(document) == "hello world!");
}

BOOST_AUTO_TEST_CASE(a_document_is_loaded_from_a_snapshot_and_the_entries_after_it) {
  Author ann(7);
  ann.types("hello");
  const std::string snapshot = ann.state();
  const std::string first = entry_of({ann.types(","), ann.types(" ")});
  const std::string second = entry_of({ann.types("world")});
  auto loaded = ServedDocument::load(snapshot, std::vector{first, second});
  BOOST_TEST_REQUIRE(loaded.has_value());
  BOOST_TEST(text_of(*loaded) == "hello, world");
  loaded = ServedDocument::load({}, {});
  BOOST_TEST_REQUIRE(loaded.has_value());
  BOOST_TEST(text_of(*loaded).empty());
}

BOOST_AUTO_TEST_CASE(entries_may_be_in_the_snapshot_already) {
  Author ann(7);
  const std::string entry = entry_of({ann.types("hello")});
  auto loaded = ServedDocument::load(ann.state(), std::vector{entry});
  BOOST_TEST_REQUIRE(loaded.has_value());
  BOOST_TEST(text_of(*loaded) == "hello");
}

BOOST_AUTO_TEST_CASE(a_document_with_a_hole_or_with_noise_is_not_loaded) {
  Author ann(7);
  ann.types("lost");
  const std::string after = entry_of({ann.types("after")});
  BOOST_TEST(!ServedDocument::load({}, std::vector{after}).has_value());
  BOOST_TEST(!ServedDocument::load("noise", {}).has_value());
  BOOST_TEST(!ServedDocument::load({}, std::vector{entry_of({"noise"})}).has_value());
  BOOST_TEST(!ServedDocument::load({}, std::vector{after.substr(0, 4)}).has_value());
}

// Whatever is asked for in between, the document is what the updates make of it.
BOOST_AUTO_TEST_CASE(all_forms_agree_after_random_edits) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int history = 0; history < 40; ++history) {
    support::Peers peers(2);
    ServedDocument document;
    std::size_t taken = 0;
    Document expected({});
    for (int step = 0; step < 60; ++step) {
      support::some_edit(random, peers[random.below(2)]);
      for (; taken < peers.sent().size(); ++taken) {
        const std::string& update = peers.sent()[taken];
        BOOST_TEST_REQUIRE(
            document.apply(update, UpdateRules::for_open_document()).has_value());
        BOOST_TEST_REQUIRE(expected.apply(update).has_value());
      }
      if (random.one_in(6)) BOOST_TEST(document.whole().has_value());
      if (random.one_in(9)) BOOST_TEST(document.unload().has_value());
      if (random.one_in(9)) {
        const StateVector known = expected.state_vector();
        support::some_edit(random, peers[0]);
        for (; taken < peers.sent().size(); ++taken) {
          const std::string& update = peers.sent()[taken];
          BOOST_TEST_REQUIRE(
              document.apply(update, UpdateRules::for_open_document()).has_value());
          BOOST_TEST_REQUIRE(expected.apply(update).has_value());
        }
        BOOST_TEST((document.missing_from(known).value() == expected.encode_state(known)));
      }
    }
    BOOST_TEST((document.state_vector() == expected.state_vector().encode()));
    Author newcomer(9);
    const auto whole = document.whole();
    newcomer.reads(whole->base);
    if (!whole->since.empty()) newcomer.reads(whole->since);
    BOOST_TEST((newcomer.state() == expected.encode_state()));
    BOOST_TEST((document.encoded().value() == expected.encode_state()));
  }
}

// In whatever parts it is told, and whatever is added in between.
BOOST_AUTO_TEST_CASE(parts_make_the_whole) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int history = 0; history < 40; ++history) {
    support::Peers peers(3);
    ServedDocument document;
    std::size_t taken = 0;
    Document newcomer({});
    StateVector known;
    const auto go_on = [&](std::size_t edits) {
      for (; edits > 0; --edits) support::some_edit(random, peers[random.below(3)]);
      for (; taken < peers.sent().size(); ++taken) {
        BOOST_TEST_REQUIRE(
            document.apply(peers.sent()[taken], UpdateRules::for_open_document()).has_value());
      }
    };
    go_on(60);
    for (bool is_last = false; !is_last;) {
      if (random.one_in(4)) BOOST_TEST(document.unload().has_value());
      const auto part = document.part_missing_from(known, 1 + random.below(200));
      BOOST_TEST_REQUIRE(part.has_value());
      BOOST_TEST_REQUIRE(newcomer.apply(part->update).has_value());
      is_last = part->is_last;
      if (!is_last && random.one_in(4)) go_on(2);
    }
    BOOST_TEST((newcomer.encode_state() == document.encoded().value()));
  }
}

BOOST_AUTO_TEST_CASE(a_tree_is_read_once_for_each_change) {
  support::Gardener ann(7);
  ServedDocument document;
  const auto path_of = [&](std::string_view id) {
    const auto tree = document.tree();
    BOOST_TEST_REQUIRE(tree.has_value());
    const TreeEntry* entry = (*tree)->find(id);
    return entry == nullptr ? std::string() : entry->path;
  };
  BOOST_TEST(path_of("f").empty());
  ann.plants_text("f", "a.txt");
  BOOST_TEST_REQUIRE(document.apply(ann.state(), UpdateRules()).has_value());
  BOOST_TEST(path_of("f") == "a.txt");
  BOOST_TEST_REQUIRE(document.unload().has_value());
  BOOST_TEST(path_of("f") == "a.txt");
  BOOST_TEST(!document.is_loaded());  // it was known
  BOOST_TEST_REQUIRE(document.apply(ann.state(), UpdateRules()).has_value());
  const Tree* before = document.tree().value();
  BOOST_TEST_REQUIRE(document.apply(ann.state(), UpdateRules()).has_value());
  BOOST_TEST(document.tree().value() == before);  // nothing new has come
  ann.renames("f", "b.txt");
  BOOST_TEST_REQUIRE(document.apply(ann.state(), UpdateRules()).has_value());
  BOOST_TEST(path_of("f") == "b.txt");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::document
