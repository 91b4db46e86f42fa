#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/document.h"
#include "daemon/crypto/device_key.h"
#include "tests/sim/network.h"
#include "tests/support/connect_client.h"

namespace plait::sim {

/// A program with one document, and somebody who edits it, with a connection or without.
class Typist : public Program {
 public:
  [[nodiscard]] virtual const crdt::Document& document() const = 0;
  [[nodiscard]] virtual std::string text() const = 0;
  /// Whether anything can be typed: programs of Plait need a client id first.
  [[nodiscard]] virtual bool can_type() const = 0;
  // In UTF-16 units.
  virtual void types(std::size_t at, std::string_view text) = 0;
  virtual void erases(std::size_t at, std::size_t count) = 0;

  // What a server has to bear.
  /// An update that is not of this replica.
  virtual void says_update(std::string_view update) = 0;
  /// Asks once more for what there is.
  virtual void asks_again() = 0;
  /// No message at all.
  virtual void says_noise(std::string_view noise) = 0;
  /// The program is started anew: its replica is gone, and another one takes its place.
  virtual void loses_replica(std::uint64_t client) = 0;
  /// Tries again what was refused and may go well by now.
  virtual void tries_again() {}

  /// Updates that the server has said are on disk, since they were taken the last time.
  [[nodiscard]] virtual std::vector<std::string> take_acknowledged() { return {}; }
  /// Everything here is safe, as far as the program can know.
  [[nodiscard]] virtual bool is_settled() const = 0;
  /// What the server did that it may not do.
  [[nodiscard]] virtual std::optional<std::string> complaint() const = 0;
};

/// Somebody with a standard Yjs provider.
class YjsTypist final : public Typist, private crdt::Document::Observer {
 public:
  explicit YjsTypist(std::uint64_t client) { loses_replica(client); }
  ~YjsTypist() override { document_->remove_observer(*this); }

  void connected(support::ConnectLine& line, crypto::LoginChannel channel) override;
  void received(net::MessageKind kind, std::string_view payload) override;
  void disconnected() override { line_ = nullptr; }

  [[nodiscard]] const crdt::Document& document() const override { return *document_; }
  [[nodiscard]] std::string text() const override { return document_->to_string(text_); }
  [[nodiscard]] bool can_type() const override { return true; }
  void types(std::size_t at, std::string_view text) override;
  void erases(std::size_t at, std::size_t count) override;
  void says_update(std::string_view update) override;
  void asks_again() override;
  void says_noise(std::string_view noise) override;
  void loses_replica(std::uint64_t client) override;
  [[nodiscard]] bool is_settled() const override { return line_ != nullptr && synced_; }
  [[nodiscard]] std::optional<std::string> complaint() const override { return complaint_; }

 private:
  void committed(crdt::Document& document, crdt::Origin origin) override;
  template <class M>
  void say(const M& message);
  void apply(std::string_view update);

  std::unique_ptr<crdt::Document> document_;
  crdt::TypeRef text_{};
  support::ConnectLine* line_ = nullptr;
  bool synced_ = false;  ///< it has what the server had when it came
  std::optional<std::string> complaint_;
};

/// Somebody with a program of Plait's.
class ConnectTypist final : public Typist {
 public:
  ConnectTypist(support::ConnectClient::Config config, std::string_view document);

  void connected(support::ConnectLine& line, crypto::LoginChannel channel) override;
  void received(net::MessageKind kind, std::string_view payload) override;
  void disconnected() override { client_.disconnected(); }

  [[nodiscard]] const crdt::Document& document() const override { return open_.document(); }
  [[nodiscard]] std::string text() const override { return open_.text(); }
  [[nodiscard]] bool can_type() const override { return open_.has_client(); }
  void types(std::size_t at, std::string_view text) override { open_.types(at, text); }
  void erases(std::size_t at, std::size_t count) override { open_.erases(at, count); }
  void says_update(std::string_view update) override { open_.says_update(update); }
  void asks_again() override;
  void says_noise(std::string_view noise) override;
  void loses_replica(std::uint64_t client) override;
  void tries_again() override;
  [[nodiscard]] std::vector<std::string> take_acknowledged() override {
    return open_.take_acknowledged();
  }
  [[nodiscard]] bool is_settled() const override;
  [[nodiscard]] std::optional<std::string> complaint() const override;

 private:
  support::ConnectClient client_;
  support::ConnectDocument& open_;
};

}  // namespace plait::sim
