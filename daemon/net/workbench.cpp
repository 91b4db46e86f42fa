#include "daemon/net/workbench.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/net/channel.h"
#include "protocol/base/assert.h"

namespace plait::net {
namespace {

constexpr std::chrono::seconds kTick{1};

}  // namespace

// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): plaintext_ is written before it is read
Workbench::Workbench(loop::Loop& loop, const Clock& clock)
    : loop_(loop), clock_(clock), timer_(loop, [this] { tick(); }) {}

Workbench::~Workbench() {
  discarded_.clear();
  PLAIT_ASSERT(channels_.empty(), "all channels to go before what they share");
}

void Workbench::end_of_turn() {
  // A channel that goes may make others say so: the list grows while it is worked off.
  for (std::size_t i = 0; i < to_flush_.size(); ++i) {
    if (to_flush_[i] != nullptr) to_flush_[i]->flush();
  }
  to_flush_.clear();
  // What goes may discard more.
  const auto going = std::exchange(discarded_, {});
}

void Workbench::tick() {
  const MonotonicTime now = clock_.now();
  // New channels come behind those that are there, and none goes before the turn ends.
  for (std::size_t i = 0; i < channels_.size(); ++i) channels_[i]->tick(now);
}

void Workbench::discard(std::unique_ptr<Connection> connection) {
  discarded_.push_back(std::move(connection));
}

void Workbench::attach(Channel& channel) {
  channel.position_ = channels_.size();
  channels_.push_back(&channel);
  if (channels_.size() == 1) timer_.start(kTick, kTick);
}

void Workbench::detach(Channel& channel) noexcept {
  Channel* const last = channels_.back();
  last->position_ = channel.position_;
  channels_[channel.position_] = last;
  channels_.pop_back();
  if (channels_.empty()) timer_.stop();
  if (channel.is_dirty_) {
    std::replace(to_flush_.begin(), to_flush_.end(), &channel, static_cast<Channel*>(nullptr));
  }
}

void Workbench::will_flush(Channel& channel) { to_flush_.push_back(&channel); }

std::string Workbench::take_buffer() {
  if (spare_buffers_.empty()) return {};
  std::string buffer = std::move(spare_buffers_.back());
  spare_buffers_.pop_back();
  return buffer;
}

void Workbench::give_back(std::string buffer) {
  if (buffer.capacity() > kMaxSpareBytes || spare_buffers_.size() == kMaxSpareBuffers) return;
  buffer.clear();
  spare_buffers_.push_back(std::move(buffer));
}

}  // namespace plait::net
