#include "tests/support/editor_desk.h"

#include <variant>

#include "protocol/base/assert.h"
#include "protocol/jsonrpc/fields.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/editor/all.h"
#include "protocol/messages/editor/errors.h"

namespace plait::support {

namespace said = plait::messages::editor;
using document::LocalDocument;
using document::TextChange;

EditorDesk::EditorDesk(std::uint64_t client, std::string_view text)
    : document_(*LocalDocument::load({}, {}, {})) {
  document_->set_client(crdt::ClientId{client});
  if (!text.empty()) disk_changes(TextChange::replacement({}, {}, std::string(text)));
}

void EditorDesk::network_changes(std::string_view update) {
  const auto applied = document_->apply(update);
  PLAIT_ASSERT(applied, "an update");
}

void EditorDesk::disk_changes(const TextChange& change) {
  const auto changed = document_->change(change, LocalDocument::kDisk);
  PLAIT_ASSERT(changed, "a change to this text");
}

void EditorDesk::waits(std::chrono::milliseconds time) {
  clock_.time += time;
  agenda_.advance(clock_.time);
}

// The daemon's end ----------------------------------------------------------------------------

bool EditorDesk::Seat::hears(std::string_view bytes) {
  reader_.feed(bytes);
  for (auto body = reader_.next(); body; body = reader_.next()) {
    if (!*body) return true;
    receive(**body);
  }
  return false;
}

editor::Buffer& EditorDesk::Seat::fresh_buffer() {
  editor::BufferHost& host = *this;
  buffer_ = std::make_unique<editor::Buffer>(
      *desk_.document_, editor::Buffer::Options{std::string(kUri), encoding_, is_read_only_},
      host, desk_.agenda_, desk_.clock_);
  return *buffer_;
}

void EditorDesk::Seat::receive(std::string_view body) {
  const jsonrpc::Message message = jsonrpc::parse_message(body, said::kLimits);
  if (const auto* request = std::get_if<jsonrpc::Request>(&message)) {
    const auto answer = [&](const auto& result) {
      out_ += jsonrpc::framed(jsonrpc::write_message(
          jsonrpc::Response{request->id, jsonrpc::write_fields(result)}));
    };
    const auto refuse = [&](jsonrpc::RpcError error) {
      out_ += jsonrpc::framed(
          jsonrpc::write_message(jsonrpc::ErrorResponse{request->id, std::move(error)}));
    };
    const auto take = [&]<class M>(auto then) {
      if (request->method != M::kMethod) return false;
      if (auto read = jsonrpc::read_fields<M>(request->params)) {
        then(*read);
      } else {
        refuse({jsonrpc::StandardError::InvalidParams, read.error().message});
      }
      return true;
    };
    const auto revert = [&](editor::Buffer::Undone (editor::Buffer::*step)()) {
      if (buffer_ == nullptr)
        return refuse(rpc_error(said::EditorError::StaleEpoch, "open it"));
      const auto undone = (*buffer_.*step)();
      if (const auto* error = std::get_if<jsonrpc::RpcError>(&undone)) return refuse(*error);
      answer(std::get<said::Undone>(undone));
    };
    static_cast<void>(take.operator()<said::DocumentOpen>([&](const auto& open) {
      answer(fresh_buffer().open(open, on_disk_));
    }) || take.operator()<said::DocumentResync>([&](const auto& resync) {
      editor::Buffer& buffer = buffer_ == nullptr ? fresh_buffer() : *buffer_;
      answer(buffer.resync(resync, on_disk_));
    }) || take.operator()<said::DocumentUndo>([&](const auto&) {
      revert(&editor::Buffer::undo);
    }) || take.operator()<said::DocumentRedo>([&](const auto&) {
      revert(&editor::Buffer::redo);
    }));
    return;
  }
  const auto* notification = std::get_if<jsonrpc::Notification>(&message);
  if (notification == nullptr || buffer_ == nullptr) return;
  const auto take = [&]<class M>(auto then) {
    if (notification->method != M::kMethod) return;
    if (auto read = jsonrpc::read_fields<M>(notification->params)) then(*read);
  };
  take.operator()<said::DocumentEdit>([&](const auto& edit) { buffer_->edit(edit); });
  take.operator()<said::DocumentSave>(
      [&](const auto& save) { static_cast<void>(buffer_->save(save)); });
  take.operator()<said::PresenceUpdate>([&](const auto& presence) {
    cursors_ = buffer_->selections(presence.selections, presence.applied);
  });
  take.operator()<said::DocumentClose>([&](const auto&) { buffer_.reset(); });
}

void EditorDesk::Seat::set_read_only(bool is_read_only) {
  is_read_only_ = is_read_only;
  if (buffer_ != nullptr) buffer_->set_read_only(is_read_only);
}

template <class M>
void EditorDesk::Seat::tell(const M& message) {
  out_ += jsonrpc::framed(jsonrpc::write_message(
      jsonrpc::Notification{std::string(M::kMethod), jsonrpc::write_fields(message)}));
}

void EditorDesk::Seat::say(const said::DocumentApply& apply) { tell(apply); }
void EditorDesk::Seat::say(const said::DocumentVerify& verify) { tell(verify); }
void EditorDesk::Seat::say(const said::DocumentStale& stale) { tell(stale); }

std::optional<std::string> EditorDesk::Seat::author(LocalDocument::Origin origin) {
  if (origin != LocalDocument::kNetwork) return std::nullopt;
  return "somebody";
}

}  // namespace plait::support
