#include "daemon/loop/stream.h"

#include <utility>

#include "daemon/loop/loop.h"
#include "daemon/loop/stream_state.h"
#include "protocol/base/assert.h"

namespace plait::loop {
namespace {

/// libuv's buffers are not const, though it only reads those that are written.
uv_buf_t buffer_of(std::string_view bytes) noexcept {
  uv_buf_t buffer{};
  buffer.base = const_cast<char*>(bytes.data());
  buffer.len = bytes.size();
  return buffer;
}

void lend_read_buffer(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) noexcept {
  const std::span<char> room = Loop::of(*handle->loop).read_buffer();
  buffer->base = room.data();
  buffer->len = room.size();
}

}  // namespace

Stream::Stream(HandlePtr<State> state) noexcept : state_(std::move(state)) {}
Stream::~Stream() = default;

void Stream::start_reading(StreamHandler& handler) {
  State& self = *state_;
  self.handler = &handler;
  if (self.has_ended || self.has_failed) return;
  const int status =
      uv_read_start(&self.handle.stream, lend_read_buffer,
                    [](uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) noexcept {
                      static_cast<State*>(stream->data)->on_read(count, *buffer);
                    });
  PLAIT_ASSERT(status == 0 || status == UV_EALREADY, "a connected stream to be readable");
}

void Stream::report_to(StreamHandler& handler) noexcept { state_->handler = &handler; }

void Stream::stop_reading() noexcept { uv_read_stop(&state_->handle.stream); }

void Stream::write(std::string_view bytes) {
  State& self = *state_;
  PLAIT_ASSERT(self.last_write == nullptr, "nothing to be written after shutdown()");
  if (self.has_failed || bytes.empty()) return;
  if (self.queue == nullptr) {
    const uv_buf_t buffer = buffer_of(bytes);
    const int sent = uv_try_write(&self.handle.stream, &buffer, 1);
    // An error comes back when the rest is sent, and is reported then: never from in here.
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (bytes.empty()) return;
    self.queue = std::make_unique<State::Queue>();
    self.queue->request.data = &self;
    self.queue->waiting = bytes;
    self.send_waiting();
  } else {
    self.queue->waiting.append(bytes);
  }
}

std::size_t Stream::queued_bytes() const noexcept {
  const State& self = *state_;
  if (self.queue == nullptr || self.has_failed) return 0;
  return uv_stream_get_write_queue_size(&self.handle.stream) + self.queue->waiting.size();
}

void Stream::shutdown() {
  State& self = *state_;
  if (self.last_write != nullptr) return;
  self.last_write = std::make_unique<uv_shutdown_t>();
  if (self.queue == nullptr) self.send_end();
}

void Stream::State::send_waiting() {
  queue->sending = std::exchange(queue->waiting, {});
  const uv_buf_t buffer = buffer_of(queue->sending);
  const int status = uv_write(&queue->request, &handle.stream, &buffer, 1,
                              [](uv_write_t* request, int result) noexcept {
                                static_cast<State*>(request->data)->on_written(result);
                              });
  PLAIT_ASSERT(status == 0, "a connected stream to be writable");
}

void Stream::State::send_end() {
  // It fails if the connection is gone, and of that reading tells.
  uv_shutdown(last_write.get(), &handle.stream, [](uv_shutdown_t*, int) noexcept {});
}

void Stream::State::fail(int status) {
  if (has_failed) return;
  has_failed = true;
  uv_read_stop(&handle.stream);
  if (queue != nullptr) queue->waiting = {};
  if (handler != nullptr) handler->on_failed(uv_error(status, "connection lost"));
}

void Stream::State::on_read(ssize_t count, const uv_buf_t& buffer) {
  if (count > 0) {
    handler->on_bytes({buffer.base, static_cast<std::size_t>(count)});
  } else if (count == UV_EOF) {
    has_ended = true;
    handler->on_end();
  } else if (count < 0) {
    fail(static_cast<int>(count));
  }
}

void Stream::State::on_written(int status) {
  if (has_failed || uv_is_closing(as_handle(handle)) != 0) return;
  if (status < 0) {
    fail(status);
  } else if (!queue->waiting.empty()) {
    send_waiting();
  } else {
    queue.reset();
    if (last_write != nullptr) send_end();
    if (handler != nullptr) handler->on_drained();
  }
}

}  // namespace plait::loop
