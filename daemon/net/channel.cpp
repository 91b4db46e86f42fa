#include "daemon/net/channel.h"

#include <algorithm>
#include <utility>

#include "daemon/net/workbench.h"
#include "protocol/base/assert.h"

namespace plait::net {
namespace {

/// What is encrypted and written at a time. A turn's output is one slice, unless the peer has
/// been slow; then the rest stays unencrypted until it takes more.
constexpr std::size_t kSliceBytes = std::size_t{256} << 10;

}  // namespace

Channel::Channel(Workbench& bench, std::unique_ptr<loop::Stream> stream,
                 std::unique_ptr<TlsSession> tls, ChannelHandler& handler)
    : bench_(bench), handler_(handler), stream_(std::move(stream)), tls_(std::move(tls)) {
  started_at_ = heard_at_ = moved_at_ = bench_.now();
  bench_.attach(*this);
}

Channel::~Channel() { bench_.detach(*this); }

void Channel::start() {
  stream_->start_reading(*this);
  if (!tls_) {
    become_ready();
    return;
  }
  bench_.ciphertext_.clear();
  if (auto started = tls_->start(bench_.ciphertext_); !started) abort(started.error().message);
  stream_->write(bench_.ciphertext_);
}

void Channel::send(std::string_view bytes) {
  if (is_finishing_ || is_gone_ || bytes.empty()) return;
  PLAIT_ASSERT(is_ready_, "bytes to be sent on a channel that is ready");
  if (queued_bytes() + bytes.size() > kMaxQueuedBytes) {
    abort("the peer is too slow: too much waits for it");
    return;
  }
  if (outgoing_.empty()) outgoing_ = bench_.take_buffer();
  outgoing_.append(bytes);
  ask_for_flush();
}

void Channel::finish() {
  if (is_finishing_ || is_gone_) return;
  is_finishing_ = true;
  finishing_since_ = bench_.now();
  ask_for_flush();
}

void Channel::abort(std::string_view why) {
  if (is_gone_ || !abort_why_.empty()) return;
  abort_why_ = why;
  ask_for_flush();
}

std::size_t Channel::queued_bytes() const noexcept {
  return outgoing_.size() - sent_ + stream_->queued_bytes();
}

MonotonicTime::duration Channel::silence(MonotonicTime now) const noexcept {
  return now - heard_at_;
}

void Channel::ask_for_flush() {
  if (std::exchange(is_dirty_, true)) return;
  bench_.will_flush(*this);
}

// --- Out ---------------------------------------------------------------------------------

void Channel::flush() {
  is_dirty_ = false;
  if (is_gone_) return;
  if (!abort_why_.empty()) {
    be_gone(abort_why_);
    return;
  }
  while (sent_ < outgoing_.size() && stream_->queued_bytes() == 0 && abort_why_.empty()) {
    const std::string_view outgoing = outgoing_;
    const std::string_view slice = outgoing.substr(sent_, kSliceBytes);
    sent_ += slice.size();
    write_slice(slice, sent_ == outgoing_.size());
  }
  drop_sent();
  if (is_finishing_) {
    if (outgoing_.empty()) end_output();
  } else {
    tell_of_backlog();
  }
}

void Channel::tell_of_backlog() {
  const std::size_t waiting = queued_bytes();
  if (!is_backlogged_ && waiting > kBacklogBytes) {
    is_backlogged_ = true;
    handler_.on_backlog();
  } else if (is_backlogged_ && waiting == 0) {
    is_backlogged_ = false;
    handler_.on_drained();
  }
}

void Channel::write_slice(std::string_view plaintext, bool last) {
  if (!tls_) {
    stream_->write(plaintext);
    return;
  }
  std::string& ciphertext = bench_.ciphertext_;
  ciphertext.clear();
  if (auto written = tls_->write(plaintext, ciphertext); !written) {
    abort(written.error().message);
    return;
  }
  if (last && is_finishing_) tls_->close(ciphertext);
  stream_->write(ciphertext);
}

void Channel::drop_sent() {
  if (sent_ == outgoing_.size()) {
    if (sent_ != 0) bench_.give_back(std::exchange(outgoing_, std::string()));
    sent_ = 0;
  } else if (sent_ >= outgoing_.size() / 2) {  // so that each byte is moved about once
    outgoing_.erase(0, sent_);
    sent_ = 0;
  }
}

/// Says that nothing follows, to the TLS peer (if that was not said with the last bytes) and to
/// the TCP peer.
void Channel::end_output() {
  if (std::exchange(output_ended_, true)) return;
  if (tls_) {
    bench_.ciphertext_.clear();
    tls_->close(bench_.ciphertext_);
    stream_->write(bench_.ciphertext_);
  }
  stream_->shutdown();
  be_gone_if_both_ended();
}

void Channel::be_gone_if_both_ended() {
  if (peer_ended_ && output_ended_ && stream_->queued_bytes() == 0) be_gone("closed");
}

void Channel::on_drained() {
  moved_at_ = bench_.now();
  be_gone_if_both_ended();
  if (!is_gone_) ask_for_flush();
}

// --- In ----------------------------------------------------------------------------------

void Channel::on_bytes(std::span<char> bytes) {
  has_heard_ = true;
  if (is_finishing_ || is_gone_ || !abort_why_.empty()) return;
  if (tls_) {
    decrypt(bytes);
  } else {
    handler_.on_bytes(bytes);
  }
}

void Channel::decrypt(std::span<char> ciphertext) {
  std::string answer;  // of TLS itself: part of a handshake, seldom anything later
  tls_->feed({ciphertext.data(), ciphertext.size()});
  std::string why;
  for (;;) {
    const auto count = tls_->read(bench_.plaintext_, answer);
    if (!count) {
      why = count.error().message;
      break;
    }
    if (!is_ready_ && tls_->handshake_done()) become_ready();
    if (*count == 0) break;
    handler_.on_bytes(std::span(bench_.plaintext_).first(*count));
    if (is_finishing_ || !abort_why_.empty()) break;
  }
  if (!output_ended_) stream_->write(answer);
  if (!why.empty()) {
    be_gone(why);
  } else if (tls_->closed_by_peer()) {
    on_end();
  }
}

void Channel::become_ready() {
  is_ready_ = true;
  handler_.on_ready();
}

void Channel::on_end() {
  peer_ended_ = true;
  if (!is_finishing_) be_gone("the peer ended the connection");
  be_gone_if_both_ended();
}

void Channel::on_failed(const Error& error) { be_gone(error.message); }

void Channel::be_gone(std::string_view why) {
  if (std::exchange(is_gone_, true)) return;
  stream_->stop_reading();
  bench_.give_back(std::exchange(outgoing_, std::string()));
  sent_ = 0;
  handler_.on_gone(why);
}

// --- Time --------------------------------------------------------------------------------

void Channel::tick(MonotonicTime now) {
  if (is_gone_) return;
  if (std::exchange(has_heard_, false)) heard_at_ = now;
  const std::size_t waiting = stream_->queued_bytes();
  if (waiting == 0 || waiting < waiting_) moved_at_ = now;
  waiting_ = waiting;

  if (is_finishing_) {
    if (now - finishing_since_ >= kFinishTime) be_gone("closed, and the peer did not");
  } else if (!is_ready_) {
    if (now - started_at_ >= kTlsTime) be_gone("the TLS handshake took too long");
  } else if (now - moved_at_ >= kStallTime) {
    be_gone("the peer has stopped reading");
  } else {
    handler_.on_tick(now);
  }
}

}  // namespace plait::net
