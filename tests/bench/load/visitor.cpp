#include "tests/bench/load/visitor.h"

#include <algorithm>
#include <utility>

namespace plait::load {

Visitor::Visitor(World& world, std::string room, Listener* listener, std::size_t index,
                 Baggage baggage)
    : world_(world),
      room_(std::move(room)),
      listener_(listener),
      index_(index),
      baggage_(baggage),
      connection_(world.bench(), world.masks(),
                  static_cast<net::ClientConnection::Handler&>(*this)) {}

Result<void> Visitor::start() { return connection_.start(world_.target_of(room_)); }

void Visitor::leave() {
  is_leaving_ = true;
  connection_.close(net::CloseCode::Normal, {});
}

void Visitor::say(Sync what, std::string_view payload) {
  plait::load::say(world_.options().dialect, room_, what, payload, message_);
  connection_.send(net::MessageKind::Binary, message_.view());
}

void Visitor::on_open(std::string_view) {
  if (world_.options().dialect == Dialect::Hocuspocus) {
    say_login(room_, message_);
    connection_.send(net::MessageKind::Binary, message_.view());
  } else {
    say(Sync::Vector, baggage_.vector);
  }
}

void Visitor::on_message(net::MessageKind, std::string_view payload) {
  const Heard heard = hear(world_.options().dialect, payload);
  switch (heard.kind) {
    case Heard::Kind::Update:
      if (listener_ != nullptr) listener_->on_update(*this, heard.payload);
      return;
    case Heard::Kind::Answer:
      is_synced_ = true;
      if (listener_ != nullptr) listener_->on_update(*this, heard.payload);
      return;
    case Heard::Kind::Vector:
      server_vector_ = heard.payload;
      was_asked_ = true;
      say(Sync::Answer, baggage_.update);
      return;
    case Heard::Kind::Welcome: return say(Sync::Vector, baggage_.vector);
    case Heard::Kind::Other: return;
    case Heard::Kind::Broken: world_.fail("the server said something that makes no sense");
  }
}

void Visitor::on_closed(const net::Ending& ending) {
  is_gone_ = true;
  if (is_leaving_) return;
  world_.fail("a connection ended with " + std::to_string(number(ending.code)) + ": " +
              ending.reason);
}

Result<void> admit(World& world, std::vector<std::unique_ptr<Visitor>>& visitors,
                   std::size_t count,
                   const std::function<std::unique_ptr<Visitor>(std::size_t)>& make) {
  std::size_t started = 0;
  std::size_t synced = 0;
  const std::size_t first = visitors.size();
  visitors.reserve(first + count);
  const auto all_are_synced = [&] {
    // Those who wait for an answer are among the latest.
    while (synced < started && visitors[first + synced]->is_synced()) ++synced;
    while (started < count && started < synced + kConnectingAtOnce) {
      visitors.push_back(make(started++));
      if (auto done = visitors.back()->start(); !done) world.fail(done.error().message);
    }
    return synced == count;
  };
  return world.run_until(all_are_synced, "everybody is connected and synced",
                         std::chrono::seconds{120});
}

}  // namespace plait::load
