#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crypto/login_proof.h"
#include "daemon/net/close_code.h"
#include "daemon/net/peer.h"
#include "daemon/support/clock.h"
#include "tests/sim/chance.h"
#include "tests/sim/trace.h"
#include "tests/support/connect_client.h"

namespace plait::sim {

using std::chrono::microseconds;

/// Time that passes from one event to the next.
class SimClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return now_; }
  [[nodiscard]] WallTime wall() const override {
    const auto passed = now_ - MonotonicTime{std::chrono::hours{1}};
    return {1'700'000'000'000 +
            std::chrono::duration_cast<std::chrono::milliseconds>(passed).count()};
  }
  void set(MonotonicTime now) { now_ = now; }

 private:
  MonotonicTime now_{std::chrono::hours{1}};
};

/// What is to happen, in the order of its time, and of being scheduled.
class Agenda {
 public:
  void at(MonotonicTime time, std::function<void()> what) {
    queue_.push({time, ++scheduled_, std::move(what)});
  }
  [[nodiscard]] std::optional<MonotonicTime> next() const {
    if (queue_.empty()) return std::nullopt;
    return queue_.top().time;
  }
  /// Does the first thing.
  void step() {
    const std::function<void()> what = queue_.top().what;  // copied: it may schedule more
    queue_.pop();
    what();
  }

 private:
  struct Event {
    MonotonicTime time;
    std::uint64_t number;
    std::function<void()> what;
    bool operator<(const Event& other) const {  // the highest is the first
      return std::pair(other.time, other.number) < std::pair(time, number);
    }
  };
  std::priority_queue<Event> queue_;
  std::uint64_t scheduled_ = 0;
};

/// A program that speaks over a Line.
class Program {
 public:
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  virtual ~Program() = default;
  virtual void connected(support::ConnectLine& line, crypto::LoginChannel channel) = 0;
  virtual void received(net::MessageKind kind, std::string_view payload) = 0;
  virtual void disconnected() = 0;
};

/// How the network is.
struct Weather {
  microseconds least{50};
  microseconds most{500};
  /// What a byte that waits counts as, so that little text brings queues to their bounds.
  std::size_t pressure = 1;
  /// A mistake that is there to be found: now and then a message gets lost on its way.
  bool loses_messages = false;
};

/// One connection, from the program at one end to the server's session at the other. Within it
/// nothing is lost or overtakes anything, until it is cut.
///
/// It is shared by the world and by everything on the agenda that is about it, which may come
/// when it is long over.
class Line final : public net::Peer,
                   public support::ConnectLine,
                   public std::enable_shared_from_this<Line> {
 public:
  /// What a line needs of the world. All of it outlives the line.
  struct Around {
    Agenda& agenda;
    SimClock& clock;
    Trace& trace;
    const Weather& weather;
  };
  Line(Around around, std::size_t actor, Program& program, Chance chance)
      : around_(around), actor_(actor), program_(program), chance_(chance) {}

  /// Both ends are there.
  void begin(std::unique_ptr<net::Session> session, crypto::LoginChannel channel);

  // What befalls it.
  /// Nothing gets through any more. The ends hear of it in a while, or never.
  void cut(microseconds until_program_hears, microseconds until_server_hears);
  /// The server is gone: what it had sent may still arrive, or may not.
  void server_died(bool all_arrives, microseconds until_program_hears);
  /// The program has gone and hears nothing more. The server does, once all that was said has
  /// arrived.
  void leave(microseconds until_server_hears = {});
  /// The program reads nothing until then.
  void stall(MonotonicTime until);
  /// Nothing moves until then.
  void jam(MonotonicTime until);

  /// The edge at the end of the server's turn.
  void end_of_turn();
  /// Neither end knows of it any more.
  [[nodiscard]] bool is_over() const noexcept { return !session_ && !program_is_on_; }
  [[nodiscard]] bool program_is_on() const noexcept { return program_is_on_; }
  [[nodiscard]] std::size_t actor() const noexcept { return actor_; }
  /// Something is on its way.
  [[nodiscard]] bool is_busy() const noexcept { return in_flight_ > 0 || !unread_.empty(); }
  /// When the program was told that it is over, and what the server had said.
  [[nodiscard]] const std::optional<net::Ending>& ending() const noexcept { return ending_; }

  // net::Peer
  void send(std::string_view frames) override;
  void close(net::CloseCode code, std::string_view reason) override;
  [[nodiscard]] std::size_t queued_bytes() const override;
  void set_max_message(std::size_t bytes) override { max_message_ = bytes; }
  // support::ConnectLine
  void say(net::MessageKind kind, std::string_view payload) override;

  /// Called when the program has heard that it is over.
  std::function<void()> on_over;

 private:
  [[nodiscard]] MonotonicTime now() const { return around_.clock.now(); }
  [[nodiscard]] MonotonicTime arrival(MonotonicTime& latest);
  void later(MonotonicTime at, void (Line::*what)());
  void arrive_at_server(net::MessageKind kind, const std::string& payload);
  void arrive_at_program(const std::string& bytes);
  void read();
  void hang_up_server();
  void hang_up_program();

  Around around_;
  const std::size_t actor_;
  Program& program_;
  Chance chance_;
  std::unique_ptr<net::Session> session_;
  bool program_is_on_ = false;
  bool to_server_is_cut_ = false;
  bool to_program_is_cut_ = false;
  std::string out_;     ///< what the session said in this turn
  std::string unread_;  ///< what has arrived at a program that does not read
  std::size_t in_flight_ = 0;
  std::size_t flying_bytes_ = 0;  ///< to the program
  MonotonicTime latest_at_server_;
  MonotonicTime latest_at_program_;
  MonotonicTime stalled_until_;
  MonotonicTime moved_at_;  ///< when the program last read something that waited
  bool told_of_backlog_ = false;
  bool is_closing_ = false;
  std::size_t max_message_ = net::kMaxMessageBytesBeforeLogin;
  std::optional<net::Ending> ending_;
};

}  // namespace plait::sim
