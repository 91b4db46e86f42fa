#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "daemon/crdt/document.h"
#include "daemon/crdt/relative_position.h"
#include "protocol/base/result.h"
#include "tests/demo/schedule.h"
#include "tests/support/trace.h"

namespace plait::demo {

/// One author's replica, and what it knows of the other's cursor.
struct Side {
  explicit Side(crdt::ClientId client)
      : document({.client = client}), text(document.text("content")) {}

  crdt::Document document;
  crdt::TypeRef text;
  // Cursors stay where they are while the text moves under them.
  std::optional<crdt::RelativePosition> cursor;
  std::optional<crdt::RelativePosition> other_cursor;
  std::size_t typed = 0;   ///< transactions
  std::size_t unsent = 0;  ///< those that no packet has taken along

  struct Arrival {
    Tick at = 0;
    crdt::Clock known;  ///< of the other client, before it
  };
  std::deque<Arrival> arrivals;  ///< the latest ones
};

struct Packet {
  std::uint32_t sender = 0;
  std::size_t txns = 0;
  Tick departed = 0;
  Tick arrives = 0;
  std::string update;
  std::string cursor;  ///< a relative position

  [[nodiscard]] std::size_t bytes() const noexcept { return update.size() + cursor.size(); }
};

struct Numbers {
  std::size_t edits = 0;
  std::size_t packets = 0;
  std::size_t bytes = 0;
  std::size_t conflicts = 0;  ///< packets that met typing their sender had not seen
};

/// What has to be true in the end.
struct Outcome {
  bool same_text = false;
  bool same_bytes = false;   ///< of the whole encoded state
  bool as_recorded = false;  ///< the text
  std::size_t characters = 0;
  std::size_t state_bytes = 0;

  [[nodiscard]] bool good() const noexcept { return same_text && same_bytes && as_recorded; }
};

/// Two replicas that edit one text as two people once did, over a wire that takes its time.
/// There is no clock in here: whoever owns it says how far virtual time has come.
class Session {
 public:
  /// Both outlive the session.
  Session(const support::Trace& trace, const Schedule& schedule)
      : trace_(trace), schedule_(schedule), typed_(trace.txns.size()) {}

  /// Plays everything up to and including `until`.
  Result<void> advance(Tick until);

  [[nodiscard]] Tick now() const noexcept { return now_; }
  [[nodiscard]] bool at_end() const noexcept { return next_ == schedule_.events.size(); }
  [[nodiscard]] const Side& side(std::uint32_t author) const { return sides_.at(author); }
  /// The id that an author's replica inserts under.
  [[nodiscard]] static crdt::ClientId client_of(std::uint32_t author) noexcept {
    return crdt::ClientId{author + std::uint64_t{1}};
  }
  [[nodiscard]] const std::deque<Packet>& in_flight() const noexcept { return in_flight_; }
  [[nodiscard]] const Numbers& numbers() const noexcept { return numbers_; }
  /// Transactions that one of the replicas lacks.
  [[nodiscard]] std::size_t apart() const noexcept;
  [[nodiscard]] bool texts_are_equal() const;
  [[nodiscard]] Outcome outcome() const;

 private:
  /// What a transaction has to say to the other side.
  struct Typed {
    std::string update;
    std::string cursor;
  };

  Result<void> type(std::uint32_t txn);
  Result<void> depart(const Delivery& delivery);
  Result<void> arrive(const Delivery& delivery);

  const support::Trace& trace_;
  const Schedule& schedule_;
  std::array<Side, 2> sides_{Side(client_of(0)), Side(client_of(1))};
  std::vector<Typed> typed_;      ///< by transaction, until it is sent
  std::deque<Packet> in_flight_;  ///< in the order of their departures
  Numbers numbers_;
  Tick now_ = 0;
  std::size_t next_ = 0;
};

}  // namespace plait::demo
