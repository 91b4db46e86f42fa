#include "tests/bench/load/world.h"

#include <array>
#include <utility>

#include "daemon/loop/timer.h"
#include "protocol/base/hex.h"

namespace plait::load {

Result<std::unique_ptr<World>> World::make(const Options& options) {
  std::optional<net::TlsContext> tls;
  if (options.url.tls) {
    auto context = net::TlsContext::client();
    if (!context) return forward_error(context);
    tls = *std::move(context);
  }
  return std::unique_ptr<World>(new World(options, std::move(tls)));
}

World::World(const Options& options, std::optional<net::TlsContext> tls)
    : options_(options),
      server_(options.pid),
      tls_(std::move(tls)),
      masks_(random_),
      bench_(loop_, clock_),
      end_of_turn_(loop_, [this] { end_of_turn(); }) {
  const auto name = crypto::random_bytes<6>(random_);
  run_name_ = hex_of({reinterpret_cast<const char*>(name.data()), name.size()});
}

void World::end_of_turn() {
  if (at_end_of_turn_) at_end_of_turn_();
  bench_.end_of_turn();
  if (holds_ != nullptr && (!failure_.empty() || (*holds_)())) loop_.stop();
}

Result<void> World::run_until(const std::function<bool()>& holds, std::string_view what,
                              std::chrono::seconds patience) {
  bool is_late = false;
  loop::Timer deadline(loop_, [&] {
    is_late = true;
    loop_.stop();
  });
  deadline.start(patience);
  if (failure_.empty() && !holds()) {
    holds_ = &holds;
    loop_.run();
    holds_ = nullptr;
  }
  if (is_late) fail("waited in vain until " + std::string(what));
  if (!failure_.empty()) return plait::fail(ErrorCode::System, failure_);
  return {};
}

Result<void> World::run_for(std::chrono::milliseconds time) {
  bool is_over = false;
  loop::Timer timer(loop_, [&] { is_over = true; });
  timer.start(time);
  return run_until([&] { return is_over; }, "time passes",
                   std::chrono::duration_cast<std::chrono::seconds>(time) + kPatience);
}

void World::fail(std::string_view why) {
  if (failure_.empty()) failure_ = why;
}

net::ClientTarget World::target_of(const std::string& room) const {
  net::ClientTarget target;
  target.host = options_.url.host;
  target.port = options_.url.port;
  target.target = options_.url.path + '/' + room;
  target.tls = tls_ ? &*tls_ : nullptr;
  target.fingerprint = options_.fingerprint;
  return target;
}

std::string World::new_room() { return "load-" + run_name_ + '-' + std::to_string(rooms_++); }

}  // namespace plait::load
