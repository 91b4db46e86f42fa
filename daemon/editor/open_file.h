#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "daemon/editor/buffer.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/workspace/workspace.h"

namespace plait::editor {

namespace connect = plait::messages::connect;

/// A shared file that one editor has open: keeps its document in memory, and tells the
/// workspace that the disk is the editor's to write.
class OpenFile final : private BufferHost {
 public:
  /// The session.
  class Owner {
   public:
    Owner() = default;
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
    virtual void say(const messages::DocumentApply& message) = 0;
    virtual void say(const messages::DocumentVerify& message) = 0;
    virtual void say(const messages::DocumentStale& message) = 0;
    virtual std::int64_t next_epoch() = 0;
    virtual void on_repaired(const OpenFile& file, const std::string& before) = 0;
    virtual void on_discarded(const OpenFile& file, const std::string& text) = 0;

   protected:
    ~Owner() = default;
  };

  /// All of them outlive it.
  OpenFile(Owner& owner, workspace::Workspace& workspace, workspace::Hold document,
           Buffer::Options options, Agenda& agenda, const Clock& clock)
      : owner_(owner),
        workspace_(workspace),
        document_(std::move(document)),
        buffer_(document_->local(), std::move(options), *this, agenda, clock) {
    workspace_.file_opened(id());
  }
  ~OpenFile() { workspace_.file_closed(id()); }

  /// If the process before this one had the buffer, it goes on from there.
  void find_lost(std::optional<std::int64_t> epoch) {
    workspace::OpenBuffers* const buffers = workspace_.open_buffers();
    if (buffers == nullptr) return;
    auto lost = buffers->take(id(), epoch);
    if (lost) buffer_.come_back(lost->first, std::move(lost->second));
  }

  [[nodiscard]] Buffer& buffer() noexcept { return buffer_; }
  [[nodiscard]] const Buffer& buffer() const noexcept { return buffer_; }
  [[nodiscard]] const std::string& id() const noexcept { return document_->id(); }
  [[nodiscard]] document::LocalDocument& local() const noexcept { return document_->local(); }
  [[nodiscard]] workspace::Workspace& workspace() const noexcept { return workspace_; }

 private:
  // BufferHost
  void say(const messages::DocumentApply& message) override { owner_.say(message); }
  void say(const messages::DocumentVerify& message) override { owner_.say(message); }
  void say(const messages::DocumentStale& message) override { owner_.say(message); }
  std::int64_t next_epoch() override { return owner_.next_epoch(); }
  void begun(std::int64_t epoch, document::Mirror& mirror) override {
    workspace::OpenBuffers* const buffers = workspace_.open_buffers();
    if (buffers == nullptr) return;
    track_.reset();
    track_ = buffers->track(*document_, epoch, mirror);
  }
  std::optional<std::string> author(document::LocalDocument::Origin origin) override {
    return workspace_.author(local(), origin);
  }
  void on_repaired(const std::string& before) override { owner_.on_repaired(*this, before); }
  void on_discarded(const std::string& text) override { owner_.on_discarded(*this, text); }

  Owner& owner_;
  workspace::Workspace& workspace_;
  workspace::Hold document_;
  Buffer buffer_;
  std::unique_ptr<workspace::BlackBox::Track> track_;  ///< of its mirror
};

}  // namespace plait::editor
