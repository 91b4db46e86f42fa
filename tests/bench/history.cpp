#include "tests/bench/history.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/crdt/document.h"
#include "protocol/base/bytes.h"
#include "tests/support/trace_history.h"

namespace plait::bench {
namespace {

crdt::ClientId client_of(std::uint32_t agent) {
  return crdt::ClientId{agent + std::uint64_t{1}};
}

using Replica = std::unique_ptr<crdt::Document>;

class HistoryBuilder {
 public:
  HistoryBuilder(const support::Trace& trace, Grain grain)
      : trace_(trace), grain_(grain), steps_(support::plan_history(trace)) {}

  Result<UpdateLog> build() {
    for (std::uint32_t i = 0; i < steps_.size(); ++i) {
      auto replica = replica_for(i);
      if (!replica) return forward_error(replica);
      updates_of_.push_back(log_.size());
      if (auto written = write(**replica, trace_.txns[i]); !written)
        return forward_error(written);
      if (steps_[i].save) saved_[i] = (*replica)->encode_state();
      live_[i] = std::move(*replica);
      for (const std::uint32_t done : steps_[i].done) {
        live_.erase(done);
        saved_.erase(done);
      }
    }
    return std::move(log_);
  }

 private:
  /// A replica in the state that transaction `index` was made in, its author's to write to.
  Result<Replica> replica_for(std::uint32_t index) {
    const support::HistoryStep& step = steps_[index];
    const crdt::ClientId author = client_of(trace_.txns[index].agent);
    Replica replica;
    if (step.base && !step.from_saved) {
      replica = std::move(live_.extract(*step.base).mapped());
    } else {
      replica = std::make_unique<crdt::Document>(crdt::Document::Options{.client = author});
    }
    if (step.from_saved) {
      auto loaded = replica->apply(saved_.at(*step.base));
      if (!loaded) return forward_error(loaded);
    }
    for (const std::uint32_t other : step.missing) {
      const std::size_t end =
          other + 1 < updates_of_.size() ? updates_of_[other + 1] : log_.size();
      for (std::size_t update = updates_of_[other]; update < end; ++update) {
        if (auto applied = replica->apply(log_[update]); !applied)
          return forward_error(applied);
      }
    }
    // A document keeps its client for good, and rightly so. Here, however, every author's
    // changes exist once, so a replica may be handed on.
    replica->set_client(author);
    return replica;
  }

  Result<void> write(crdt::Document& doc, const support::Txn& txn) {
    const crdt::TypeRef text = doc.text("content");
    if (grain_ == Grain::Patch) {
      for (const support::Patch& patch : trace_.patches_of(txn)) {
        auto done =
            doc.transact(0, [&](auto& editor) { return put(editor, doc, text, patch); });
        if (!done) return done;
        log_change(doc);
      }
      return {};
    }
    auto done = doc.transact(0, [&](auto& editor) -> Result<void> {
      for (const support::Patch& patch : trace_.patches_of(txn)) {
        if (auto put_in = put(editor, doc, text, patch); !put_in) return put_in;
      }
      return {};
    });
    if (done) log_change(doc);
    return done;
  }

  static Result<void> put(crdt::Document::Editor& editor, const crdt::Document& doc,
                          crdt::TypeRef text, const support::Patch& patch) {
    const Utf16Offset length = doc.length(text);
    const Utf16Offset at = std::min(Utf16Offset{patch.position}, length);
    const Utf16Offset count = std::min(Utf16Offset{patch.deleted}, length - at);
    if (count > Utf16Offset{0}) {
      if (auto erased = editor.erase(text, at, count); !erased) return erased;
    }
    if (patch.inserted.empty()) return {};
    return editor.insert(text, at, patch.inserted);
  }

  void log_change(const crdt::Document& doc) {
    change_.clear();
    if (doc.encode_change(change_)) log_.add(change_.view());
  }

  const support::Trace& trace_;
  Grain grain_;
  std::vector<support::HistoryStep> steps_;

  UpdateLog log_;
  std::vector<std::size_t> updates_of_;  ///< the first one of each transaction
  std::unordered_map<std::uint32_t, Replica> live_;
  std::unordered_map<std::uint32_t, std::string> saved_;
  ByteWriter change_;
};

}  // namespace

Result<UpdateLog> build_history(const support::Trace& trace, Grain grain) {
  return HistoryBuilder(trace, grain).build();
}

}  // namespace plait::bench
