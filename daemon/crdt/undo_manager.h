#pragma once

#include <chrono>
#include <optional>
#include <unordered_set>
#include <vector>

#include "daemon/crdt/document.h"
#include "daemon/crdt/undo_scope.h"
#include "daemon/crdt/undo_step.h"
#include "protocol/base/result.h"

namespace plait::crdt {

/// Takes back, step by step, what certain origins did to a document, whatever others did in
/// between: what they typed stays, what they deleted does not come back. Decides everything as
/// Y.UndoManager does, to the byte.
///
/// A step is what was done without a pause. The engine has no clock, so the owner says what
/// time it is with advance(), before it changes the document:
///
///     UndoManager undo(document, {.scope = {text}, .tracked = {kEditor}});
///     undo.advance(loop.now());
///     document.insert(text, at, "typed", kEditor);
///     …
///     undo.undo();
///
/// While a manager lives, it keeps from being collected what its steps deleted.
class UndoManager final : private Document::Observer {
 public:
  /// Since any fixed moment.
  using Time = std::chrono::milliseconds;

  struct Options {
    std::vector<TypeRef> scope;         ///< these and all that is in them; none: everything
    std::vector<Origin> tracked = {0};  ///< whose changes are captured, besides its own undos
    Time capture_timeout{500};          ///< a shorter pause does not end a step
    /// Undoing puts a map's old value back even if somebody else has set the key since.
    bool ignore_remote_map_changes = false;
  };

  /// The document has to live longer, and no transaction may be under way.
  UndoManager(Document& document, const Options& options);
  ~UndoManager() override;

  /// What time it is. The changes that follow count as done at this moment.
  void advance(Time now) noexcept { now_ = now; }
  /// The next change starts a new step.
  void stop_capturing() noexcept { last_change_.reset(); }

  /// Takes back the latest step that there is still something to take back of; steps of which
  /// there is not are dropped on the way. Each is one transaction, by origin(). False if
  /// nothing was left.
  Result<bool> undo();
  /// Takes back the latest undo, in the same way. Changes by a tracked origin end that.
  Result<bool> redo();

  /// Whether there are steps at all.
  [[nodiscard]] bool can_undo() const noexcept { return !undo_.empty(); }
  [[nodiscard]] bool can_redo() const noexcept { return !redo_.empty(); }
  /// Forgets all steps. What they deleted may be collected then.
  Result<void> clear();

  /// Who undoes and redoes, as far as the document's other observers are concerned.
  [[nodiscard]] Origin origin() const noexcept { return origin_; }
  void track(Origin origin) { tracked_.insert(origin); }
  void untrack(Origin origin) { tracked_.erase(origin); }

 private:
  enum class Mode : std::uint8_t { Capturing, Undoing, Redoing };
  using Steps = std::vector<UndoStep>;

  void before_collecting(Document& document, Origin origin) override;
  Result<bool> revert(Steps& steps, Mode mode);
  UndoStep& step_for_change(Steps& steps);
  void add_change(UndoStep& step) const;
  void keep_deleted();
  void forget(Steps& steps);

  Document& document_;
  Replica& replica_;
  UndoScope scope_;
  std::unordered_set<Origin> tracked_;
  Time capture_timeout_;
  bool overwrite_;
  Origin origin_;
  Steps undo_;
  Steps redo_;
  Mode mode_ = Mode::Capturing;
  Time now_{};
  std::optional<Time> last_change_;
};

}  // namespace plait::crdt
