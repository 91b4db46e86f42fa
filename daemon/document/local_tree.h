#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/document.h"
#include "daemon/document/tree.h"
#include "daemon/document/tree_change.h"
#include "protocol/base/result.h"

namespace plait::document {

/// The tree of a workspace on this machine, as LocalDocument is for a file's text.
///
/// Does no I/O. Not thread-safe.
class LocalTree final : private crdt::Document::Observer {
 public:
  using Origin = crdt::Origin;
  static constexpr Origin kNetwork = 1;
  static constexpr Origin kDisk = 2;

  class Observer {
   public:
    Observer() = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;
    virtual ~Observer() = default;
    /// The tree has changed, and this update says how. To be kept; to be sent as well unless it
    /// came from the network.
    virtual void updated(std::string_view update, Origin origin) = 0;
  };

  /// As LocalDocument::load().
  static Result<std::unique_ptr<LocalTree>> load(std::string_view snapshot,
                                                 std::span<const std::string> entries,
                                                 std::vector<crdt::ClientId> own);
  ~LocalTree() override;

  void set_observer(Observer* observer) noexcept { observer_ = observer; }
  void set_client(crdt::ClientId client);
  [[nodiscard]] bool has_client() const noexcept { return has_client_; }

  /// Refused without a client id.
  Result<void> change(std::span<const TreeChange> changes);
  /// From the network.
  Result<void> apply(std::string_view update);

  /// Good until the next change.
  [[nodiscard]] const Tree& tree() const;

  [[nodiscard]] crdt::StateVector state_vector() const { return document_.state_vector(); }
  [[nodiscard]] std::string own_part(const crdt::StateVector& known) const;
  [[nodiscard]] bool has_more_of_others(const crdt::StateVector& known) const;
  [[nodiscard]] std::string encode() const { return document_.encode_state(); }

 private:
  LocalTree();
  void committed(crdt::Document& document, Origin origin) override;

  crdt::Document document_{{}};
  std::vector<crdt::ClientId> own_;
  bool has_client_ = false;
  Observer* observer_ = nullptr;
  mutable std::optional<Tree> tree_;
};

}  // namespace plait::document
