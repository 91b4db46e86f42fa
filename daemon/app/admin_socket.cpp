#include "daemon/app/admin_socket.h"

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "daemon/loop/pipe_stream.h"
#include "daemon/support/log.h"
#include "protocol/jsonrpc/frame_reader.h"
#include "protocol/messages/admin/admin.h"

namespace plait::app {

// --- One who asks ------------------------------------------------------------------------

/// Answers one request after the other. Reads nothing more while there is one.
class AdminSocket::Connection final : public loop::StreamHandler {
 public:
  Connection(AdminSocket& socket, std::unique_ptr<loop::PipeStream> stream)
      : socket_(socket), stream_(std::move(stream)) {
    stream_->start_reading(*this);
  }

 private:
  void on_bytes(std::span<char> bytes) override {
    reader_.feed({bytes.data(), bytes.size()});
    go_on();
  }
  void on_end() override { socket_.release(*this); }
  void on_failed(const Error&) override { socket_.release(*this); }
  void on_drained() override {
    if (!asking_) stream_->start_reading(*this);
  }

  void go_on();
  void answer(std::string_view body);

  AdminSocket& socket_;
  jsonrpc::FrameReader reader_{messages::admin::kMaxMessageBytes};
  bool asking_ = false;    ///< the desk has a request of his
  bool going_on_ = false;  ///< inside of go_on()
  std::unique_ptr<loop::PipeStream> stream_;
  /// Gone with the connection; what the desk replies later looks whether it is there.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

void AdminSocket::Connection::go_on() {
  going_on_ = true;
  while (!asking_) {
    auto body = reader_.next();
    if (!body) return socket_.release(*this);  // nothing behind it can be read
    if (!*body) break;
    asking_ = true;
    stream_->stop_reading();
    const bool answered = socket_.desk_.receive(
        **body, [this, alive = std::weak_ptr(alive_)](const std::string& reply) {
          if (!alive.expired()) answer(reply);
        });
    if (!answered) return socket_.release(*this);  // he asked for nothing
  }
  going_on_ = false;
}

void AdminSocket::Connection::answer(std::string_view body) {
  asking_ = false;
  stream_->write(jsonrpc::framed(body));
  // Whoever does not read his answers gets no more of them.
  if (stream_->queued_bytes() == 0) stream_->start_reading(*this);
  if (!going_on_) go_on();
}

// --- The socket --------------------------------------------------------------------------

AdminSocket::AdminSocket(OpenFolder folder, server::AdminDesk& desk)
    : folder_(std::move(folder)), desk_(desk) {}

AdminSocket::~AdminSocket() = default;

Result<std::unique_ptr<AdminSocket>> AdminSocket::listen(loop::Loop& loop,
                                                         const std::string& folder,
                                                         server::AdminDesk& desk) {
  auto open = OpenFolder::open(folder);
  if (!open) return forward_error(open);
  std::unique_ptr<AdminSocket> socket(new AdminSocket(*std::move(open), desk));
  auto listener =
      loop::PipeListener::listen(loop, socket->folder_.path_of(kAdminSocket),
                                 [it = socket.get()](std::unique_ptr<loop::PipeStream> stream) {
                                   it->accept(std::move(stream));
                                 });
  if (!listener) {
    return Failure{std::move(listener).error().with_context("the socket for plait admin")};
  }
  socket->listener_ = *std::move(listener);
  return socket;
}

void AdminSocket::accept(std::unique_ptr<loop::PipeStream> stream) {
  const std::optional<std::uint32_t> user = stream->peer_user();
  if (!user || (*user != ::geteuid() && *user != 0)) {
    return log::warning("somebody else asked at the socket for plait admin",
                        {{"user", user.value_or(0)}});
  }
  if (connections_.size() >= kMaxAdminConnections) return;
  connections_.push_back(std::make_unique<Connection>(*this, std::move(stream)));
}

void AdminSocket::release(const Connection& connection) {
  connections_.remove_if([&](const auto& one) { return one.get() == &connection; });
}

}  // namespace plait::app
