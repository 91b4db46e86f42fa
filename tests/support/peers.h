#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/document.h"
#include "tests/support/shadow_text.h"

namespace plait::support {

/// A replica with an editor, which learns of every change from edits() alone.
class Peer final : private crdt::Document::Observer {
 public:
  static constexpr crdt::Origin kEditor = 1;
  static constexpr crdt::Origin kNetwork = 2;

  /// What its editor does becomes updates at the end of `sent`.
  Peer(crdt::Document::Options options, std::vector<std::string>& sent);
  ~Peer() override { document.remove_observer(*this); }

  crdt::Document document;
  const crdt::TypeRef text;
  const crdt::TypeRef map;
  const crdt::TypeRef list;

  /// The place before the n-th code point, so that no pair is torn.
  [[nodiscard]] Utf16Offset place(std::size_t code_points) const noexcept;
  [[nodiscard]] std::size_t code_points() const noexcept {
    return document.end_of(text).offset.code_points.value();
  }
  // By code points; what reaches past the end is cut off.
  void type(std::size_t at, std::string_view content);
  void remove(std::size_t at, std::size_t count);
  [[nodiscard]] Result<void> receive(std::string_view update) {
    return document.apply(update, kNetwork);
  }

  [[nodiscard]] std::string str() const { return document.to_string(text); }
  /// What is wrong, if anything is: with an invariant (which aborts) or with the editor's copy.
  [[nodiscard]] std::optional<std::string> problem() const;

 private:
  void committed(crdt::Document& committed_in, crdt::Origin origin) override;

  std::vector<std::string>& sent_;
  ShadowText shadow_;
  std::optional<std::string> wrong_edit_;
};

/// Replicas of one document, with client ids from 1, between which a test carries updates as it
/// likes.
class Peers {
 public:
  explicit Peers(std::size_t count, bool collect = true);

  [[nodiscard]] Peer& operator[](std::size_t index) { return *peers_[index]; }
  [[nodiscard]] std::size_t size() const noexcept { return peers_.size(); }
  /// All updates so far, in the order in which they were made.
  [[nodiscard]] const std::vector<std::string>& sent() const noexcept { return sent_; }

  /// Replaces a replica by one that is loaded from what it would have stored.
  void restart(std::size_t index);
  /// How equal replicas are to be. What undo may need stays with the replica that undoes, so
  /// there it is the text.
  enum class Same : bool { Text, Bytes };
  /// Gives everybody everything, each in another order. Then nothing may be pending and all
  /// have to be equal, to one another and to a fresh replica; or it says what is not so.
  [[nodiscard]] std::optional<std::string> converge(Same same = Same::Bytes);

 private:
  bool collect_;
  std::vector<std::string> sent_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

}  // namespace plait::support
