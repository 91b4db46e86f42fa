#include "daemon/editor/session.h"

#include <algorithm>
#include <utility>

#include "protocol/base/file_uri.h"
#include "protocol/messages/editor/errors.h"

namespace plait::editor {

using messages::EditorError;
using messages::rpc_error;

Session::Session(Line& line, workspace::Shelf& shelf, messages::Software software)
    : line_(line),
      shelf_(shelf),
      software_(std::move(software)),
      self_(std::make_shared<Session*>(this)),
      here_{shelf.new_editor_id(), {}},
      idle_(shelf.agenda(), [this] { be_less_active(); }) {
  shelf_.add_listener(*this);
}

Session::~Session() {
  *self_ = nullptr;
  shelf_.remove_listener(*this);
  for (const std::string& id : attended_) {
    if (workspace::Workspace* const workspace = attended(id)) workspace->hide(here_);
  }
}

bool Session::has_had(const std::string& file, std::string_view text) const {
  return std::ranges::any_of(files_, [&](const auto& at) {
    return at.second->id() == file && at.second->buffer().has_had(text);
  });
}

// Messages ------------------------------------------------------------------------------------

void Session::receive(std::string_view body) {
  const jsonrpc::Message message = jsonrpc::parse_message(body, messages::kLimits);
  if (const auto* request = std::get_if<jsonrpc::Request>(&message)) {
    take(*request);
  } else if (const auto* notification = std::get_if<jsonrpc::Notification>(&message)) {
    take(*notification);
  } else if (const auto* unreadable = std::get_if<jsonrpc::Unreadable>(&message)) {
    if (unreadable->answerable) line_.send(write_message(unreadable->answer));
  }
  // Nobody asked the editor anything, so what answers is passed over.
}

template <class M>
bool Session::take_request(const jsonrpc::Request& request) {
  if (request.method != M::kMethod) return false;
  auto message = jsonrpc::read_fields<M>(request.params, "params");
  if (message) {
    handle(*message, Responder<M>(self_, request.id));
  } else {
    refuse(request.id, {jsonrpc::StandardError::InvalidParams, message.error().message});
  }
  return true;
}

template <class M>
bool Session::take_notification(const jsonrpc::Notification& notification) {
  if (notification.method != M::kMethod) return false;
  if (auto message = jsonrpc::read_fields<M>(notification.params, "params")) handle(*message);
  return true;
}

void Session::take(const jsonrpc::Request& request) {
  if (request.method == messages::Initialize::kMethod) {
    take_request<messages::Initialize>(request);
    return;
  }
  if (phase_ != Phase::Ready) {
    refuse(request.id, rpc_error(EditorError::NotInitialized, "`initialize` comes first"));
    return;
  }
  if (request.method == messages::kShutdown) {
    answer(request.id, {});
    phase_ = Phase::ShutDown;
    return;
  }
  bool is_known = false;
  messages::Requests::for_each([&]<class M>() {
    if constexpr (!std::is_same_v<M, messages::Initialize>) {
      is_known = is_known || take_request<M>(request);
    }
  });
  if (!is_known) {
    refuse(request.id,
           {jsonrpc::StandardError::MethodNotFound, "there is no method " + request.method});
  }
}

void Session::take(const jsonrpc::Notification& notification) {
  if (notification.method == messages::kExit) {
    line_.close();
    return;
  }
  if (phase_ != Phase::Ready) return;
  bool is_known = false;
  messages::EditorNotifications::for_each(
      [&]<class M>() { is_known = is_known || take_notification<M>(notification); });
}

void Session::answer(const jsonrpc::RequestId& id, jsonrpc::Json result) {
  line_.send(write_message(jsonrpc::Response{id, std::move(result)}));
}

void Session::refuse(const jsonrpc::RequestId& id, jsonrpc::RpcError error) {
  line_.send(write_message(jsonrpc::ErrorResponse{id, std::move(error)}));
}

// Lifecycle -----------------------------------------------------------------------------------

void Session::handle(const messages::Initialize& message,
                     const Responder<messages::Initialize>& respond) {
  if (phase_ != Phase::New) {
    respond.refuse({jsonrpc::StandardError::InvalidRequest, "`initialize` comes once"});
    return;
  }
  if (message.protocol_version != messages::kProtocolVersion) {
    jsonrpc::Json::Array supported;
    supported.emplace_back(messages::kProtocolVersion);
    jsonrpc::Json::Object data;
    data.push_back({"supported", jsonrpc::Json(std::move(supported))});
    respond.refuse(rpc_error(EditorError::UnsupportedVersion,
                             "this version of the protocol is not known",
                             jsonrpc::Json(std::move(data))));
    return;
  }
  if (message.position_encodings) {
    for (const std::string& name : *message.position_encodings) {
      if (const auto known = jsonrpc::enum_named<PositionEncoding>(name)) {
        encoding_ = *known;
        break;
      }
    }
  }
  if (message.user && message.user->name) shelf_.set_person(*message.user->name);
  phase_ = Phase::Ready;
  here_.client = (message.client.name + " " + message.client.version)
                     .substr(0, connect::kMaxSoftwareBytes);
  messages::Initialize::Reply reply;
  reply.server = software_;
  reply.position_encoding = encoding_;
  reply.user.id = "you";
  reply.user.name = shelf_.person();
  reply.user.color = message.user && message.user->color ? *message.user->color : "#888888";
  respond.answer(reply);
}

// Workspaces ----------------------------------------------------------------------------------

void Session::attend(workspace::Workspace& workspace) {
  if (!attended_.insert(workspace.id()).second) return;
  workspace_changed(workspace);
  workspace.show_here(here_, presence_in(workspace));
  participants_changed(workspace);
  if (workspace.chat().unread() > 0) chat_changed(workspace, {});
}

bool Session::attends(const workspace::Workspace& workspace) const {
  return attended_.contains(workspace.id());
}

workspace::Workspace* Session::attended(const std::string& id) const { return shelf_.find(id); }

void Session::handle(const messages::WorkspaceShare& message,
                     const Responder<messages::WorkspaceShare>& respond) {
  shelf_.share(message, [this, respond](const auto& outcome) {
    respond(outcome);
    const auto* reply = std::get_if<messages::WorkspaceShare::Reply>(&outcome);
    if (reply == nullptr || !respond.is_heard()) return;
    if (auto* made = shelf_.find(reply->workspace.id)) attend(*made);
  });
}

void Session::handle(const messages::WorkspaceJoin& message,
                     const Responder<messages::WorkspaceJoin>& respond) {
  shelf_.join(message, [this, respond](const auto& outcome) {
    respond(outcome);
    const auto* reply = std::get_if<messages::WorkspaceJoin::Reply>(&outcome);
    if (reply == nullptr || !respond.is_heard()) return;
    if (auto* joined = shelf_.find(reply->workspace.id)) attend(*joined);
  });
}

void Session::handle(const messages::WorkspaceOpen& message,
                     const Responder<messages::WorkspaceOpen>& respond) {
  shelf_.open(message.folder, [this, respond](const auto& outcome) {
    if (!respond.is_heard()) return;
    if (const auto* refusal = std::get_if<jsonrpc::RpcError>(&outcome)) {
      respond.refuse(*refusal);
      return;
    }
    workspace::Workspace& opened = *std::get<workspace::Workspace*>(outcome);
    messages::OneWorkspace reply;
    reply.workspace = shelf_.describe(opened);
    respond.answer(reply);
    attend(opened);
  });
}

void Session::handle(const messages::WorkspaceLeave& message,
                     const Responder<messages::WorkspaceLeave>& respond) {
  shelf_.leave(message.workspace_id, [respond](const auto& outcome) { respond(outcome); });
}

void Session::handle(const messages::WorkspaceAnswer& message,
                     const Responder<messages::WorkspaceAnswer>& respond) {
  workspace::Workspace* const workspace = shelf_.find(message.workspace_id);
  if (workspace == nullptr) {
    respond.refuse(rpc_error(EditorError::NoWorkspace, "this workspace is not open"));
    return;
  }
  workspace->answer(message.kind, message.accept);
  respond.answer({});
}

void Session::handle(const messages::WorkspaceList& /*message*/,
                     const Responder<messages::WorkspaceList>& respond) {
  respond.answer({shelf_.list()});
}

void Session::handle(const messages::WorkspaceInvite& message,
                     const Responder<messages::WorkspaceInvite>& respond) {
  shelf_.invite(message, [respond](const auto& outcome) {
    if (const auto* invite = std::get_if<std::string>(&outcome)) {
      respond.answer({*invite});
    } else {
      respond.refuse(std::get<jsonrpc::RpcError>(outcome));
    }
  });
}

void Session::workspace_changed(const workspace::Workspace& workspace) {
  if (!attends(workspace)) return;
  messages::WorkspaceChanged news;
  news.workspace = shelf_.describe(workspace);
  tell(news);
  for (auto& [uri, file] : files_) {
    if (&file->workspace() == &workspace)
      file->buffer().set_read_only(workspace.is_read_only());
  }
}

void Session::workspace_problem(const workspace::Workspace& workspace, std::string_view code,
                                const std::string& message, const std::string& path,
                                const std::string& kept_at) {
  if (!attends(workspace)) return;
  messages::WorkspaceProblem problem;
  problem.workspace_id = workspace.id();
  problem.code = code;
  problem.message = message;
  if (!path.empty()) problem.uri = file_uri(workspace.record().folder + "/" + path);
  if (!kept_at.empty()) problem.backup = file_uri(kept_at);
  tell(problem);
}

void Session::workspace_progress(const workspace::Workspace& workspace) {
  if (!attends(workspace)) return;
  Transfer& transfer = transfers_[workspace.id()];
  const std::size_t waiting = workspace.files_waiting();
  transfer.most = std::max(transfer.most, waiting);
  const MonotonicTime now = shelf_.clock().now();
  messages::Progress progress;
  progress.token = "files." + workspace.id();
  if (!transfer.is_told) {
    if (waiting < kMinProgressFiles) {
      transfer.most = waiting;
      return;
    }
    transfer.is_told = true;
    progress.value.kind = messages::ProgressKind::Begin;
    progress.value.title = "Bringing files into step";
  } else if (waiting == 0) {
    progress.value.kind = messages::ProgressKind::End;
    transfers_.erase(workspace.id());
    tell(progress);
    return;
  } else if (now < transfer.told_at + kProgressPause) {
    return;
  }
  transfer.told_at = now;
  progress.value.message = std::to_string(waiting) + " files to go";
  progress.value.percentage =
      static_cast<std::int64_t>((transfer.most - waiting) * 100 / transfer.most);
  tell(progress);
}

}  // namespace plait::editor
