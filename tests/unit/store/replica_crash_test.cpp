#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include "tests/support/seeded_random.h"
#include "tests/unit/store/crash_disk.h"
#include "tests/unit/store/laptop.h"

namespace plait::store {
namespace {

using support::SeededRandom;
using support::SteppedReplicaStore;
namespace data = boost::unit_test::data;

const std::array<std::string, 3> kNames = {"a", "b", "c"};  // of the documents

/// The updates of a document as this test writes them: four bytes each, all different. A
/// snapshot is all of them, one behind the other.
std::vector<std::string> updates_in(const ReplicaDocument& document) {
  std::string all = document.snapshot;
  for (const std::string& updates : document.tail) all += updates;
  BOOST_TEST_REQUIRE(all.size() % 4 == 0U);
  std::vector<std::string> updates;
  for (std::size_t at = 0; at < all.size(); at += 4) updates.push_back(all.substr(at, 4));
  return updates;
}

/// Whether `all` has the parts in their order, with others between them.
bool has_in_order(const std::vector<std::string>& all, const std::vector<std::string>& parts) {
  auto part = parts.begin();
  for (const std::string& one : all) {
    if (part != parts.end() && *part == one) ++part;
  }
  return part == parts.end();
}

struct Ledger {
  std::vector<std::string> asked;
  std::vector<std::string> answered;
};

/// What was put last with success, and what was asked for since.
struct Slot {
  std::optional<std::string> answered;
  std::set<std::string> maybe;
};

/// A client's life on a disk, and what it was promised.
class Life {
 public:
  Life(CrashDisk& disk, std::uint64_t seed) : disk_(disk), random_(seed) {}

  /// Lives until its end, or until a commit fails and `stop_at_error` says so.
  void live(bool stop_at_error) {
    store_ = open_store();
    if (!store_ && !stop_at_error) store_ = open_store();
    if (!store_) return;
    constexpr int kGroups = 20;
    for (int group = 0; group < kGroups; ++group) {
      if (!joined_) join();
      for (const std::string& name : kNames) {
        if (!open_.contains(name)) open(name);
      }
      ask_for_things();
      failed_ = false;
      store_->commit();
      if (failed_ && stop_at_error) return;
      static_cast<void>(store_->steps().core().tidy());
    }
  }
  void die() { store_.reset(); }

  /// The next life reads what this one left.
  void check_what_is_left() {
    std::string why;
    store_ = open_store(&why);
    BOOST_TEST_REQUIRE(store_ != nullptr, why);
    if (!joined_) return;
    Asking ask(*store_);
    BOOST_TEST(store_->load_workspaces()->size() == 1U);
    for (const std::string& name : kNames) {
      const auto document = ask.open(name);
      BOOST_TEST_REQUIRE(document.has_value());
      const auto updates = updates_in(*document);
      BOOST_TEST(has_in_order(updates, ledgers_[name].answered));
      BOOST_TEST(has_in_order(ledgers_[name].asked, updates));
    }
    BOOST_TEST_REQUIRE(ask.put_clients(leased_).has_value());
    while (const auto taken = ask.take_client()) {
      BOOST_TEST(taken_.insert(taken->client).second);
    }
    const auto base = ask.now<std::optional<std::string>>(
        [&](auto answer) { store_->base("w", "f", std::move(answer)); });
    BOOST_TEST_REQUIRE(base.has_value());
    const bool known = base->has_value() && base_.maybe.contains(**base);
    BOOST_TEST((*base == base_.answered || known));
    const auto outbox = ask.now<std::vector<OutgoingMessage>>(
        [&](auto answer) { store_->load_outgoing("w", std::move(answer)); });
    std::set<std::string> waiting;
    for (const OutgoingMessage& message : *outbox) waiting.insert(message.id);
    BOOST_TEST(std::ranges::includes(waiting, outgoing_));
  }

 private:
  std::unique_ptr<SteppedReplicaStore> open_store(std::string* why = nullptr) {
    auto store = SteppedReplicaStore::open({"/replica.db", disk_.vfs_name()});
    if (!store && why != nullptr) *why = store.error().message;
    return store ? *std::move(store) : nullptr;
  }

  void join() {
    store_->put_workspace(workspace_named("w"), [this](const Result<void>& done) {
      failed_ = failed_ || !done;
      joined_ = done.has_value();
    });
  }

  void open(const std::string& name) {
    store_->open_document("w", name, [this, name](const Result<ReplicaDocument>& document) {
      failed_ = failed_ || !document;
      if (!document) return;
      // While the process lives, exactly what was answered is there.
      BOOST_TEST(updates_in(*document) == ledgers_[name].answered);
      open_.insert(name);
    });
  }

  void ask_for_things() {
    for (std::size_t count = random_.below(6); count > 0; --count) append();
    if (random_.one_in(3)) compact();
    if (random_.one_in(3)) take_client();
    if (random_.one_in(3)) put_base();
    if (random_.one_in(3)) send();
  }

  void append() {
    const std::string name = random_.pick(kNames);
    if (!open_.contains(name)) return;
    const std::string update = "\3" + std::to_string(100 + count_++);
    ledgers_[name].asked.push_back(update);
    const Haste haste = random_.one_in(2) ? Haste::Now : Haste::CanWait;
    store_->append("w", name, update, haste,
                   [this, name, update](const Result<std::size_t>& done) {
                     failed_ = failed_ || !done;
                     if (done) ledgers_[name].answered.push_back(update);
                     if (!done) open_.erase(name);
                   });
  }

  void compact() {
    const std::string name = random_.pick(kNames);
    if (!open_.contains(name)) return;
    std::string state;
    // All that was asked for: the core knows what it has typed.
    for (const std::string& update : ledgers_[name].asked) state += update;
    const auto all = ledgers_[name].asked;
    store_->put_snapshot("w", name, state, [this, name, all](const Result<void>& done) {
      failed_ = failed_ || !done;
      if (!done) return;
      ledgers_[name].answered = all;
      open_.insert(name);
    });
  }

  void take_client() {
    leased_.push_back(static_cast<std::uint64_t>(leased_.size()) + 1);
    store_->put_clients("w", leased_, {});
    store_->take_client("w", [this](const Result<TakenClient>& taken) {
      failed_ = failed_ || !taken;
      if (taken) BOOST_TEST(taken_.insert(taken->client).second);
    });
  }

  void put_base() {
    const std::string text = std::to_string(count_++);
    base_.maybe.insert(text);
    store_->put_base("w", "f", text, [this, text](const Result<void>& done) {
      failed_ = failed_ || !done;
      if (!done) return;
      base_ = {text, {}};
    });
  }

  void send() {
    const std::string id = std::to_string(count_++);
    store_->put_outgoing("w", {id, "hello"}, [this, id](const Result<void>& done) {
      failed_ = failed_ || !done;
      if (done) outgoing_.insert(id);
    });
  }

  CrashDisk& disk_;
  SeededRandom random_;
  std::unique_ptr<SteppedReplicaStore> store_;
  std::map<std::string, Ledger> ledgers_;
  std::set<std::string> open_;
  std::vector<std::uint64_t> leased_;
  std::set<std::uint64_t> taken_;
  std::set<std::string> outgoing_;
  Slot base_;
  int count_ = 0;
  bool joined_ = false;
  bool failed_ = false;
};

/// How many calls of the disk a life without faults makes.
std::size_t calls_of_a_life(std::uint64_t seed) {
  CrashDisk disk(seed);
  Life life(disk, seed);
  life.live(/*stop_at_error=*/false);
  life.die();
  return disk.calls();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(replica_crash)

const auto kSeeds = data::xrange(std::uint64_t{1}, std::uint64_t{3});

BOOST_DATA_TEST_CASE(what_was_answered_survives_a_power_cut_at_any_call, kSeeds, seed) {
  const std::size_t calls = calls_of_a_life(seed);
  BOOST_TEST(calls > 100U);
  for (std::size_t at = 0; at < calls; ++at) {
    BOOST_TEST_CONTEXT("seed " << seed << ", power cut at call " << at) {
      CrashDisk disk(seed + at);
      disk.fail_after(at, CrashDisk::Fault::PowerCut);
      Life life(disk, seed);
      life.live(/*stop_at_error=*/true);
      life.die();
      disk.restart();
      life.check_what_is_left();
    }
  }
}

BOOST_DATA_TEST_CASE(the_client_goes_on_after_any_call_that_fails_once, kSeeds, seed) {
  const std::size_t calls = calls_of_a_life(seed);
  for (std::size_t at = 0; at < calls; ++at) {
    BOOST_TEST_CONTEXT("seed " << seed << ", error at call " << at) {
      CrashDisk disk(seed + at);
      disk.fail_after(at, CrashDisk::Fault::Error);
      Life life(disk, seed);
      life.live(/*stop_at_error=*/false);
      life.die();
      disk.restart();
      life.check_what_is_left();
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
