#include "daemon/app/client_commands.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include "daemon/app/admin_print.h"
#include "daemon/app/daemon_client.h"
#include "daemon/app/share_preview.h"
#include "daemon/app/terminal.h"
#include "daemon/crypto/invite_link.h"
#include "protocol/base/file_uri.h"
#include "protocol/messages/editor/errors.h"

namespace plait::app {
namespace {

namespace editor = messages::editor;
using jsonrpc::RpcError;

constexpr auto kPasswordWanted = static_cast<std::int64_t>(editor::EditorError::PasswordWanted);
constexpr std::chrono::milliseconds kLookAgain{50};
constexpr auto kFolderDiffers = static_cast<std::int64_t>(editor::EditorError::FolderDiffers);

/// A folder's absolute path, without links, whether it is there or not.
Result<std::string> find_folder(const std::string& folder) {
  std::error_code error;
  auto path = std::filesystem::absolute(folder, error);
  if (!error) path = std::filesystem::weakly_canonical(path, error);
  if (error) return fail(ErrorCode::System, folder + ": " + error.message());
  return path.string();
}

Result<std::string> find_existing_folder(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return find_folder(folder);
  if (std::filesystem::exists(folder, error)) {
    return fail(ErrorCode::Refused, shown(folder) + " is no folder, and folders are shared");
  }
  return fail(ErrorCode::NotFound, "there is no folder \"" + shown(folder) + '"');
}

std::string folder_text(const editor::Workspace& workspace) {
  const auto path = path_of_file_uri(workspace.folder);
  return shown(path ? *path : workspace.folder);
}

/// On standard error: one line that changes, if somebody looks at it.
void show_progress(const editor::Progress& progress) {
  const editor::Progress::Value& value = progress.value;
  std::string line = shown(value.message.value_or(value.title.value_or("")));
  if (value.percentage) line += " (" + std::to_string(*value.percentage) + " %)";
  const bool is_end = value.kind == editor::ProgressKind::End;
  if (is_watched()) {
    std::cerr << "\r\x1b[K" << line << (is_end && !line.empty() ? "\n" : "") << std::flush;
  } else if (value.kind != editor::ProgressKind::Report && !line.empty()) {
    std::cerr << line << '\n';
  }
}

void show_problem(const editor::WorkspaceProblem& problem) {
  std::cerr << shown(problem.message);
  if (problem.uri) {
    const auto path = path_of_file_uri(*problem.uri);
    std::cerr << ": " << shown(path ? *path : *problem.uri);
  }
  if (problem.backup) {
    const auto path = path_of_file_uri(*problem.backup);
    std::cerr << " (a copy is in " << shown(path ? *path : *problem.backup) << ')';
  }
  std::cerr << '\n';
}

Result<std::unique_ptr<DaemonClient>> reach_daemon(DaemonDialer::Missing missing) {
  return DaemonClient::connect(missing, {show_progress, show_problem});
}

Failure refused(const RpcError& error) {
  return fail(ErrorCode::Refused, shown(error.message));
}

std::int64_t count_of(const jsonrpc::Json& data, std::string_view name) {
  const jsonrpc::Json* member = data.find(name);
  if (member == nullptr) return 0;
  if (const auto* list = member->as_array()) return static_cast<std::int64_t>(list->size());
  const std::int64_t* count = member->as_integer();
  return count == nullptr ? 0 : *count;
}

/// Until all of them are here. The daemon goes on with it whether somebody waits or not, and so
/// does whoever waits if the connection is lost.
Result<void> await_files(DaemonClient& client, const std::string& workspace) {
  for (;;) {
    const auto reply = client.call(editor::WorkspaceList{});
    if (!reply) return refused(reply.refusal());
    const bool has_all = std::ranges::none_of(reply->workspaces, [&](const auto& each) {
      return each.id == workspace && each.files_waiting &&
             each.connection == editor::Connection::Online;
    });
    if (has_all) return {};
    std::this_thread::sleep_for(kLookAgain);
  }
}

/// What there is to decide before a folder with other files in it is joined.
Failure differs(const RpcError& error) {
  const auto count = [&](std::string_view name) {
    return std::to_string(count_of(error.data, name));
  };
  return fail(ErrorCode::Refused,
              shown(error.message) + "\n  " + count("same") + " files are the same, " +
                  count("different") + " differ, " + count("onlyLocal") + " are only here, " +
                  count("onlyRemote") +
                  " only there.\n  Say --existing keepMine to keep what is here, or --existing "
                  "takeTheirs to have theirs; what is replaced is kept as a copy. Or join into "
                  "an empty folder.");
}

/// From where it was said: a link in an argument can be read by every program of this machine.
Result<std::string> find_link(const JoinOptions& options) {
  if (options.link && *options.link != "-") return *options.link;
  if (!options.link) {
    const char* given = std::getenv("PLAIT_LINK");  // NOLINT(concurrency-mt-unsafe): never set
    if (given != nullptr && *given != '\0') return std::string(given);
  }
  auto line = read_input_line();
  if (line) return line;
  return fail(ErrorCode::NotFound,
              "which link? Say it behind `join`, in PLAIT_LINK, or on standard input");
}

/// From the environment or, with a prompt, from a terminal: what is in an argument can be read
/// by every program.
Result<std::string> find_password(std::string_view prompt) {
  const char* given =
      std::getenv("PLAIT_PASSWORD");  // NOLINT(concurrency-mt-unsafe): never set
  if (given != nullptr && *given != '\0') return std::string(given);
  return ask_secret(prompt);
}

const char* words_of(editor::Connection connection, bool has_all) {
  switch (connection) {
    case editor::Connection::Online: return has_all ? "in step" : "catching up";
    case editor::Connection::Connecting: return "connecting";
    case editor::Connection::Offline: return "offline";
    case editor::Connection::Embedded:
      return has_all ? "in step, served here" : "catching up, served here";
  }
  return "";
}

std::string counted(std::int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string state_of(const editor::Workspace& workspace) {
  const bool has_all = workspace.pending_edits == 0 && !workspace.files_waiting;
  std::string text = words_of(workspace.connection, has_all);
  if (workspace.files_waiting) {
    text += ", " + counted(*workspace.files_waiting, "file") + " to go";
  }
  if (workspace.pending_edits > 0) {
    text += ", " + counted(workspace.pending_edits, "edit") + " not saved on the server";
  }
  if (workspace.read_only) text += ", read-only";
  return text;
}

void print_status(const DaemonHello::Reply& daemon, const editor::WorkspaceList::Reply& reply) {
  std::cout << "daemon " << shown(daemon.server.version) << ", process " << daemon.process
            << '\n';
  if (reply.workspaces.empty()) {
    std::cout << "no folder is shared\n";
    return;
  }
  std::vector<std::vector<std::string>> rows{{"FOLDER", "NAME", "ROLE", "STATE", "SYNCED"}};
  for (const editor::Workspace& workspace : reply.workspaces) {
    rows.push_back(
        {folder_text(workspace), shown(workspace.name),
         std::string(jsonrpc::name_of(workspace.role)), state_of(workspace),
         workspace.last_synced_at ? text_of(WallTime{*workspace.last_synced_at}) : "never"});
  }
  std::cout << table_of(rows);
  for (const editor::Workspace& workspace : reply.workspaces) {
    if (!workspace.questions) continue;
    for (const editor::Question& question : *workspace.questions) {
      std::cout << '\n'
                << folder_text(workspace) << " asks: "
                << (question.kind == editor::QuestionKind::Deletions
                        ? counted(question.count, "file") +
                              " went at once; are they to be "
                              "deleted for everybody?"
                        : "others changed " + counted(question.count, "file") +
                              " that may run when the folder is opened; are they wanted here?")
                << "\n  plait accept, or plait decline, in that folder\n";
    }
  }
}

void print_status_json(const DaemonHello::Reply* daemon,
                       const editor::WorkspaceList::Reply& reply) {
  jsonrpc::Json::Object status;
  status.push_back(
      {"daemon", daemon == nullptr ? jsonrpc::Json() : jsonrpc::write_fields(*daemon)});
  status.push_back({"workspaces", jsonrpc::to_json(reply.workspaces)});
  std::cout << jsonrpc::write_json(jsonrpc::Json(std::move(status))) << '\n';
}

}  // namespace

Result<editor::Existing> parse_existing(std::string_view text) {
  const auto existing = jsonrpc::enum_named<editor::Existing>(text);
  if (existing) return *existing;
  return fail(ErrorCode::Malformed,
              "expected refuse, keepMine or takeTheirs, and not \"" + std::string(text) + "\"");
}

Result<int> share(const ShareOptions& options) {
  auto folder = find_existing_folder(options.folder);
  if (!folder) return forward_error(folder);
  if (options.is_dry_run) return preview_share(*folder);
  editor::WorkspaceShare wish;
  wish.folder = file_uri(*folder);
  wish.name = options.name;
  wish.server = options.server;
  wish.host = options.host;
  wish.access = options.access;
  wish.headless = true;
  if (options.asks_password) {
    auto password = find_password("Password for those who join: ");
    if (!password) return forward_error(password);
    wish.access->password = *std::move(password);
  }
  auto client = reach_daemon(DaemonDialer::Missing::Start);
  if (!client) return forward_error(client);
  const auto reply = (*client)->call(wish);
  if (!reply) return refused(reply.refusal());
  if (::access(folder->c_str(), W_OK) != 0) {
    std::cerr << "you may not write here: what others change stays on their side\n";
  }
  std::cerr << folder_text(reply->workspace) << " is shared as \""
            << shown(reply->workspace.name) << "\". Whoever has this link can join:\n";
  std::cout << reply->invite << std::endl;
  return 0;
}

Result<int> join(const JoinOptions& options) {
  auto link = find_link(options);
  if (!link) return forward_error(link);
  if (auto parsed = crypto::InviteLink::parse(*link); !parsed) return forward_error(parsed);
  auto folder = find_folder(options.folder);
  if (!folder) return forward_error(folder);
  std::error_code ignored;
  const bool is_new = !std::filesystem::exists(*folder, ignored);
  auto client = reach_daemon(DaemonDialer::Missing::Start);
  if (!client) return forward_error(client);
  editor::WorkspaceJoin wish;
  wish.invite = *std::move(link);
  wish.folder = file_uri(*folder);
  wish.existing = options.existing;
  wish.headless = true;
  const auto ask = [&] {
    auto answer = (*client)->call(wish);
    // Whoever is not let in is not left with an empty folder either.
    if (!answer && is_new) std::filesystem::remove(*folder, ignored);
    return answer;
  };
  auto reply = ask();
  if (!reply && reply.refusal().code == kPasswordWanted) {
    auto password = find_password("Password of the invite: ");
    if (!password) {
      return fail(ErrorCode::Refused,
                  "the invite wants a password, and " + password.error().message);
    }
    wish.password = *std::move(password);
    reply = ask();
  }
  if (!reply && reply.refusal().code == kFolderDiffers) return differs(reply.refusal());
  if (!reply) return refused(reply.refusal());
  if (auto arrived = await_files(**client, reply->workspace.id); !arrived) {
    return forward_error(arrived);
  }
  std::cerr << '"' << shown(reply->workspace.name) << "\" is in "
            << folder_text(reply->workspace) << ", as "
            << jsonrpc::name_of(reply->workspace.role) << '\n';
  if (reply->backup) {
    const auto path = path_of_file_uri(*reply->backup);
    std::cerr << "what was replaced is in " << shown(path ? *path : *reply->backup) << '\n';
  }
  return 0;
}

Result<int> answer(const AnswerOptions& options) {
  auto folder = find_folder(options.folder);
  if (!folder) return forward_error(folder);
  auto client = reach_daemon(DaemonDialer::Missing::Start);
  if (!client) return forward_error(client);
  const auto opened = (*client)->call(editor::WorkspaceOpen{file_uri(*folder)});
  if (!opened) return refused(opened.refusal());
  if (!opened->workspace.questions) {
    std::cerr << shown(*folder) << " asks nothing\n";
    return 0;
  }
  for (const editor::Question& question : *opened->workspace.questions) {
    for (const std::string& uri : question.uris) {
      const auto path = path_of_file_uri(uri);
      std::cout << shown(path ? *path : uri) << '\n';
    }
    const auto answered = (*client)->call(
        editor::WorkspaceAnswer{opened->workspace.id, question.kind, options.accept});
    if (!answered) return refused(answered.refusal());
    std::cerr << counted(question.count, "file")
              << (question.kind == editor::QuestionKind::Deletions
                      ? (options.accept ? " deleted for everybody" : " brought back")
                      : (options.accept ? " written" : " left as they were"))
              << '\n';
  }
  return 0;
}

Result<int> leave(const LeaveOptions& options) {
  auto folder = find_folder(options.folder);
  if (!folder) return forward_error(folder);
  auto client = reach_daemon(DaemonDialer::Missing::Start);
  if (!client) return forward_error(client);
  // A folder that is not open now is known only to the daemon's records.
  const auto opened = (*client)->call(editor::WorkspaceOpen{file_uri(*folder)});
  if (!opened) return refused(opened.refusal());
  const auto left = (*client)->call(editor::WorkspaceLeave{opened->workspace.id});
  if (!left) return refused(left.refusal());
  std::cerr << *folder << " is not shared any more; its files stay\n";
  return 0;
}

Result<int> status(const StatusOptions& options) {
  auto client = reach_daemon(DaemonDialer::Missing::Fail);
  if (!client) {
    if (client.error().code != ErrorCode::NotFound) return forward_error(client);
    if (options.json) {
      print_status_json(/*daemon=*/nullptr, {});
    } else {
      std::cout << "no daemon runs: no folder is kept in step\n" << std::flush;
      std::cerr << "`plait daemon` or an editor starts one\n";
    }
    return 0;
  }
  const auto reply = (*client)->call(editor::WorkspaceList{});
  if (!reply) return refused(reply.refusal());
  if (options.json) {
    print_status_json(&(*client)->daemon(), *reply);
  } else {
    print_status((*client)->daemon(), *reply);
  }
  return 0;
}

}  // namespace plait::app
