#include "tests/bench/replay.h"

#include <memory>
#include <string>
#include <utility>

#include "daemon/crdt/document.h"
#include "protocol/base/bytes.h"
#include "tests/bench/history.h"
#include "tests/bench/stopwatch.h"
#include "tests/bench/update_log.h"
#include "tests/support/heap.h"

namespace plait::bench {
namespace {

constexpr crdt::ClientId kTypist{1};
constexpr crdt::ClientId kReader{0};

using Replica = std::unique_ptr<crdt::Document>;

Replica make(crdt::ClientId client) {
  return std::make_unique<crdt::Document>(crdt::Document::Options{.client = client});
}

/// Takes one trace through every figure. The first error sticks and ends the measuring.
class Replay {
 public:
  Replay(const support::Trace& trace, unsigned repeat) : trace_(trace), repeat_(repeat) {
    figures_.trace = trace.name;
    figures_.txns = trace.txns.size();
    figures_.patches = trace.patches.size();
  }

  Result<Figures> run() {
    if (trace_.concurrent) {
      if (auto built = build_updates(); !built) return forward_error(built);
      figures_.remote_ms = receive(per_patch_);
      figures_.merge_ms = receive(per_txn_);
    } else {
      type_all();
      figures_.remote_ms = receive(per_patch_);
    }
    if (failure_) return Failure{std::move(*failure_)};
    save_and_load();
    if (failure_) return Failure{std::move(*failure_)};
    return std::move(figures_);
  }

 private:
  Result<void> build_updates() {
    auto per_patch = build_history(trace_, Grain::Patch);
    if (!per_patch) return forward_error(per_patch);
    per_patch_ = std::move(*per_patch);
    auto per_txn = build_history(trace_, Grain::Transaction);
    if (!per_txn) return forward_error(per_txn);
    per_txn_ = std::move(*per_txn);
    return {};
  }

  void type_all() {
    figures_.local_ms = median_of_runs(repeat_, [&] {
      final_ = make(kTypist);
      const crdt::TypeRef text = final_->text("content");
      return time_ms([&] {
        for (const support::Patch& patch : trace_.patches) type(*final_, text, patch);
      });
    });
    compare(*final_);

    ByteWriter update;
    figures_.local_update_ms = median_of_runs(repeat_, [&] {
      final_ = make(kTypist);
      per_patch_.clear();
      const crdt::TypeRef text = final_->text("content");
      return time_ms([&] {
        for (const support::Patch& patch : trace_.patches) {
          type(*final_, text, patch);
          update.clear();
          if (final_->encode_change(update)) per_patch_.add(update.view());
        }
      });
    });
  }

  void type(crdt::Document& doc, crdt::TypeRef text, const support::Patch& patch) {
    const Utf16Offset at{patch.position};
    check(doc.transact(0, [&](crdt::Document::Editor& editor) -> Result<void> {
      if (patch.deleted > 0) {
        auto erased = editor.erase(text, at, Utf16Offset{patch.deleted});
        if (!erased) return erased;
      }
      if (patch.inserted.empty()) return {};
      return editor.insert(text, at, patch.inserted);
    }));
  }

  double receive(const UpdateLog& updates) {
    const double taken = median_of_runs(repeat_, [&] {
      final_ = make(kReader);
      return time_ms([&] {
        for (std::size_t i = 0; i < updates.size(); ++i) check(final_->apply(updates[i]));
      });
    });
    compare(*final_);
    return taken;
  }

  void save_and_load() {
    std::string saved;
    figures_.save_ms = median_of_runs(
        repeat_, [&] { return time_ms([&] { saved = final_->encode_state(); }); });
    figures_.save_bytes = saved.size();
    figures_.final_length = final_->length(final_->text("content")).value();
    final_.reset();

    Replica loaded;
    std::string text;
    figures_.load_ms = median_of_runs(repeat_, [&] {
      loaded.reset();
      text.clear();
      text.shrink_to_fit();
      return time_ms([&] {
        loaded = make(kReader);
        check(loaded->apply(saved));
        text = loaded->to_string(loaded->text("content"));
      });
    });
    compare(*loaded);

    figures_.apply_one_ms = median_of_runs(repeat_, [&] {
      loaded = make(kReader);
      return time_ms([&] { check(loaded->apply(saved)); });
    });
    compare(*loaded);

    loaded.reset();
    const std::size_t before = support::heap().live_bytes;
    loaded = make(kReader);
    check(loaded->apply(saved));
    figures_.heap_bytes = support::heap().live_bytes - before;
  }

  void compare(crdt::Document& doc) {
    const std::string text = doc.to_string(doc.text("content"));
    if (!first_text_) first_text_ = text;
    figures_.ok = figures_.ok && text == trace_.end_content;
    figures_.agree = figures_.agree && text == *first_text_;
  }

  void check(const Result<void>& done) {
    if (!done && !failure_) failure_ = done.error();
  }

  const support::Trace& trace_;
  unsigned repeat_;
  Figures figures_;
  Replica final_;  ///< ended with the whole trace in it
  UpdateLog per_patch_;
  UpdateLog per_txn_;
  std::optional<std::string> first_text_;
  std::optional<Error> failure_;
};

}  // namespace

Result<Figures> replay(const support::Trace& trace, unsigned repeat) {
  return Replay(trace, repeat).run();
}

}  // namespace plait::bench
