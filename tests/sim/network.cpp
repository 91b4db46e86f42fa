#include "tests/sim/network.h"

#include <algorithm>

#include "daemon/net/channel.h"
#include "protocol/base/assert.h"
#include "tests/support/server_message.h"

namespace plait::sim {

void Line::begin(std::unique_ptr<net::Session> session, crypto::LoginChannel channel) {
  session_ = std::move(session);
  program_is_on_ = true;
  moved_at_ = now();
  support::ConnectLine& line = *this;
  program_.connected(line, std::move(channel));
}

void Line::later(MonotonicTime at, void (Line::*what)()) {
  around_.agenda.at(at, [line = shared_from_this(), what] { ((*line).*what)(); });
}

MonotonicTime Line::arrival(MonotonicTime& latest) {
  const Weather& weather = around_.weather;
  latest = std::max(latest, now() + chance_.between(weather.least, weather.most));
  return latest;
}

// What befalls it -----------------------------------------------------------------------------

void Line::cut(microseconds until_program_hears, microseconds until_server_hears) {
  to_server_is_cut_ = to_program_is_cut_ = true;
  later(now() + until_program_hears, &Line::hang_up_program);
  later(now() + until_server_hears, &Line::hang_up_server);
}

void Line::server_died(bool all_arrives, microseconds until_program_hears) {
  to_server_is_cut_ = true;
  if (!all_arrives) to_program_is_cut_ = true;
  hang_up_server();
  later(std::max(latest_at_program_, now() + until_program_hears), &Line::hang_up_program);
}

void Line::leave(microseconds until_server_hears) {
  program_is_on_ = false;
  to_program_is_cut_ = true;
  unread_.clear();
  latest_at_server_ = std::max(latest_at_server_, now() + until_server_hears);
  later(latest_at_server_, &Line::hang_up_server);
}

void Line::stall(MonotonicTime until) {
  stalled_until_ = std::max(stalled_until_, until);
  later(until, &Line::read);
}

void Line::jam(MonotonicTime until) {
  latest_at_server_ = std::max(latest_at_server_, until);
  latest_at_program_ = std::max(latest_at_program_, until);
}

void Line::hang_up_server() {
  if (session_ == nullptr) return;
  around_.trace.note(now(), "server hung up", actor_);
  session_->on_closed({});
  session_.reset();
}

void Line::hang_up_program() {
  if (!std::exchange(program_is_on_, false)) return;
  around_.trace.note(now(), "cut off", actor_);
  unread_.clear();
  program_.disconnected();
  if (on_over) on_over();
}

// From the program to the server --------------------------------------------------------------

void Line::say(net::MessageKind kind, std::string_view payload) {
  if (to_server_is_cut_) return;
  ++in_flight_;
  around_.agenda.at(arrival(latest_at_server_),
                    [line = shared_from_this(), kind, payload = std::string(payload)] {
                      line->arrive_at_server(kind, payload);
                    });
}

void Line::arrive_at_server(net::MessageKind kind, const std::string& payload) {
  --in_flight_;
  if (to_server_is_cut_ || session_ == nullptr || is_closing_) return;
  around_.trace.note(now(), "to server", actor_, payload);
  if (payload.size() > max_message_) return close(net::CloseCode::TooBig, "too large");
  session_->on_message(kind, payload);
}

// From the server to the program --------------------------------------------------------------

void Line::send(std::string_view frames) {
  if (!is_closing_) out_ += frames;
}

void Line::close(net::CloseCode code, std::string_view reason) {
  PLAIT_ASSERT(!is_closing_, "a connection to be closed once");
  is_closing_ = true;
  ending_ = net::Ending{code, std::string(reason)};
}

std::size_t Line::queued_bytes() const {
  // What is under way is in the kernels' buffers; what is not read after a while is not.
  const std::size_t waiting = out_.size() + unread_.size();
  return waiting * around_.weather.pressure;
}

void Line::end_of_turn() {
  if (session_ == nullptr) return;
  if (!out_.empty() && !to_program_is_cut_) {
    ++in_flight_;
    flying_bytes_ += out_.size();
    around_.agenda.at(arrival(latest_at_program_),
                      [line = shared_from_this(), bytes = std::exchange(out_, {})] {
                        line->arrive_at_program(bytes);
                      });
  }
  out_.clear();
  if (is_closing_) {
    to_server_is_cut_ = true;
    const MonotonicTime at = arrival(latest_at_program_);
    around_.trace.note(now(), "closed", actor_, ending_->reason);
    hang_up_server();
    later(at, &Line::hang_up_program);
    return;
  }
  const std::size_t queued = queued_bytes();
  if (queued > net::kMaxQueuedBytes || (queued > 0 && now() - moved_at_ > net::kStallTime)) {
    return cut({}, {});
  }
  if (queued > net::kBacklogBytes && !std::exchange(told_of_backlog_, true)) {
    session_->on_backlog();
  }
}

void Line::arrive_at_program(const std::string& bytes) {
  --in_flight_;
  flying_bytes_ -= bytes.size();
  if (to_program_is_cut_ || !program_is_on_) return;
  if (unread_.empty()) moved_at_ = now();
  unread_ += bytes;
  read();
}

void Line::read() {
  if (now() < stalled_until_ || unread_.empty()) return;
  const std::string arrived = std::exchange(unread_, {});
  std::string_view rest = arrived;
  while (!rest.empty() && program_is_on_) {
    const support::ServerMessage said = support::take_message(rest);
    if (around_.weather.loses_messages && chance_.one_in(50)) continue;
    around_.trace.note(now(), "to program", actor_, said.payload);
    program_.received(said.kind, said.payload);
  }
  if (session_ != nullptr && std::exchange(told_of_backlog_, false)) session_->on_drained();
}

}  // namespace plait::sim
