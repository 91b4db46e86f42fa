#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/crypto/digest.h"
#include "daemon/document/local_document.h"
#include "daemon/document/mirror.h"
#include "daemon/editor/positions.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/editor/document.h"

namespace plait::editor {

/// After so long without a change an editor is told the hash of what its buffer should hold.
inline constexpr std::chrono::milliseconds kQuiet{1000};
/// Texts that the editor is known to have had when it saved, by their hashes.
inline constexpr std::size_t kSavedTexts = 8;

/// The editor, and who knows the people behind changes.
class BufferHost {
 public:
  BufferHost() = default;
  BufferHost(const BufferHost&) = delete;
  BufferHost& operator=(const BufferHost&) = delete;

  virtual void say(const messages::DocumentApply& apply) = 0;
  virtual void say(const messages::DocumentVerify& verify) = 0;
  virtual void say(const messages::DocumentStale& stale) = 0;
  /// One that was never given before, from 1 on.
  virtual std::int64_t next_epoch() = 0;
  /// The mirror of an epoch, which has just begun. Another one takes its place.
  virtual void begun(std::int64_t epoch, document::Mirror& mirror) = 0;
  /// The participant who made the change that the document just tells of, if that is known.
  virtual std::optional<std::string> author(document::LocalDocument::Origin origin) = 0;
  /// The buffer held something else than it should have, or nobody knows what it should have
  /// held. That became part of the document; `before` is its text as it was.
  virtual void on_repaired(const std::string& before) = 0;
  /// The buffer's text, whose user may not change the document, gives way to the document's.
  virtual void on_discarded(const std::string& text) = 0;

 protected:
  ~BufferHost() = default;
};

/// A document that is open in one editor (docs/protocol.md, "The editor protocol"): what the
/// editor does happens to the document, and what happens to the document reaches the editor, in
/// its own coordinates and with its counters.
///
/// Does no I/O. No input from an editor can do more than make its buffer stale: from then on
/// its edits are not looked at until it says what it holds.
class Buffer final : private document::LocalDocument::Observer {
 public:
  struct Options {
    std::string uri;
    PositionEncoding encoding = PositionEncoding::Utf16;
    bool is_read_only = false;
  };

  /// All of them outlive it.
  Buffer(document::LocalDocument& document, Options options, BufferHost& host, Agenda& agenda,
         const Clock& clock);
  ~Buffer() override;

  [[nodiscard]] const std::string& uri() const noexcept { return options_.uri; }
  [[nodiscard]] std::int64_t epoch() const noexcept { return epoch_; }
  [[nodiscard]] bool is_stale() const noexcept { return is_stale_; }
  /// Where its edits come from, as far as the document is concerned.
  [[nodiscard]] document::LocalDocument::Origin origin() const noexcept { return origin_; }

  // What the editor says ----------------------------------------------------------------------

  /// `on_disk` is the text of the file if the document is ahead of it: what is not in there are
  /// the buffer's own unsaved changes.
  messages::Opened open(const messages::DocumentOpen& open,
                        const std::optional<std::string>& on_disk);
  /// The buffer was open before, in a process that has gone: that is how it stood then.
  void come_back(std::int64_t epoch, document::Mirror mirror);
  /// For a buffer that was not opened here the same as open().
  messages::Opened resync(const messages::DocumentResync& resync,
                          const std::optional<std::string>& on_disk);
  void edit(const messages::DocumentEdit& edit);
  /// Gives what the editor may have written: one text, if that can be told.
  [[nodiscard]] std::vector<std::string> save(const messages::DocumentSave& save);
  using Undone = std::variant<messages::Undone, jsonrpc::RpcError>;
  Undone undo() { return revert(&document::LocalDocument::undo); }
  Undone redo() { return revert(&document::LocalDocument::redo); }

  /// The user's role is another one. The editor learns of it by being asked to resync.
  void set_read_only(bool is_read_only);
  /// Whether the editor has this text, or had it when it saved: what a file on disk then holds
  /// is no news.
  [[nodiscard]] bool has_had(std::string_view text) const;

  // Cursors -----------------------------------------------------------------------------------

  using Selection = document::LocalDocument::Selection;
  /// The editor's own, in the document. What is in no place of its text is left out.
  [[nodiscard]] std::vector<Selection> selections(std::span<const messages::Selection> said,
                                                  const messages::Applied& applied);
  /// Somebody's, as the editor has it once it has applied everything.
  [[nodiscard]] messages::Selection shown(const Selection& selection) const;

 private:
  void about_to_change(document::LocalDocument::Origin origin) override;
  void changed(std::span<const crdt::TextEdit> edits,
               document::LocalDocument::Origin origin) override;

  messages::Opened start(const std::string& text, bool is_modified,
                         const std::optional<std::string>& on_disk);
  /// The editor holds `text`, and gets the document's with the answer.
  messages::Opened start_epoch(const std::string& text, document::TextChange to_document);
  void begin(std::int64_t epoch, document::Mirror mirror);
  struct Base {
    std::string text;
    document::TextChange to_document;
    bool is_doubtful = false;  ///< what it did to that, or whether, should have been known
  };
  [[nodiscard]] Base base_for(const std::string& text, const messages::Applied& applied);
  /// Does what an editor that holds `text` did unseen. False, and it is told of, if it cannot.
  bool take_in(const document::TextChange& own, const std::string& text);
  bool confirm(const messages::Applied& applied);
  void become_stale(messages::StaleReason reason);
  void say_apply(std::vector<messages::Edit> edits, std::optional<std::string> author);
  void say_verify();
  void note_activity();
  Undone revert(Result<document::LocalDocument::Undone> (document::LocalDocument::*step)());

  document::LocalDocument& document_;
  Options options_;
  BufferHost& host_;
  const Clock& clock_;
  const document::LocalDocument::Origin origin_;
  document::Mirror mirror_;
  std::int64_t epoch_ = 0;  ///< 0: it was never opened
  bool is_stale_ = true;    ///< until it is opened
  /// What the editor found on disk when it opened the file. That may be news to us.
  crypto::Sha256Digest read_{};
  std::array<crypto::Sha256Digest, kSavedTexts> saved_{};
  std::size_t saves_ = 0;
  Alarm quiet_;
};

}  // namespace plait::editor
