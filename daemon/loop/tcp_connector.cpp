#include "daemon/loop/tcp_connector.h"

#include <utility>

#include "daemon/loop/address_lookup.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/stream_state.h"

namespace plait::loop {

struct TcpConnector::State {
  using Owned = std::unique_ptr<State>;

  State(Loop& where, std::string what, OnDone callback)
      : loop(where), doing(std::move(what)), on_done(std::move(callback)) {
    lookup.data = this;
    request.data = this;
  }

  Loop& loop;
  std::string doing;
  OnDone on_done;
  TcpConnector* owner = nullptr;  ///< null when it has given up
  uv_getaddrinfo_t lookup{};
  uv_connect_t request{};
  AddressList found;
  const addrinfo* next = nullptr;
  std::unique_ptr<TcpStream> stream;  ///< being connected

  static void on_found(uv_getaddrinfo_t* lookup, int status, addrinfo* found) noexcept {
    Owned self(static_cast<State*>(lookup->data));
    self->found.reset(found);
    if (self->owner == nullptr) return;
    self->next = found;
    try_next(std::move(self), status);
  }

  static void on_connected(uv_connect_t* request, int status) noexcept {
    Owned self(static_cast<State*>(request->data));
    if (self->owner == nullptr) return;
    if (status == 0 && self->stream->become_connected()) {
      self->finish(std::move(self->stream));
    } else {
      try_next(std::move(self), status == 0 ? UV_ECONNRESET : status);
    }
  }

  /// `status` says why the try before failed, and is the answer if there is no further address.
  static void try_next(Owned self, int status) {
    while (self->next != nullptr) {
      const addrinfo& address = *std::exchange(self->next, self->next->ai_next);
      self->stream = TcpStream::unconnected(self->loop);
      status = uv_tcp_connect(&self->request, &self->stream->state().handle.tcp,
                              address.ai_addr, on_connected);
      if (status == 0) {
        std::ignore = self.release();  // on_connected() has it now
        return;
      }
    }
    self->finish(Failure{uv_error(status, self->doing)});
  }

  void finish(Result<std::unique_ptr<TcpStream>> result) {
    owner->state_ = nullptr;
    on_done(std::move(result));
  }
};

Result<std::unique_ptr<TcpConnector>> TcpConnector::connect(Loop& loop, const std::string& host,
                                                            std::uint16_t port,
                                                            OnDone on_done) {
  auto state = std::make_unique<State>(loop, "connecting to " + to_text({host, port}),
                                       std::move(on_done));
  const addrinfo hints = tcp_hints();
  const int status = uv_getaddrinfo(loop.uv(), &state->lookup, State::on_found, host.c_str(),
                                    std::to_string(port).c_str(), &hints);
  if (status != 0) return Failure{uv_error(status, state->doing)};
  std::unique_ptr<TcpConnector> connector(new TcpConnector);
  state->owner = connector.get();
  connector->state_ = state.release();
  return connector;
}

TcpConnector::~TcpConnector() {
  if (state_ == nullptr) return;
  state_->owner = nullptr;
  // Whichever is under way calls back, and frees the state.
  if (state_->stream != nullptr) {
    state_->stream.reset();
  } else {
    uv_cancel(reinterpret_cast<uv_req_t*>(&state_->lookup));
  }
}

}  // namespace plait::loop
