#include "daemon/editor/buffer.h"

#include <algorithm>
#include <utility>

#include "daemon/document/text_change.h"
#include "daemon/document/text_diff.h"
#include "daemon/document/unsaved_changes.h"
#include "protocol/messages/editor/errors.h"

namespace plait::editor {
namespace {

using document::Author;
using document::difference;
using document::LocalDocument;
using document::Mirror;
using document::Side;
using document::TextChange;
using messages::StaleReason;

crypto::Sha256Digest hash_of(const document::TextView& text) {
  crypto::Sha256 hash;
  text.for_each_chunk([&](std::string_view chunk) { hash.update(chunk); });
  return hash.finish();
}

}  // namespace

Buffer::Buffer(LocalDocument& document, Options options, BufferHost& host, Agenda& agenda,
               const Clock& clock)
    : document_(document),
      options_(std::move(options)),
      host_(host),
      clock_(clock),
      origin_(document.add_editor()),
      quiet_(agenda, [this] { say_verify(); }) {
  document_.add_observer(*this);
}

Buffer::~Buffer() { document_.remove_observer(*this); }

// Opening -------------------------------------------------------------------------------------

messages::Opened Buffer::open(const messages::DocumentOpen& open,
                              const std::optional<std::string>& on_disk) {
  return start(with_plain_newlines(open.text), open.modified.value_or(false), on_disk);
}

messages::Opened Buffer::start(const std::string& text, bool is_modified,
                               const std::optional<std::string>& on_disk) {
  if (is_modified) {
    const std::string now = document_.text();
    take_in(document::unsaved_changes(on_disk ? *on_disk : now, text, now), text);
  } else {
    read_ = crypto::sha256(text);
  }
  return start_epoch(text, difference(text, document_.text(), Author::Person));
}

void Buffer::come_back(std::int64_t epoch, Mirror mirror) { begin(epoch, std::move(mirror)); }

messages::Opened Buffer::resync(const messages::DocumentResync& resync,
                                const std::optional<std::string>& on_disk) {
  const std::string text = with_plain_newlines(resync.text);
  if (epoch_ == 0) return start(text, /*is_modified=*/true, on_disk);
  const std::string before = document_.text();
  const Base base = base_for(text, resync.applied);
  const TextChange own = difference(base.text, text, Author::Person);
  const TextChange for_document = own.after(base.to_document, Side::Before);
  if (!take_in(for_document, text)) return start_epoch(text, difference(text, before));
  if (base.is_doubtful && !for_document.is_nothing()) host_.on_repaired(before);
  return start_epoch(text, base.to_document.after(own, Side::Behind));
}

/// What the buffer held before it changed in a way that nothing is known of.
Buffer::Base Buffer::base_for(const std::string& text, const messages::Applied& applied) {
  // It did not take the answer to what it said last, and so has nothing that was sent since.
  const bool is_another_epoch = applied.epoch && applied.epoch != epoch_;
  const bool is_exact = is_another_epoch || confirm(applied);
  Base known{mirror_.text(document_.view()).string(), mirror_.missing(),
             !is_another_epoch && !is_stale_};
  if (is_exact || !mirror_.is_behind()) return known;
  // It has applied some of what was sent, or all of it: whichever is nearer to what it says.
  Base all{document_.text(), {}, true};
  known.is_doubtful = true;
  const bool is_known = difference(known.text, text).size() < difference(all.text, text).size();
  return is_known ? known : all;
}

bool Buffer::take_in(const TextChange& own, const std::string& text) {
  if (own.is_nothing()) return true;
  if (!options_.is_read_only) {
    document_.advance(clock_.now());
    if (document_.change(own, origin_)) return true;
  }
  host_.on_discarded(text);
  return false;
}

messages::Opened Buffer::start_epoch(const std::string& text, TextChange to_document) {
  messages::Opened opened{host_.next_epoch(), options_.is_read_only, std::nullopt};
  if (!to_document.is_nothing()) opened.text = document_.text();
  begin(opened.epoch, Mirror(text, std::move(to_document)));
  is_stale_ = false;
  note_activity();
  return opened;
}

void Buffer::begin(std::int64_t epoch, Mirror mirror) {
  mirror_ = std::move(mirror);
  epoch_ = epoch;
  host_.begun(epoch_, mirror_);
}

// The editor's edits --------------------------------------------------------------------------

void Buffer::edit(const messages::DocumentEdit& edit) {
  if (is_stale_) return;  // what it did since is in what it says next
  if (edit.epoch != epoch_) return become_stale(StaleReason::Counters);
  if (options_.is_read_only) return become_stale(StaleReason::ReadOnly);
  if (!mirror_.begin_edit(edit.rev, edit.seq)) return become_stale(StaleReason::Counters);
  const document::TextView text = mirror_.text(document_.view());
  const auto change = change_of(text, edit.edits, options_.encoding);
  if (!change) return become_stale(StaleReason::Position);

  const auto merged = mirror_.merge(*change);
  if (!merged) return become_stale(StaleReason::Refused);
  document_.advance(clock_.now());
  if (!document_.change(merged->for_document, origin_)) {
    // What the editor did is not in the document, and has to be found when it resyncs.
    begin(epoch_, Mirror());
    return become_stale(StaleReason::Refused);
  }
  if (merged->again) {
    if (merged->again->parts().size() > messages::kMaxEdits) {
      return become_stale(StaleReason::Counters);
    }
    say_apply(edits_of(*merged->again, mirror_.text(document_.view()), options_.encoding), {});
  }
  note_activity();
}

void Buffer::become_stale(StaleReason reason) {
  is_stale_ = true;
  quiet_.stop();
  host_.say(messages::DocumentStale{options_.uri, epoch_, reason});
}

bool Buffer::confirm(const messages::Applied& applied) {
  return applied.epoch == epoch_ && applied.seq && mirror_.confirm(*applied.seq).has_value();
}

std::vector<std::string> Buffer::save(const messages::DocumentSave& save) {
  std::vector<std::string> texts;
  const bool is_exact = confirm(save.applied);
  if (mirror_.is_behind()) texts.push_back(mirror_.text(document_.view()).string());
  if (!is_exact || !mirror_.is_behind()) texts.push_back(document_.text());
  for (const std::string& text : texts) saved_[saves_++ % kSavedTexts] = crypto::sha256(text);
  return texts;
}

bool Buffer::has_had(std::string_view text) const {
  const crypto::Sha256Digest hash = crypto::sha256(text);
  return hash == document_.hash() ||
         std::find(saved_.begin(), saved_.end(), hash) != saved_.end() ||
         (mirror_.is_behind() && hash != read_ &&
          hash == hash_of(mirror_.text(document_.view())));
}

Buffer::Undone Buffer::revert(Result<LocalDocument::Undone> (LocalDocument::*step)()) {
  using messages::EditorError;
  if (is_stale_) return rpc_error(EditorError::StaleEpoch, "the document has to be resynced");
  if (options_.is_read_only) {
    return rpc_error(EditorError::ReadOnly, "the document may not be changed");
  }
  document_.advance(clock_.now());
  const auto undone = (document_.*step)();
  if (!undone) return rpc_error(EditorError::ReadOnly, undone.error().message);
  messages::Undone answer{undone->changed, std::nullopt};
  if (undone->selection) answer.selection = shown(*undone->selection);
  return answer;
}

void Buffer::set_read_only(bool is_read_only) {
  if (options_.is_read_only == is_read_only) return;
  options_.is_read_only = is_read_only;
  if (!is_stale_) become_stale(StaleReason::Access);
}

// The document's changes ----------------------------------------------------------------------

void Buffer::about_to_change(LocalDocument::Origin origin) {
  if (origin != origin_) mirror_.keep(document_.view());
}

void Buffer::changed(std::span<const crdt::TextEdit> edits, LocalDocument::Origin origin) {
  if (origin == origin_) return;
  const std::optional<std::string> author = host_.author(origin);
  while (!edits.empty()) {
    const auto some = edits.first(std::min(edits.size(), messages::kMaxEdits));
    edits = edits.subspan(some.size());
    mirror_.sent(TextChange::of(some));
    if (!is_stale_) say_apply(edits_of(some, options_.encoding), author);
  }
  if (!is_stale_) note_activity();
}

void Buffer::say_apply(std::vector<messages::Edit> edits, std::optional<std::string> author) {
  host_.say(messages::DocumentApply{options_.uri, epoch_, mirror_.seq(), mirror_.rev(),
                                    std::move(edits), std::move(author)});
}

void Buffer::note_activity() { quiet_.set(clock_.now() + kQuiet); }

void Buffer::say_verify() {
  mirror_.settle();
  host_.say(messages::DocumentVerify{
      options_.uri, epoch_, mirror_.seq(), mirror_.rev(), {document_.hash()}});
}

// Cursors -------------------------------------------------------------------------------------

std::vector<Buffer::Selection> Buffer::selections(std::span<const messages::Selection> said,
                                                  const messages::Applied& applied) {
  // Who does not say what it has applied has most likely applied everything.
  const bool is_exact = confirm(applied);
  const document::TextView text = is_exact ? mirror_.text(document_.view()) : document_.view();
  std::vector<Selection> found;
  for (const messages::Selection& selection : said) {
    const auto anchor = offset_of(text, selection.anchor, options_.encoding);
    const auto head = offset_of(text, selection.head, options_.encoding);
    if (!anchor || !head) continue;
    found.push_back(is_exact
                        ? Selection{mirror_.to_document(*anchor), mirror_.to_document(*head)}
                        : Selection{*anchor, *head});
  }
  return found;
}

messages::Selection Buffer::shown(const Selection& selection) const {
  const auto place = [&](Utf16Offset at) {
    return position_of(document_.view(), at, options_.encoding);
  };
  return {place(selection.anchor), place(selection.head)};
}

}  // namespace plait::editor
