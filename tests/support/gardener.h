#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "daemon/crdt/document.h"

namespace plait::support {

/// Somebody's replica of a workspace's tree (docs/protocol.md, "The tree"), which he changes as
/// a client does.
class Gardener {
 public:
  /// Of an entry: name → value, in lib0's "any" encoding.
  using Fields = std::map<std::string, std::string>;

  explicit Gardener(std::uint64_t client) : document_({.client = crdt::ClientId{client}}) {}

  void plants(std::string_view id, const Fields& fields);
  void plants_text(std::string_view id, std::string_view path);
  void plants_folder(std::string_view id, std::string_view path);
  void plants_binary(std::string_view id, std::string_view path);
  void sets(std::string_view id, const std::string& field, std::string_view value);
  void renames(std::string_view id, std::string_view path);
  void deletes(std::string_view id);
  void hears(const Gardener& other);

  /// All he has, as an update.
  [[nodiscard]] std::string state() const { return document_.encode_state(); }
  [[nodiscard]] crdt::Document& document() noexcept { return document_; }
  [[nodiscard]] const crdt::Document& document() const noexcept { return document_; }

 private:
  crdt::TypeRef files() { return document_.map("files"); }

  crdt::Document document_;
  std::map<std::string, crdt::TypeRef, std::less<>> entries_;  ///< that he has planted
};

// Values of fields.
[[nodiscard]] std::string any_text(std::string_view value);
[[nodiscard]] std::string any_flag(bool value);

}  // namespace plait::support
