#include "daemon/crdt/integration_forecast.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "daemon/crdt/update_merge.h"
#include "tests/support/seeded_random.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::crdt {
namespace {

using support::SeededRandom;
using Verdict = IntegrationForecast::Verdict;

constexpr IntegrationForecast::Limits kNoLimits{UINT64_MAX, UINT32_MAX, /*in_order=*/true};

/// The units of a list in order, those included that are deleted.
std::vector<Id> units_of(const Document& document, TypeRef type) {
  const Replica& replica = document.replica();
  std::vector<Id> units;
  for (ItemRef at = replica.types[type].first; at != ItemRef::None;
       at = replica.items[at].right) {
    for (std::uint32_t i = 0; i < replica.items[at].length; ++i) {
      units.push_back({replica.id_of(at).client, replica.items[at].clock + i});
    }
  }
  return units;
}

/// Plays an update of one client through and returns what the list would become.
std::vector<Id> foretold(const Document& document, TypeRef type, std::string_view update,
                         IntegrationForecast& forecast) {
  std::vector<Id> units = units_of(document, type);
  DecodedUpdate decoded;
  BOOST_TEST_REQUIRE(decode_update(update, decoded).has_value());
  BOOST_TEST_REQUIRE(decoded.sections.size() <= 1U);
  for (const DecodedStruct& s : decoded.structs) {
    const ClientId client = decoded.sections[0].client;
    const std::uint32_t known =
        std::max(document.replica().clients.next_clock(client), s.clock) - s.clock;
    if (known >= s.length) continue;
    IntegrationForecast::NewItem item;
    item.client = client;
    item.clock = s.clock + known;
    item.length = s.length - known;
    item.kind = s.kind;
    item.origin = s.origin();
    item.right_origin = s.right_origin();
    if (s.parent != DecodedStruct::kNoParent) item.parent = &decoded.parents[s.parent];
    item.continues = known > 0;
    const auto spot = forecast.spot_for(item);
    BOOST_TEST_REQUIRE((forecast.root_of(spot) == "content"));
    BOOST_TEST_REQUIRE((forecast.add(item, spot, /*last=*/false) == Verdict::Fits));
    auto at = units.begin();
    if (const auto before = forecast.latest_place()) {
      at = std::find(units.begin(), units.end(), *before);
      BOOST_TEST_REQUIRE((at != units.end()));
      ++at;
    }
    for (std::uint32_t i = 0; i < item.length; ++i) {
      at = units.insert(at, {client, item.clock + i}) + 1;
    }
  }
  return units;
}

/// A replica whose changes are kept until they are asked for.
class Writer {
 public:
  explicit Writer(std::uint64_t client) : document_({.client = ClientId{client}}) {}

  void write(SeededRandom& random) {
    const TypeRef text = document_.text("content");
    const std::uint32_t length = document_.length(text).value();
    const auto at = static_cast<std::uint32_t>(random.below(length + 1));
    const bool erase = length > 0 && random.one_in(3);
    const auto done =
        erase
            ? document_.erase(text, Utf16Offset{std::min(at, length - 1)}, Utf16Offset{1})
            : document_.insert(text, Utf16Offset{at},
                               random.pick(std::vector{"a", "bcd", "\xF0\x9F\x98\x80", "xy"}));
    BOOST_TEST_REQUIRE(done.has_value());
    ByteWriter update;
    if (document_.encode_change(update)) unsent_.push_back(update.str());
  }
  /// Everything since it was asked last, as one update.
  std::string take_changes() {
    const std::vector<std::string_view> views(unsent_.begin(), unsent_.end());
    auto merged = merge_updates(views);
    BOOST_TEST_REQUIRE(merged.has_value());
    unsent_.clear();
    return *std::move(merged);
  }
  void pull(const Document& from) {
    BOOST_TEST_REQUIRE(
        document_.apply(from.encode_state(document_.state_vector())).has_value());
  }

 private:
  Document document_;
  std::vector<std::string> unsent_;
};

/// A text "ab" by client 1, and between its letters what others put there.
class Gap {
 public:
  Gap() { apply(UpdateBuilder().by(1, 0).text("ab").str()); }

  void apply(const std::string& update) {
    BOOST_TEST_REQUIRE(document.apply(update).has_value());
  }
  /// What it takes to find the place of a new item there.
  std::uint64_t steps_of(std::uint64_t client, std::optional<Id> left,
                         std::optional<Id> right) {
    IntegrationForecast forecast(document.replica(), kNoLimits);
    BOOST_TEST((add(forecast, client, 0, left, right) == Verdict::Fits));
    return forecast.steps();
  }
  static Verdict add(IntegrationForecast& forecast, std::uint64_t client, std::uint32_t clock,
                     std::optional<Id> left, std::optional<Id> right) {
    IntegrationForecast::NewItem item;
    item.client = ClientId{client};
    item.clock = Clock(clock);
    item.length = 1;
    item.kind = ContentKind::String;
    item.origin = left;
    item.right_origin = right;
    const DecodedParent content{.root = "content", .item = {}, .key = {}};
    if (!left && !right) item.parent = &content;
    return forecast.add(item, forecast.spot_for(item), /*last=*/false);
  }

  Document document{{.client = ClientId{99}}};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(integration_forecast)

BOOST_AUTO_TEST_CASE(everything_goes_where_it_was_said_to_go) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 300; ++round) {
    Document server({.client = ClientId{99}});
    const TypeRef text = server.text("content");
    Writer writers[] = {Writer(3), Writer(20), Writer(100)};
    for (int meeting = 0; meeting < 6; ++meeting) {
      for (Writer& writer : writers) {
        for (std::size_t edits = random.below(12); edits > 0; --edits) writer.write(random);
      }
      for (Writer& writer : writers) {
        if (random.one_in(4)) continue;
        const std::string update = writer.take_changes();
        IntegrationForecast forecast(server.replica(), kNoLimits);
        const std::vector<Id> expected = foretold(server, text, update, forecast);
        BOOST_TEST_REQUIRE(server.apply(update).has_value());
        BOOST_TEST_REQUIRE((units_of(server, text) == expected));
        if (random.one_in(2)) writer.pull(server);
      }
    }
    server.check_invariants();
  }
}

BOOST_AUTO_TEST_CASE(typing_takes_no_step) {
  Gap gap;
  BOOST_TEST(gap.steps_of(7, id(1, 0), id(1, 1)) == 0U);
  BOOST_TEST(gap.steps_of(7, id(1, 1), {}) == 0U);
  BOOST_TEST(gap.steps_of(7, {}, id(1, 0)) == 0U);
  Document empty({.client = ClientId{99}});
  IntegrationForecast forecast(empty.replica(), kNoLimits);
  BOOST_TEST((Gap::add(forecast, 7, 0, {}, {}) == Verdict::Fits));
  BOOST_TEST((Gap::add(forecast, 7, 1, id(7, 0), {}) == Verdict::Fits));
  BOOST_TEST(forecast.steps() == 0U);
}

BOOST_AUTO_TEST_CASE(what_others_put_at_the_same_place_takes_a_step_each) {
  Gap gap;
  gap.apply(UpdateBuilder()
                .by(2, 0)
                .text("x", {.left = id(1, 0), .right = id(1, 1)})
                .text("y", {.left = id(1, 0), .right = id(2, 0)})
                .text("z", {.left = id(2, 0), .right = id(1, 1)})
                .str());
  BOOST_TEST(gap.steps_of(7, id(1, 0), id(1, 1)) == 3U);
  // Here the first of them is the last that matters: it has the same origins and a higher
  // client.
  Gap other;
  other.apply(UpdateBuilder().by(9, 0).text("x", {.left = id(1, 0), .right = id(1, 1)}).str());
  other.apply(UpdateBuilder().by(10, 0).text("y", {.left = id(9, 0), .right = id(1, 1)}).str());
  BOOST_TEST(other.steps_of(7, id(1, 0), id(1, 1)) == 1U);
}

BOOST_AUTO_TEST_CASE(new_items_are_in_the_way_of_later_ones) {
  Gap gap;
  IntegrationForecast forecast(gap.document.replica(), kNoLimits);
  for (std::uint32_t i = 0; i < 10; ++i) {
    BOOST_TEST((Gap::add(forecast, 10 + i, 0, id(1, 0), id(1, 1)) == Verdict::Fits));
    BOOST_TEST(forecast.steps() == i * (i + 1) / 2);
  }
}

BOOST_AUTO_TEST_CASE(clients_from_the_highest_to_the_lowest_are_no_trouble) {
  Gap gap;
  IntegrationForecast forecast(gap.document.replica(), kNoLimits);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    BOOST_TEST_REQUIRE((Gap::add(forecast, 5000 - i, 0, id(1, 0), id(1, 1)) == Verdict::Fits));
  }
  BOOST_TEST(forecast.steps() == 999U);
}

BOOST_AUTO_TEST_CASE(a_long_text_counts_as_all_the_items_that_it_becomes) {
  Gap gap;
  IntegrationForecast forecast(gap.document.replica(), kNoLimits);
  IntegrationForecast::NewItem novel;
  novel.client = ClientId{2};
  novel.length = 1'000'000;
  novel.kind = ContentKind::String;
  novel.origin = id(1, 0);
  novel.right_origin = id(1, 1);
  BOOST_TEST((forecast.add(novel, forecast.spot_for(novel), /*last=*/false) == Verdict::Fits));
  BOOST_TEST((Gap::add(forecast, 3, 0, id(1, 0), id(1, 1)) == Verdict::Fits));
  BOOST_TEST(forecast.steps() > 1'000'000U / SequenceIndex::kMaxEntryBytes);
}

BOOST_AUTO_TEST_CASE(it_gives_up_as_soon_as_a_limit_is_passed) {
  Gap gap;
  UpdateBuilder crowd;
  crowd.by(2, 0).text("x", {.left = id(1, 0), .right = id(1, 1)});
  for (std::uint32_t i = 1; i < 1000; ++i)
    crowd.text("x", {.left = id(1, 0), .right = id(2, i - 1)});
  gap.apply(crowd.str());
  IntegrationForecast hurried(gap.document.replica(), {.steps = 10, .siblings = 1000});
  BOOST_TEST((Gap::add(hurried, 7, 0, id(1, 0), id(1, 1)) == Verdict::TooManySteps));
  BOOST_TEST(hurried.steps() == 11U);
  IntegrationForecast narrow(gap.document.replica(), {.steps = 1000, .siblings = 10});
  BOOST_TEST((Gap::add(narrow, 7, 0, id(1, 0), id(1, 1)) == Verdict::TooManySiblings));
  BOOST_TEST(narrow.steps() == 11U);
  IntegrationForecast wide(gap.document.replica(), {.steps = 1000, .siblings = 1000});
  BOOST_TEST((Gap::add(wide, 7, 0, id(1, 0), id(1, 1)) == Verdict::Fits));
}

BOOST_AUTO_TEST_CASE(a_right_origin_stands_behind_the_origin) {
  Gap gap;
  gap.apply(UpdateBuilder().by(2, 0).text("xyz", {.left = id(1, 0), .right = id(1, 1)}).str());
  const auto verdict = [&](std::optional<Id> left, std::optional<Id> right) {
    IntegrationForecast forecast(gap.document.replica(), kNoLimits);
    return Gap::add(forecast, 7, 0, left, right);
  };
  BOOST_TEST((verdict(id(1, 1), id(1, 0)) == Verdict::WrongWayRound));
  BOOST_TEST((verdict(id(1, 0), id(1, 0)) == Verdict::WrongWayRound));
  BOOST_TEST((verdict(id(2, 2), id(2, 1)) == Verdict::WrongWayRound));
  BOOST_TEST((verdict(id(2, 1), id(1, 0)) == Verdict::WrongWayRound));
  BOOST_TEST((verdict(id(2, 1), id(2, 2)) == Verdict::Fits));
  BOOST_TEST((verdict(id(1, 0), id(2, 2)) == Verdict::Fits));
  BOOST_TEST((verdict({}, id(1, 1)) == Verdict::Fits));
}

BOOST_AUTO_TEST_CASE(new_items_have_an_order_too) {
  Gap gap;
  IntegrationForecast forecast(gap.document.replica(), kNoLimits);
  // a 7:0 7:1 7:2 b, and 8:0 behind it all
  BOOST_TEST((Gap::add(forecast, 7, 0, id(1, 0), id(1, 1)) == Verdict::Fits));
  BOOST_TEST((Gap::add(forecast, 7, 1, id(7, 0), id(1, 1)) == Verdict::Fits));
  BOOST_TEST((Gap::add(forecast, 7, 2, id(7, 1), id(1, 1)) == Verdict::Fits));
  BOOST_TEST((Gap::add(forecast, 8, 0, id(1, 1), {}) == Verdict::Fits));
  const auto verdict = [&](Id left, Id right) {
    IntegrationForecast copy = forecast;
    return Gap::add(copy, 9, 0, left, right);
  };
  BOOST_TEST((verdict(id(7, 0), id(7, 2)) == Verdict::Fits));
  BOOST_TEST((verdict(id(7, 2), id(7, 0)) == Verdict::WrongWayRound));
  BOOST_TEST((verdict(id(7, 1), id(8, 0)) == Verdict::Fits));
  BOOST_TEST((verdict(id(8, 0), id(7, 1)) == Verdict::WrongWayRound));
  BOOST_TEST((verdict(id(7, 0), id(1, 0)) == Verdict::WrongWayRound));
  BOOST_TEST((verdict(id(1, 1), id(7, 0)) == Verdict::WrongWayRound));
}

BOOST_AUTO_TEST_CASE(the_replica_stays_as_it_is) {
  Gap gap;
  const std::string before = gap.document.encode_state();
  IntegrationForecast forecast(gap.document.replica(), kNoLimits);
  BOOST_TEST((Gap::add(forecast, 7, 0, id(1, 0), {}) == Verdict::Fits));
  BOOST_TEST((Gap::add(forecast, 8, 0, {}, {}) == Verdict::Fits));
  gap.document.check_invariants();
  BOOST_TEST(gap.document.encode_state() == before);
  BOOST_TEST((gap.document.replica().clients.find(ClientId{7}) == ClientRef::None));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
