#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/document/local_document.h"
#include "daemon/editor/buffer.h"
#include "daemon/support/agenda.h"
#include "protocol/jsonrpc/frame_reader.h"
#include "tests/support/stepped_clock.h"

namespace plait::support {

/// A daemon that has one document and nothing else: several editors may come with it open.
class EditorDesk {
 public:
  static constexpr std::string_view kUri = "file:///garden/main.c";

  /// The daemon's end of one editor.
  class Seat final : private editor::BufferHost {
   public:
    Seat(EditorDesk& desk, editor::PositionEncoding encoding) noexcept
        : desk_(desk), encoding_(encoding) {}

    /// Whatever an editor sends; false once it has to be hung up on.
    bool hears(std::string_view bytes);
    [[nodiscard]] std::string take_bytes() { return std::exchange(out_, {}); }

    /// Null until the editor opens the document.
    [[nodiscard]] editor::Buffer* buffer() noexcept { return buffer_.get(); }
    void set_read_only(bool is_read_only);
    /// What is on disk, for when the document is opened.
    void set_on_disk(std::string text) { on_disk_ = std::move(text); }
    [[nodiscard]] const std::vector<std::string>& repaired() const noexcept {
      return repaired_;
    }
    [[nodiscard]] const std::vector<std::string>& discarded() const noexcept {
      return discarded_;
    }
    /// Where the editor said that its cursor is, in the document.
    [[nodiscard]] const std::vector<editor::Buffer::Selection>& cursors() const noexcept {
      return cursors_;
    }

   private:
    void receive(std::string_view body);
    editor::Buffer& fresh_buffer();
    template <class M>
    void tell(const M& message);
    void say(const messages::editor::DocumentApply& apply) override;
    void say(const messages::editor::DocumentVerify& verify) override;
    void say(const messages::editor::DocumentStale& stale) override;
    std::int64_t next_epoch() override { return ++desk_.epochs_; }
    void begun(std::int64_t /*epoch*/, document::Mirror& /*mirror*/) override {}
    std::optional<std::string> author(document::LocalDocument::Origin origin) override;
    void on_repaired(const std::string& before) override { repaired_.push_back(before); }
    void on_discarded(const std::string& text) override { discarded_.push_back(text); }

    EditorDesk& desk_;
    const editor::PositionEncoding encoding_;
    bool is_read_only_ = false;
    std::optional<std::string> on_disk_;
    jsonrpc::FrameReader reader_;
    std::string out_;
    std::vector<std::string> repaired_;
    std::vector<std::string> discarded_;
    std::vector<editor::Buffer::Selection> cursors_;
    std::unique_ptr<editor::Buffer> buffer_;
  };

  explicit EditorDesk(std::uint64_t client, std::string_view text = {});

  [[nodiscard]] document::LocalDocument& document() noexcept { return *document_; }
  [[nodiscard]] std::string text() const { return document_->text(); }
  /// Somebody types on another machine, or a program on this one.
  void network_changes(std::string_view update);
  void disk_changes(const document::TextChange& change);
  void waits(std::chrono::milliseconds time);
  /// So long that every editor is told what its buffer should hold.
  void is_quiet() { waits(2 * editor::kQuiet); }

 private:
  SteppedClock clock_;
  Agenda agenda_;
  std::unique_ptr<document::LocalDocument> document_;
  std::int64_t epochs_ = 0;
};

}  // namespace plait::support
