#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "daemon/support/clock.h"
#include "tests/sim/chance.h"
#include "tests/sim/network.h"
#include "tests/sim/trace.h"

namespace plait::sim {

/// Has a store that is stepped (stepped_core.h) commit what it was asked for as a disk does:
/// later, all of it in one go. Both outlive it, and what it has put on the agenda.
template <class Store>
class Commits {
 public:
  struct Around {
    Agenda& agenda;
    const SimClock& clock;
    Trace& trace;
    Chance& chance;
  };
  Commits(Store& store, Around around, std::size_t who, microseconds most)
      : store_(store), around_(around), who_(who), most_(most) {}
  Commits(const Commits&) = delete;
  Commits& operator=(const Commits&) = delete;
  ~Commits() = default;

  /// Nothing is written until then.
  void stand_until(MonotonicTime until) { stands_until_ = std::max(stands_until_, until); }
  void fail_next() { next_fails_ = true; }
  /// The disk is full, or it is not any more: all commits fail.
  void set_full(bool is_full) { is_full_ = is_full; }
  /// Nothing goes wrong any more.
  void heal() {
    most_ = std::min<microseconds>(most_, std::chrono::milliseconds{1});
    stands_until_ = around_.clock.now();
    next_fails_ = is_full_ = false;
  }

  /// At the end of a turn.
  void begin() {
    if (is_committing_ || store_.asked() == 0) return;
    is_committing_ = true;
    count_ = store_.asked();
    const MonotonicTime at = std::max(around_.clock.now(), stands_until_) +
                             around_.chance.between(microseconds{0}, most_);
    around_.agenda.at(at, [this, life = life_] {
      if (life == life_) commit();
    });
  }
  /// What has not been written is lost.
  void stop() {
    store_.lose_unsynced();
    ++life_;
    is_committing_ = false;
  }
  /// The same; but a commit that was under way has happened, or it has not.
  void crash(Chance& chance) {
    if (is_committing_ && chance.one_in(2)) store_.sync(count_);
    stop();
  }

  /// Called when something has been written, before anybody is told.
  std::function<void()> on_synced;

 private:
  void commit() {
    const MonotonicTime now = around_.clock.now();
    is_committing_ = false;
    const bool fails = std::exchange(next_fails_, false) || is_full_;
    around_.trace.note(now, fails ? "commit fails" : "commit", who_);
    if (fails) {
      store_.fail_sync(count_);
    } else {
      store_.sync(count_);
      if (on_synced) on_synced();
    }
    const auto pause = around_.chance.between(microseconds{0}, microseconds{200});
    around_.agenda.at(now + pause, [this, life = life_] {
      if (life == life_) store_.answer();
    });
  }

  Store& store_;
  const Around around_;
  const std::size_t who_;
  microseconds most_;
  std::uint64_t life_ = 0;
  bool is_committing_ = false;
  std::size_t count_ = 0;  ///< that is being written, of what was asked for
  bool next_fails_ = false;
  bool is_full_ = false;
  MonotonicTime stands_until_;
};

}  // namespace plait::sim
