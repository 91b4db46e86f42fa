#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/seeded_random.h"
#include "tests/unit/store/stepped_store.h"

namespace plait::store {
namespace {

using support::SeededRandom;
namespace data = boost::unit_test::data;

const std::array<std::string, 2> kNames = {"a", "b"};  // of the documents

/// The updates of a document as this test writes them: four bytes each, all different. A
/// snapshot is all of them, one behind the other.
std::vector<std::string> updates_in(const LoadedDocument& document) {
  std::string all = document.snapshot;
  for (const std::string& entry : document.tail) all += entry;
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

/// A server's life on a disk, and what it was promised.
class Life {
 public:
  Life(CrashDisk& disk, std::uint64_t seed) : disk_(disk), random_(seed) {}

  /// Lives until its end, or until a commit fails and `stop_at_error` says so.
  void live(bool stop_at_error) {
    store_ = SteppedStore::open(disk_);
    if (!store_ && !stop_at_error) store_ = SteppedStore::open(disk_);
    if (!store_) return;
    constexpr int kGroups = 20;
    for (int group = 0; group < kGroups; ++group) {
      for (const std::string& name : kNames) {
        if (!keys_.contains(name)) open(name);
      }
      ask_for_things();
      failed_ = false;
      store_->commit();
      if (failed_ && stop_at_error) return;
      static_cast<void>(store_->core().tidy());
    }
  }
  void die() { store_.reset(); }

  /// The next life reads what this one left.
  void check_what_is_left() {
    std::string why;
    store_ = SteppedStore::open(disk_, &why);
    BOOST_TEST_REQUIRE(store_ != nullptr, why);
    const auto report = store_->verify_now();
    BOOST_TEST_REQUIRE(report.has_value());
    BOOST_TEST(report->ok());
    for (const std::string& name : kNames) {
      const auto document = store_->open_now(name);
      BOOST_TEST_REQUIRE(document.has_value());
      const auto updates = updates_in(*document);
      const Ledger& ledger = ledgers_[name];
      BOOST_TEST(has_in_order(updates, ledger.answered));
      BOOST_TEST(has_in_order(ledger.asked, updates));
      BOOST_TEST(document->last_sequence >= last_sequence_[name]);
      BOOST_TEST(document->generation == generation(document->generation));
    }
    const auto lease = store_->now<ClientLease>([&](auto answer) {
      store_->lease_clients({"w", "ann", "", 1}, std::move(answer));
    });
    BOOST_TEST(!leased_.contains(lease->first));
    for (const std::uint64_t sequence : messages_) {
      BOOST_TEST(store_
                     ->now<Message>([&](auto answer) {
                       store_->message("w", sequence, std::move(answer));
                     })
                     .has_value());
    }
  }

 private:
  std::uint64_t generation(std::uint64_t seen) {
    if (generation_ == 0) generation_ = seen;
    return generation_;
  }

  void open(const std::string& name) {
    store_->open_document("w", name, [this, name](Result<LoadedDocument> document) {
      failed_ = failed_ || !document;
      if (!document) return;
      // While the process lives, exactly what was answered is there.
      BOOST_TEST(updates_in(*document) == ledgers_[name].answered);
      generation(document->generation);
      keys_[name] = document->key;
    });
  }

  void ask_for_things() {
    for (std::size_t count = random_.below(6); count > 0; --count) append();
    if (random_.one_in(3)) compact();
    if (random_.one_in(3)) {
      store_->lease_clients({"w", "ann", "", 2}, [this](Result<ClientLease> lease) {
        failed_ = failed_ || !lease;
        if (!lease) return;
        BOOST_TEST(leased_.insert(lease->first).second);
        BOOST_TEST(leased_.insert(lease->first + 1).second);
      });
    }
    if (random_.one_in(3)) {
      NewMessage message{"w", "ann", kNow, std::to_string(++nonce_), "hello there", {}, {}};
      store_->post_message(message, [this](Result<Posted> posted) {
        failed_ = failed_ || !posted;
        if (posted) messages_.insert(posted->sequence);
      });
    }
  }

  void append() {
    const std::string name = random_.pick(kNames);
    if (!keys_.contains(name)) return;
    std::string number = std::to_string(100 + count_++);
    const std::string update = "\3" + number;
    ledgers_[name].asked.push_back(update);
    const Author author{random_.one_in(2) ? "ann" : "bob"};
    store_->append(keys_[name], author, update, [this, name, update](Result<Appended> done) {
      if (!done) {
        failed_ = true;
        keys_.erase(name);
        return;
      }
      ledgers_[name].answered.push_back(update);
      last_sequence_[name] = done->sequence;
    });
  }

  void compact() {
    const std::string name = random_.pick(kNames);
    if (!keys_.contains(name)) return;
    std::string state;
    for (const std::string& update : ledgers_[name].answered) state += update;
    store_->put_snapshot(keys_[name], last_sequence_[name], state,
                         [this](const Result<void>& done) { failed_ = failed_ || !done; });
  }

  CrashDisk& disk_;
  SeededRandom random_;
  std::unique_ptr<SteppedStore> store_;
  std::map<std::string, DocumentKey> keys_;
  std::map<std::string, Ledger> ledgers_;
  std::map<std::string, std::uint64_t> last_sequence_;
  std::set<std::uint64_t> leased_;
  std::set<std::uint64_t> messages_;
  std::uint64_t generation_ = 0;
  int count_ = 0;
  int nonce_ = 0;
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

BOOST_AUTO_TEST_SUITE(crash)

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

BOOST_DATA_TEST_CASE(the_server_goes_on_after_any_call_that_fails_once, kSeeds, seed) {
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
