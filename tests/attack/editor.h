#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/document.h"
#include "tests/attack/visitor.h"

namespace plait::attack {

/// Somebody honest: a text, and a `/yjs/` connection that it is kept in step by.
class Editor {
 public:
  Editor(std::unique_ptr<Visitor> visitor, std::uint64_t client);

  /// Asks for what there is, and waits for it.
  bool joins();
  bool types(std::size_t at, std::string_view text);
  bool erases(std::size_t at, std::size_t count);
  /// Takes what comes until the text is this.
  bool reads(std::string_view text, std::chrono::milliseconds patience = kPatience);
  /// Takes one message, if one comes.
  bool listens(std::chrono::milliseconds patience);

  [[nodiscard]] std::string text() const { return document_.to_string(content_); }
  [[nodiscard]] std::size_t length() const { return document_.length(content_).value(); }
  [[nodiscard]] Visitor& visitor() noexcept { return *visitor_; }
  /// The awareness messages that came, as their states.
  [[nodiscard]] const std::vector<std::string>& presences() const noexcept {
    return presences_;
  }

 private:
  bool tells();
  void take(std::string_view message);

  std::unique_ptr<Visitor> visitor_;
  crdt::Document document_;
  crdt::TypeRef content_;
  bool synced_ = false;
  std::vector<std::string> presences_;
};

}  // namespace plait::attack
