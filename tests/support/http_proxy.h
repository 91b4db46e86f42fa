#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/loop/loop.h"
#include "daemon/loop/tcp_connector.h"
#include "daemon/loop/tcp_listener.h"
#include "daemon/loop/tcp_stream.h"

namespace plait::support {

/// An HTTP proxy that knows CONNECT and nothing else. Wherever it is asked to connect with, it
/// connects with one port of this machine.
class HttpProxy {
 public:
  HttpProxy(loop::Loop& loop, std::uint16_t to)
      : loop_(loop),
        to_(to),
        listener_(loop::TcpListener::listen(loop, "127.0.0.1", 0, [this](auto stream) {
                    passages_.push_back(std::make_unique<Passage>(*this, std::move(stream)));
                  }).value()) {}

  [[nodiscard]] std::uint16_t port() const { return listener_->address().port; }
  /// What was asked, all heads.
  [[nodiscard]] const std::string& asked() const noexcept { return asked_; }
  /// Answered instead of letting anybody through, if it is not empty.
  std::string refusal = {};
  std::string welcome = "HTTP/1.1 200 Connection established\r\n\r\n";
  /// Everybody who is connected is cut off.
  void cuts() { passages_.clear(); }

 private:
  /// One end of a passage, which hands what it hears to the other one.
  struct End final : loop::StreamHandler {
    void on_bytes(std::span<char> bytes) override {
      if (other != nullptr && other->stream) {
        other->stream->write({bytes.data(), bytes.size()});
      } else {
        held.append(bytes.data(), bytes.size());
        on_head();
      }
    }
    void on_end() override {
      if (other != nullptr && other->stream) other->stream->shutdown();
    }
    void on_failed(const Error& /*error*/) override {}
    void on_drained() override {}

    std::unique_ptr<loop::TcpStream> stream;
    End* other = nullptr;
    std::string held;
    std::function<void()> on_head = [] {};
  };

  struct Passage {
    Passage(HttpProxy& proxy, std::unique_ptr<loop::TcpStream> accepted) {
      client.stream = std::move(accepted);
      client.other = &server;
      server.other = &client;
      client.on_head = [this, &proxy] { read_head(proxy); };
      client.stream->start_reading(client);
    }
    void read_head(HttpProxy& proxy) {
      if (connector || !client.held.ends_with("\r\n\r\n")) return;
      proxy.asked_ += client.held;
      if (!proxy.refusal.empty()) {
        client.stream->write(proxy.refusal);
        return client.stream->shutdown();
      }
      connector = loop::TcpConnector::connect(proxy.loop_, "127.0.0.1", proxy.to_,
                                              [this, &proxy](auto connected) {
                                                server.stream = std::move(connected).value();
                                                server.stream->start_reading(server);
                                                client.stream->write(proxy.welcome);
                                              })
                      .value();
    }

    End client;
    End server;
    std::unique_ptr<loop::TcpConnector> connector;
  };

  loop::Loop& loop_;
  const std::uint16_t to_;
  std::string asked_;
  std::vector<std::unique_ptr<Passage>> passages_;
  std::unique_ptr<loop::TcpListener> listener_;
};

}  // namespace plait::support
