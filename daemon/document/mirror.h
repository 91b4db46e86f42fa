#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/document/rope.h"
#include "daemon/document/text_change.h"
#include "daemon/document/text_view.h"
#include "protocol/base/result.h"

namespace plait::document {

/// Follows a copy of a document's text that is held elsewhere (an editor's buffer, a file on
/// disk), gets the document's changes later, and changes by itself.
///
/// Both sides count: `seq` is the number of the latest change that was sent to the copy, `rev`
/// of the latest that the copy made. The copy wins: a change sent to it that does not know its
/// newest own one is dropped there, and goes out again, transformed. So two texts differ by
/// exactly what was sent and is not known to have been applied.
///
///     document ──sent()──► copy               seq + 1 each
///     document ◄─begin_edit(), merge()── copy      rev + 1 each
///
/// The text of the copy is kept from before the first change that it may lack (keep()) until
/// settle() finds both equal; while they are, nothing is kept, and the document's text is the
/// copy's.
///
/// Does no I/O; knows neither messages nor who makes the changes.
///
/// Invariants (check_invariants): the numbers of unconfirmed changes ascend, from behind
/// confirmed() to seq(); the text is kept while there are any.
class Mirror {
 public:
  using Number = std::int64_t;

  /// Runs of unconfirmed changes that are kept apart. When there are more, the older half
  /// becomes one: who never types confirms nothing. A copy that is further behind than the
  /// newer half and types then has to be read anew.
  static constexpr std::size_t kMaxUnconfirmed = 4096;

  /// The copy is equal to the document.
  Mirror() = default;
  /// The copy has `text`, and gets the document's with the answer to what it said: that is its
  /// change zero.
  Mirror(std::string_view text, TextChange to_document);

  [[nodiscard]] Number rev() const noexcept { return rev_; }
  [[nodiscard]] Number seq() const noexcept { return seq_; }
  [[nodiscard]] Number confirmed() const noexcept { return confirmed_; }
  [[nodiscard]] bool is_behind() const noexcept { return !unconfirmed_.empty(); }
  /// The copy's text is kept here.
  [[nodiscard]] bool keeps_text() const noexcept { return shadow_ != nullptr; }

  // The document changes ----------------------------------------------------------------------

  /// To be called before the document changes in any way but the copy's own: the text is needed
  /// as it was. Does nothing if it is kept.
  void keep(const TextView& document);
  /// The document changed. Returns the number that the change goes out under, next to rev().
  Number sent(TextChange change);

  // The copy speaks ---------------------------------------------------------------------------

  /// The copy has applied everything up to `seq`, and changed nothing of its own since rev().
  /// Fails, and does nothing, if that cannot be, or nobody knows any more what it had then.
  Result<void> confirm(Number seq);
  /// The copy made its change `rev`, having applied everything up to `seq`. Fails as confirm().
  Result<void> begin_edit(Number rev, Number seq);
  /// The copy's text as of confirmed(); after begin_edit(), what the edit was made to.
  [[nodiscard]] TextView text(const TextView& document) const noexcept {
    return shadow_ ? shadow_->view() : document;
  }
  /// What the copy did, in its own coordinates (text()). `for_document` is to be done to the
  /// document, and not to be sent back. If `again` is there, what went out behind confirmed()
  /// was dropped, and this has to go out in its place, under seq().
  struct Merged {
    TextChange for_document;
    std::optional<TextChange> again;
  };
  Result<Merged> merge(const TextChange& own);

  /// What the copy does not have yet: from its text to the document's.
  [[nodiscard]] TextChange missing() const;

  // Places ------------------------------------------------------------------------------------

  /// Of the copy as of confirmed() in the document, and back.
  [[nodiscard]] Utf16Offset to_document(Utf16Offset at) const noexcept;
  [[nodiscard]] Utf16Offset to_copy(Utf16Offset at) const noexcept;

  /// Nothing has happened for a while: gives up the text if both are equal.
  void settle();

  // What is written down ----------------------------------------------------------------------

  /// Is told of each step, so that a mirror can be made again that knows as much.
  class Recorder {
   public:
    Recorder() = default;
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;
    /// For replay(), on a mirror that is what this one was before.
    virtual void step(std::string_view bytes) = 0;

   protected:
    ~Recorder() = default;
  };
  /// From now on; null: nobody any more. A mirror that is put in the place of this one has
  /// none.
  void set_recorder(Recorder* recorder) noexcept { recorder_ = recorder; }

  [[nodiscard]] std::string encode() const;
  static Result<Mirror> decode(std::string_view bytes);
  Result<void> replay(std::string_view step);

  /// Aborts with a message if an invariant does not hold.
  void check_invariants() const;

 private:
  /// Changes that went out one after another; all but the last number are forgotten.
  struct Run {
    Number last = 0;
    TextChange change;
  };

  enum class Step : std::uint8_t { Kept = 1, Sent, Confirmed, Began, Merged, Settled };

  void keep(std::string_view text);
  void record(Step step, std::string_view bytes = {}) const;
  void record(Step step, Number number) const;

  /// The oldest so many changes as one.
  [[nodiscard]] TextChange compose(std::size_t count) const;
  void join_older_half();

  Number rev_ = 0;
  Number seq_ = 0;
  Number confirmed_ = 0;  ///< -1: not even what it was to begin with
  std::deque<Run> unconfirmed_;
  std::unique_ptr<Rope> shadow_;  ///< the copy's text as of confirmed_ and rev_
  Recorder* recorder_ = nullptr;
};

}  // namespace plait::document
