#include "daemon/app/editor_port.h"

#include <utility>
#include <variant>

#include <unistd.h>

#include "daemon/support/log.h"
#include "protocol/jsonrpc/fields.h"

namespace plait::app {

namespace {

constexpr jsonrpc::JsonLimits kGreetingLimits{
    .max_bytes = kMaxGreetingBytes, .max_depth = 8, .max_values = 100};

}  // namespace

EditorPort::EditorPort(Owner& owner, std::unique_ptr<loop::PipeStream> stream)
    : owner_(owner), stream_(std::move(stream)) {
  stream_->start_reading(*this);
}

// --- Out ---------------------------------------------------------------------------------

void EditorPort::send(std::string_view body) {
  if (is_over_) return;
  out_ += jsonrpc::framed(body);
}

std::size_t EditorPort::queued_bytes() const { return out_.size() + stream_->queued_bytes(); }

void EditorPort::end_of_turn() {
  if (is_over_) return;
  stream_->write(std::exchange(out_, {}));
  const std::size_t waiting = stream_->queued_bytes();
  if (waiting > kMaxEditorQueueBytes) {
    log::warning("an editor that reads too slowly was hung up on", {{"bytes", waiting}});
    is_over_ = true;
  } else if (is_closing_) {
    stream_->stop_reading();
    is_over_ = waiting == 0;
  } else if (waiting > kEditorBacklogBytes) {
    stream_->stop_reading();
  }
}

void EditorPort::on_drained() {
  if (is_closing_) {
    is_over_ = true;
  } else {
    stream_->start_reading(*this);
  }
}

// --- In ----------------------------------------------------------------------------------

void EditorPort::on_bytes(std::span<char> bytes) {
  reader_.feed({bytes.data(), bytes.size()});
  while (!is_over_ && !is_closing_) {
    const auto body = reader_.next();
    if (!body) {
      log::warning("a connection ended: no frame", {{"why", body.error().message}});
      is_over_ = true;
    } else if (*body) {
      receive(**body);
    } else {
      return;
    }
  }
}

void EditorPort::receive(std::string_view body) {
  if (phase_ == Phase::Open) return peer_->receive(body);
  if (body.size() <= kMaxGreetingBytes) {
    const jsonrpc::Message message = jsonrpc::parse_message(body, kGreetingLimits);
    const auto* request = std::get_if<jsonrpc::Request>(&message);
    if (request != nullptr && greet(*request)) return;
  }
  if (phase_ == Phase::Silent) {  // whoever this is, it is not this program
    is_over_ = true;
    return;
  }
  phase_ = Phase::Open;
  peer_ = owner_.welcome(*this);
  peer_->receive(body);
}

bool EditorPort::greet(const jsonrpc::Request& request) {
  if (phase_ == Phase::Silent && request.method == DaemonHello::kMethod &&
      jsonrpc::read_fields<DaemonHello>(request.params)) {
    phase_ = Phase::Greeted;
    DaemonHello::Reply reply;
    reply.server = this_program();
    reply.process = ::getpid();
    answer(request.id, jsonrpc::write_fields(reply));
    return true;
  }
  if (phase_ == Phase::Greeted && request.method == DaemonStop::kMethod) {
    answer(request.id, jsonrpc::write_fields(DaemonStop::Reply{}));
    close();
    owner_.stop();
    return true;
  }
  return false;
}

void EditorPort::answer(const jsonrpc::RequestId& id, const jsonrpc::Json& result) {
  send(jsonrpc::write_message(jsonrpc::Response{id, result}));
}

}  // namespace plait::app
