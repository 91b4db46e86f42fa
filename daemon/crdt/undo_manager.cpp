#include "daemon/crdt/undo_manager.h"

#include <algorithm>
#include <utility>

#include "daemon/crdt/reverter.h"

namespace plait::crdt {

UndoManager::UndoManager(Document& document, const Options& options)
    : document_(document),
      replica_(document.replica()),
      scope_(replica_, options.scope),
      tracked_(options.tracked.begin(), options.tracked.end()),
      capture_timeout_(options.capture_timeout),
      overwrite_(options.ignore_remote_map_changes),
      origin_(document.reserve_origin()) {
  tracked_.insert(origin_);
  document_.add_observer(*this);
  ++replica_.content_keepers;
}

UndoManager::~UndoManager() {
  --replica_.content_keepers;
  document_.remove_observer(*this);
}

// Capturing -----------------------------------------------------------------------------------

void UndoManager::before_collecting(Document&, Origin origin) {
  if (!tracked_.contains(origin)) return;
  scope_.refresh();
  if (!scope_.is_changed()) return;
  if (mode_ == Mode::Undoing) {
    stop_capturing();
  } else if (mode_ == Mode::Capturing) {
    forget(redo_);
  }
  add_change(step_for_change(mode_ == Mode::Undoing ? redo_ : undo_));
  keep_deleted();
}

UndoStep& UndoManager::step_for_change(Steps& steps) {
  const bool goes_on = mode_ == Mode::Capturing && !steps.empty() && last_change_ &&
                       now_ - *last_change_ < capture_timeout_;
  if (mode_ == Mode::Capturing) last_change_ = now_;
  return goes_on ? steps.back() : steps.emplace_back();
}

void UndoManager::add_change(UndoStep& step) const {
  const TransactionLog& log = replica_.log;
  const auto add = [&](ClientRef ref) {
    const ClientTable::Client& client = replica_.clients[ref];
    const Clock before = replica_.before_clock(ref);
    step.insertions.add(client.id, before, client.runs.end() - before);
  };
  if (log.changed_clients.size() == 1) {
    add(log.changed_clients.front());
  } else {
    std::vector<ClientRef> order(log.changed_clients.begin(), log.changed_clients.end());
    std::ranges::sort(order, {}, [&](ClientRef ref) { return replica_.clients[ref].arrival; });
    for (const ClientRef ref : order) add(ref);
  }
  for (const TransactionLog::Deletion& deletion : log.deletions) {
    step.deletions.add(replica_.clients.id_of(deletion.client), deletion.clock,
                       deletion.length);
  }
}

void UndoManager::keep_deleted() {
  for (const TransactionLog::Deletion& deletion : replica_.log.deletions) {
    const Clock end = deletion.clock + deletion.length;
    for (Clock at = deletion.clock; at < end;) {
      const ItemRef item = replica_.find(deletion.client, at);
      at = replica_.items[item].end();
      if (!replica_.items[item].is_gc() && scope_.contains(item))
        replica_.set_keep(item, /*keep=*/true);
    }
  }
}

void UndoManager::forget(Steps& steps) {
  for (const UndoStep& step : steps) {
    step.deletions.for_each([&](const DeleteRange& range) {
      const ClientRef client = replica_.clients.find(range.client);
      replica_.clean_start(client, range.clock);
      if (range.end() < replica_.clients[client].runs.end()) {
        replica_.clean_start(client, range.end());
      }
      for (Clock at = range.clock; at < range.end();) {
        const ItemRef item = replica_.find(client, at);
        at = replica_.items[item].end();
        if (!replica_.items[item].is_gc() && scope_.contains(item)) {
          replica_.set_keep(item, /*keep=*/false);
        }
      }
    });
  }
  steps.clear();
}

Result<void> UndoManager::clear() {
  if (!can_undo() && !can_redo()) return {};
  return document_.transact(0, [&](Document::Editor&) -> Result<void> {
    scope_.refresh();
    forget(undo_);
    forget(redo_);
    return {};
  });
}

// Taking back ---------------------------------------------------------------------------------

Result<bool> UndoManager::undo() { return revert(undo_, Mode::Undoing); }

Result<bool> UndoManager::redo() { return revert(redo_, Mode::Redoing); }

Result<bool> UndoManager::revert(Steps& steps, Mode mode) {
  bool changed = false;
  mode_ = mode;
  auto done = document_.transact(origin_, [&](Document::Editor&) -> Result<void> {
    scope_.refresh();
    Reverter reverter(replica_, scope_, overwrite_);
    while (!changed && !steps.empty()) {
      const UndoStep step = std::move(steps.back());
      steps.pop_back();
      changed = reverter.revert(step, undo_, redo_);
    }
    return {};
  });
  mode_ = Mode::Capturing;
  if (!done) return forward_error(done);
  return changed;
}

}  // namespace plait::crdt
