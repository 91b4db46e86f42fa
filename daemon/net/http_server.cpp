#include "daemon/net/http_server.h"

#include <utility>

#include "daemon/net/channel.h"

namespace plait::net {

/// One connection: a request comes, an answer goes, and that was it.
class HttpServer::OneRequest final : public Connection, private ChannelHandler {
 public:
  OneRequest(HttpServer& server, std::unique_ptr<loop::TcpStream> stream)
      : server_(server), channel_(server.bench_, std::move(stream), /*tls=*/nullptr, *this) {}

  void start() { channel_.start(); }

 private:
  void on_ready() override { ready_at_ = server_.bench_.now(); }
  void on_bytes(std::span<char> bytes) override;
  void on_backlog() override {}
  void on_drained() override {}
  void on_tick(MonotonicTime now) override {
    if (now - ready_at_ >= kRequestTime) channel_.abort("the request took too long");
  }
  void on_gone(std::string_view /*why*/) override { server_.release(*this); }

  [[nodiscard]] HttpResponse answer(const HttpRequest& request) const;
  void send(const HttpResponse& response, bool with_body = true);

  HttpServer& server_;
  HttpHeadReader head_;
  MonotonicTime ready_at_;
  Channel channel_;  // last: it calls the others
};

void HttpServer::OneRequest::on_bytes(std::span<char> bytes) {
  const auto taken = head_.feed({bytes.data(), bytes.size()});
  if (!taken) return send(answer_to(taken.error()));
  if (!head_.complete()) return;
  const auto request = parse_request(head_.head());
  if (!request) return send(answer_to(request.error()));
  send(answer(*request), request->method != "HEAD");
}

HttpResponse HttpServer::OneRequest::answer(const HttpRequest& request) const {
  if (request.method == "GET" || request.method == "HEAD") return server_.answer_(request);
  return {.status = 405,
          .body = "Only GET is answered here.\n",
          .fields = {{"allow", "GET, HEAD"}}};
}

void HttpServer::OneRequest::send(const HttpResponse& response, bool with_body) {
  std::string message = to_message(response);
  if (!with_body) message.resize(message.size() - response.body.size());
  channel_.send(message);
  channel_.finish();
}

HttpServer::HttpServer(Workbench& bench, Answer answer)
    : bench_(bench), answer_(std::move(answer)) {}

HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::listen(Workbench& bench,
                                                       const std::string& host,
                                                       std::uint16_t port, Answer answer) {
  std::unique_ptr<HttpServer> server(new HttpServer(bench, std::move(answer)));
  auto listener = loop::TcpListener::listen(
      bench.loop(), host, port, [made = server.get()](std::unique_ptr<loop::TcpStream> stream) {
        made->accept(std::move(stream));
      });
  if (!listener) return forward_error(listener);
  server->listener_ = *std::move(listener);
  return server;
}

void HttpServer::accept(std::unique_ptr<loop::TcpStream> stream) {
  if (connections_.size() >= kMaxConnections) return;
  auto request = std::make_unique<OneRequest>(*this, std::move(stream));
  OneRequest& kept = *request;
  connections_.emplace(&kept, std::move(request));
  kept.start();
}

void HttpServer::release(OneRequest& request) {
  const auto found = connections_.find(&request);
  bench_.discard(std::move(found->second));
  connections_.erase(found);
}

}  // namespace plait::net
