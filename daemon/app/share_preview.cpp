#include "daemon/app/share_preview.h"

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "daemon/app/admin_print.h"
#include "daemon/app/daemon_client.h"
#include "daemon/app/home.h"
#include "daemon/app/terminal.h"
#include "daemon/folder/root.h"
#include "daemon/folder/rules.h"
#include "daemon/folder/scan.h"
#include "daemon/store/private_files.h"
#include "protocol/base/file_uri.h"

namespace plait::app {
namespace {

/// The workspace that a folder belongs to already; empty: none.
Result<std::string> workspace_of(const Home& home, const std::string& folder) {
  std::error_code error;
  const bool has_shared = std::filesystem::exists(home.path_of(kReplicaFolder), error);
  if (!has_shared) return std::string();
  auto client = DaemonClient::connect(DaemonDialer::Missing::Start, {});
  if (!client) return forward_error(client);
  const auto reply = (*client)->call(messages::editor::WorkspaceList{});
  if (!reply) return fail(ErrorCode::Refused, reply.refusal().message);
  for (const auto& workspace : reply->workspaces) {
    if (workspace.folder == file_uri(folder)) return workspace.id;
  }
  return std::string();
}

/// Rules for as long as they are needed: a copy of those that the folder has, since to look
/// is not to accept.
class Scratch {
 public:
  static Result<Scratch> make(const Home& home, const std::string& folder) {
    const std::string rules = home.path_of(kRulesFolder);
    if (auto made = store::make_private_folder(rules); !made) return forward_error(made);
    const auto workspace = workspace_of(home, folder);
    if (!workspace) return Failure{workspace.error()};
    // Of this process, and so of nobody else.
    Scratch scratch(rules + "/preview-" + std::to_string(::getpid()));
    std::error_code error;
    const std::string known = rules + "/" + *workspace;
    if (workspace->empty() || !std::filesystem::exists(known, error)) return scratch;
    std::filesystem::copy(known, scratch.path(), std::filesystem::copy_options::recursive,
                          error);
    if (error) return fail(ErrorCode::System, "copying " + known + ": " + error.message());
    return scratch;
  }
  Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Scratch& operator=(Scratch&&) = delete;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

Result<folder::Scan> scan(const std::string& folder) {
  const auto place = home_folder();
  if (!place) return Failure{place.error()};
  auto home = Home::open(*place);
  if (!home) return forward_error(home);
  if (auto apart = home->check_apart(folder); !apart) return forward_error(apart);
  auto scratch = Scratch::make(*home, folder);
  if (!scratch) return forward_error(scratch);
  auto rules = folder::Rules::open(scratch->path());
  if (!rules) return forward_error(rules);
  auto root = folder::Root::open(folder, /*umask=*/S_IRWXG | S_IRWXO);  // nothing is written
  if (!root) return forward_error(root);
  return folder::scan_all(*root, *rules);
}

}  // namespace

Result<int> preview_share(const std::string& folder) {
  const auto seen = scan(folder);
  if (!seen) return Failure{seen.error()};
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  for (const folder::Found& found : seen->found) {
    if (found.stamp.kind != folder::FileKind::Regular) continue;
    ++files;
    bytes += found.stamp.size;
    std::cout << shown(found.path) << '\n';
  }
  std::cout << std::flush;
  for (const folder::LeftOut& left_out : seen->left_out) {
    std::cerr << "not shared: " << shown(left_out.path) << " ("
              << folder::words_for(left_out.reason) << ")\n";
  }
  std::cerr << files << (files == 1 ? " file" : " files") << " with "
            << size_text(static_cast<std::int64_t>(bytes)) << " would be shared\n";
  return 0;
}

}  // namespace plait::app
