#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crdt/document.h"
#include "daemon/crdt/state_vector.h"
#include "daemon/crdt/update_validator.h"
#include "daemon/document/tree.h"
#include "protocol/base/result.h"

namespace plait::document {

/// A document as a server has it: checks what comes, and answers those who join.
///
/// It has two forms, of which at least one is there at any time. The replica takes updates. The
/// encoded form (`base_`, an update with everything there was at some moment, and `tail_`, what
/// came since) answers whoever has nothing, without encoding a document for each of them; it is
/// made when somebody asks and given up when the tail grows long. unload() keeps only the
/// encoded form, which is a tenth of the size.
///
/// Does no I/O. Not thread-safe. A document that has failed (out of memory) says so ever after;
/// its owner loads it again from where it is stored.
class ServedDocument {
 public:
  /// An empty one.
  ServedDocument();

  /// What a store has, see apply_stored().
  static Result<ServedDocument> load(std::string_view snapshot,
                                     std::span<const std::string> entries);

  /// Takes an update from somebody who need not be trusted. True if it brought anything new;
  /// refused as in crdt::Document::apply_checked(), and without a trace.
  Result<bool> apply(std::string_view update, const crdt::UpdateRules& rules);

  /// Clients that the latest apply() was the first to bring something of.
  [[nodiscard]] std::vector<crdt::ClientId> newcomers() const;

  /// The whole document as two updates, to be applied in this order. The second may be empty,
  /// the first is not. Good until the next call of anything that changes the document.
  struct Whole {
    std::string_view base;
    std::string_view since;
  };
  [[nodiscard]] Result<Whole> whole();
  /// The whole document as one update.
  [[nodiscard]] Result<std::string> encoded();
  /// One update with all that somebody at `known` lacks.
  [[nodiscard]] Result<std::string> missing_from(const crdt::StateVector& known);
  /// As much of that as fits into so many bytes, see crdt::encode_part().
  struct Part {
    std::string update;
    bool is_last = false;
  };
  [[nodiscard]] Result<Part> part_missing_from(crdt::StateVector& known, std::size_t max_bytes);
  /// What this document has, encoded.
  [[nodiscard]] std::string state_vector() const;

  /// Calls `visit(std::string_view)` with the text of a root in order; loads the replica.
  template <class Visit>
  Result<void> for_each_chunk(std::string_view root, Visit&& visit);
  /// The files that are in it, if it is the tree of a workspace. Read when somebody asks after
  /// a change, which loads the replica; good until the next one.
  [[nodiscard]] Result<const Tree*> tree();

  /// Gives up the replica; the next apply() brings it back.
  Result<void> unload();
  [[nodiscard]] bool is_loaded() const noexcept { return replica_ != nullptr; }
  /// Bytes of the encoded form; zero if there is none.
  [[nodiscard]] std::size_t encoded_bytes() const noexcept {
    return base_.size() + tail_.size();
  }

 private:
  Result<void> ensure_loaded();
  Result<void> ensure_encoded();
  void note(std::string_view update);
  [[nodiscard]] std::vector<std::string_view> tail_updates() const;

  std::unique_ptr<crdt::Document> replica_;
  std::string base_;
  bool base_is_current_ = true;  ///< base and tail together are the whole document
  std::string tail_;             ///< each update behind its length
  std::size_t tail_count_ = 0;
  std::string vector_;                ///< while there is no replica
  std::unique_ptr<const Tree> tree_;  ///< null until somebody asks
};

/// How much may have come since the base was made before the encoded form is given up. Up to
/// there somebody who joins costs no more than merging it.
inline constexpr std::size_t kMaxTailBytes = std::size_t{64} << 10;

template <class Visit>
Result<void> ServedDocument::for_each_chunk(std::string_view root, Visit&& visit) {
  if (auto loaded = ensure_loaded(); !loaded) return loaded;
  const crdt::TypeRef text = replica_->replica().find_root(root);
  if (text != crdt::TypeRef::None) replica_->for_each_chunk(text, std::forward<Visit>(visit));
  return {};
}

}  // namespace plait::document
