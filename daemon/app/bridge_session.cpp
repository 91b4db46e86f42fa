#include "daemon/app/bridge_session.h"

#include <array>
#include <utility>
#include <variant>

#include "protocol/messages/editor/all.h"
#include "protocol/messages/editor/errors.h"

namespace plait::app {
namespace {

namespace editor = messages::editor;
using jsonrpc::Json;
using jsonrpc::RequestId;

/// No editor names its requests so.
constexpr std::string_view kOwnPrefix = "plait editor ";

constexpr const char* kLost =
    "the daemon ended before it answered; it is not known whether this was done";
constexpr const char* kWhyStale = "restarted";
constexpr const char* kNobody = "they are not here any more";

std::string text_of(const Json& object, std::string_view name) {
  const Json* member = object.find(name);
  const std::string* text = member == nullptr ? nullptr : member->as_string();
  return text == nullptr ? std::string() : *text;
}

template <class M>
std::string told(const M& message) {
  return jsonrpc::write_message(
      jsonrpc::Notification{std::string(M::kMethod), jsonrpc::write_fields(message)});
}

bool is_any_of(std::string_view method, const auto&... methods) {
  return ((method == methods) || ...);
}

}  // namespace

// --- From the editor ---------------------------------------------------------------------

Result<BridgeSession::Out> BridgeSession::from_editor(std::string body) {
  // What is no message is the daemon's to refuse.
  const jsonrpc::Message message = jsonrpc::parse_message(body, editor::kLimits);
  if (const auto* request = std::get_if<jsonrpc::Request>(&message)) {
    if (in_flight_.size() >= kMaxRequestsInFlight) {
      return fail(ErrorCode::LimitExceeded, "the editor asks for too much at one time");
    }
    asked(*request, body);
  } else if (const auto* notification = std::get_if<jsonrpc::Notification>(&message)) {
    noted(*notification);
    if (notification->method == editor::PresenceUpdate::kMethod) presence_ = body;
  }
  Out out;
  out.to_daemon.push_back(std::move(body));
  return out;
}

void BridgeSession::asked(const jsonrpc::Request& request, std::string_view body) {
  using What = Asked::What;
  Asked asked;
  const std::string& method = request.method;
  if (method == editor::Initialize::kMethod) {
    asked.what = What::Initialize;
    initialize_ = body;
    initialize_id_ = request.id;
  } else if (is_any_of(method, editor::WorkspaceShare::kMethod, editor::WorkspaceJoin::kMethod,
                       editor::WorkspaceOpen::kMethod)) {
    asked.what = What::Workspace;
  } else if (method == editor::WorkspaceLeave::kMethod) {
    asked = {What::Leave, text_of(request.params, "workspaceId")};
  } else if (is_any_of(method, editor::DocumentOpen::kMethod,
                       editor::DocumentResync::kMethod)) {
    asked = {What::Document, text_of(request.params, "uri")};
  } else if (method == editor::FollowStart::kMethod) {
    asked = {What::Follow, jsonrpc::write_json(request.params)};
  } else if (method == editor::FollowStop::kMethod) {
    asked.what = What::Unfollow;
  } else if (method == editor::kShutdown) {
    asked.what = What::Shutdown;
    shutdown_ = true;
  }
  in_flight_.insert_or_assign(request.id, std::move(asked));
}

void BridgeSession::noted(const jsonrpc::Notification& notification) {
  if (notification.method == editor::DocumentClose::kMethod) {
    documents_.erase(text_of(notification.params, "uri"));
  } else if (notification.method == editor::kExit) {
    exited_ = true;
  }
}

// --- From the daemon ---------------------------------------------------------------------

Result<BridgeSession::Out> BridgeSession::from_daemon(std::string body) {
  Out out;
  if (!follow_.empty() && body.find(editor::FollowStopped::kMethod) != std::string::npos) {
    const jsonrpc::Message message = jsonrpc::parse_message(body, editor::kLimits);
    const auto* news = std::get_if<jsonrpc::Notification>(&message);
    if (news != nullptr && news->method == editor::FollowStopped::kMethod) follow_.clear();
  }
  // Most of what comes are edits, which answer nothing.
  if (!in_flight_.empty() || !replayed_.empty()) {
    const jsonrpc::Message message = jsonrpc::parse_message(body, editor::kLimits);
    std::optional<RequestId> id;
    const Json* result = nullptr;
    if (const auto* response = std::get_if<jsonrpc::Response>(&message)) {
      id = response->id;
      result = &response->result;
    } else if (const auto* error = std::get_if<jsonrpc::ErrorResponse>(&message)) {
      id = error->id;
    }
    if (id && replayed_.contains(*id)) return take_replayed(*id, result);
    const auto asked = id ? in_flight_.find(*id) : in_flight_.end();
    if (asked != in_flight_.end()) {
      if (result != nullptr) {
        answered(asked->second, *result);
      } else if (asked->second.what == Asked::What::Initialize && !encoding_) {
        initialize_.clear();
      }
      in_flight_.erase(asked);
    }
  }
  out.to_editor.push_back(std::move(body));
  return out;
}

void BridgeSession::answered(const Asked& asked, const Json& result) {
  using What = Asked::What;
  switch (asked.what) {
    case What::Anything:
    case What::Shutdown: return;
    case What::Initialize: encoding_ = text_of(result, "positionEncoding"); return;
    case What::Leave: workspaces_.erase(asked.name); return;
    case What::Follow: follow_ = asked.name; return;
    case What::Unfollow: follow_.clear(); return;
    case What::Workspace: {
      const Json* workspace = result.find("workspace");
      if (workspace == nullptr) return;
      workspaces_.insert_or_assign(text_of(*workspace, "id"), text_of(*workspace, "folder"));
      return;
    }
    case What::Document: {
      const Json* epoch = result.find("epoch");
      const std::int64_t* number = epoch == nullptr ? nullptr : epoch->as_integer();
      if (number != nullptr) documents_.insert_or_assign(asked.name, *number);
      return;
    }
  }
}

Result<BridgeSession::Out> BridgeSession::take_replayed(const RequestId& id,
                                                        const Json* result) {
  const Asked asked = std::move(replayed_.extract(id).mapped());
  if (asked.what == Asked::What::Initialize) {
    if (result == nullptr || text_of(*result, "positionEncoding") != encoding_) {
      return fail(
          ErrorCode::Unsupported,
          "the daemon is another one now and does not know this editor: start it again");
    }
  } else if (asked.what == Asked::What::Follow) {
    Out out;
    if (result != nullptr) return out;
    follow_.clear();
    out.to_editor.push_back(told(editor::FollowStopped{kNobody}));
    return out;
  } else if (result == nullptr) {
    workspaces_.erase(asked.name);  // its folder is not there any more
  }
  return replayed_.empty() ? go_on() : Out{};
}

// --- One daemon after the other ----------------------------------------------------------

BridgeSession::Out BridgeSession::daemon_went() {
  Out out;
  replayed_.clear();
  std::erase_if(in_flight_, [&](const auto& one) {
    const auto& [id, asked] = one;
    if (asked.what == Asked::What::Initialize) return false;  // the next one answers it
    out.to_editor.push_back(
        asked.what == Asked::What::Shutdown
            ? jsonrpc::write_message(jsonrpc::Response{id, Json()})
            : jsonrpc::write_message(jsonrpc::ErrorResponse{
                  id, editor::rpc_error(editor::EditorError::DaemonEnded, kLost)}));
    return true;
  });
  return out;
}

BridgeSession::Out BridgeSession::daemon_came() {
  Out out;
  if (initialize_.empty()) return out;
  out.to_daemon.push_back(initialize_);
  if (in_flight_.contains(initialize_id_)) return out;  // the editor waits for the answer
  replayed_.emplace(initialize_id_, Asked{Asked::What::Initialize, {}});
  for (const auto& [workspace, folder] : workspaces_) {
    const RequestId id = std::string(kOwnPrefix) + workspace;
    editor::WorkspaceOpen open;
    open.folder = folder;
    out.to_daemon.push_back(jsonrpc::write_message(
        jsonrpc::Request{id, std::string(open.kMethod), jsonrpc::write_fields(open)}));
    replayed_.emplace(id, Asked{Asked::What::Workspace, workspace});
  }
  return out;
}

BridgeSession::Out BridgeSession::go_on() {
  Out out;
  for (const auto& [name, epoch] : documents_) {
    Json::Object params;
    params.push_back({"uri", Json(name)});
    params.push_back({"epoch", Json(epoch)});
    params.push_back({"reason", Json(kWhyStale)});
    out.to_editor.push_back(jsonrpc::write_message(
        jsonrpc::Notification{"document/stale", Json(std::move(params))}));
  }
  if (!presence_.empty()) out.to_daemon.push_back(presence_);
  if (auto follow = jsonrpc::parse_json(follow_, editor::kLimits); follow) {
    const RequestId id = std::string(kOwnPrefix);
    out.to_daemon.push_back(jsonrpc::write_message(
        jsonrpc::Request{id, std::string(editor::FollowStart::kMethod), *std::move(follow)}));
    replayed_.emplace(id, Asked{Asked::What::Follow, {}});
  }
  return out;
}

}  // namespace plait::app
