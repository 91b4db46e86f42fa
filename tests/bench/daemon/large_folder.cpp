#include "tests/bench/daemon/large_folder.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "protocol/base/file_uri.h"
#include "protocol/messages/editor/all.h"
#include "tests/sim/chance.h"

namespace plait::bench {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace messages = plait::messages::editor;

constexpr std::size_t kFilesOfFolder = 100;
/// Every twentieth file is no text.
constexpr std::size_t kTextsOfBinary = 20;
constexpr std::size_t kLineLength = 60;
constexpr const char* kActiveFile = "notes.txt";
constexpr const char* kActiveText = "what we are working on\n";
constexpr auto kLongPatience = 10min;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string made_content(sim::Chance& chance, std::size_t bytes, bool is_text) {
  std::string content;
  content.reserve(bytes);
  while (content.size() < bytes) {
    const std::uint64_t bits = chance.bits();
    for (std::size_t i = 0; i < 8 && content.size() < bytes; ++i) {
      const auto byte = static_cast<char>(bits >> (8 * i));
      content += !is_text ? byte
                 : (content.size() + 1) % kLineLength == 0
                     ? '\n'
                     : static_cast<char>('a' + (byte & 15));
    }
  }
  if (!is_text && !content.empty()) content.front() = '\0';
  return content;
}

/// Whether every file of one folder is in the other one with the same bytes.
Result<void> compare(const std::string& path, const std::string& other) {
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (!entry.is_regular_file()) continue;
    const fs::path name = fs::relative(entry.path(), path);
    if (content_of(entry.path()) != content_of(other / name)) {
      return fail(ErrorCode::Damaged, name.string() + " is not what it was");
    }
  }
  return {};
}

/// Nothing that the server has not got, for a while.
Result<void> wait_until_uploaded(Stage& stage, BridgedEditor& by) {
  Result<void> trouble;
  int quiet = 0;
  auto waited = stage.look_until(
      [&] {
        auto answer = stage.call(by, messages::WorkspaceList::kMethod,
                                 jsonrpc::write_fields(messages::WorkspaceList{}));
        auto list = answer ? jsonrpc::read_fields<messages::WorkspaceList::Reply>(*answer)
                           : Result<messages::WorkspaceList::Reply>(forward_error(answer));
        if (!list) {
          trouble = forward_error(list);
          return true;
        }
        quiet = list->workspaces.front().pending_edits == 0 ? quiet + 1 : 0;
        return quiet == 5;
      },
      "everything is uploaded", 100ms, kLongPatience);
  return trouble ? waited : trouble;
}

}  // namespace

void LargeFolder::make_at(const std::string& path) const {
  sim::Chance chance(files);
  for (std::size_t i = 0; i < files; ++i) {
    const bool is_text = i % kTextsOfBinary != 0;
    const fs::path folder = fs::path(path) / ("part-" + std::to_string(i / kFilesOfFolder));
    fs::create_directories(folder);
    std::ofstream(folder / ("file-" + std::to_string(i) + (is_text ? ".txt" : ".bin")))
        << made_content(chance, bytes / files, is_text);
  }
}

std::size_t files_in(const std::string& path) {
  std::error_code ignored;
  std::size_t count = 0;
  for (auto at = fs::recursive_directory_iterator(path, ignored);
       at != fs::recursive_directory_iterator(); at.increment(ignored)) {
    if (at->is_regular_file(ignored)) ++count;
  }
  return count;
}

double seconds_since(MonotonicTime begun, MonotonicTime now) {
  return std::chrono::duration<double>(now - begun).count();
}

Result<void> measure_join(Stage& stage, load::Report& report) {
  const Options& options = stage.options();
  const LargeFolder folder{options.join, std::size_t{options.megabytes} * 1'000'000};
  stage.tell("writing " + std::to_string(folder.files) + " files");
  folder.make_at(stage.hers().path_of("many"));
  std::ofstream(stage.hers().path_of(kActiveFile)) << kActiveText;
  auto hers = stage.editor(stage.hers());
  if (!hers) return forward_error(hers);
  auto his = stage.editor(stage.his());
  if (!his) return forward_error(his);

  stage.tell("sharing them");
  const MonotonicTime shared_at = stage.loop().now();
  auto link = stage.share(**hers);
  if (!link) return forward_error(link);
  report.add("shared_s", seconds_since(shared_at, stage.loop().now()));
  // She works on it, which is why it is what others want first.
  (*hers)->script().opens(file_uri(stage.hers().path_of(kActiveFile)), kActiveText);
  (*hers)->script().selects(file_uri(stage.hers().path_of(kActiveFile)), 0, 0);
  (*hers)->send();
  if (auto uploaded = wait_until_uploaded(stage, **hers); !uploaded) return uploaded;
  report.add("uploaded_s", seconds_since(shared_at, stage.loop().now()));

  stage.tell("joining");
  const MonotonicTime begun = stage.loop().now();
  const auto passed = [&] { return seconds_since(begun, stage.loop().now()); };
  if (auto joined = stage.join(**his, *link); !joined) return joined;
  report.add("join_answered_s", passed());
  const std::string uri = file_uri(stage.his().path_of(kActiveFile));
  (*his)->script().opens(uri, "");
  (*his)->send();
  auto opened = stage.wait_until([&] { return (*his)->script().text(uri) == kActiveText; },
                                 "the file that she works on can be edited");
  if (!opened) return opened;
  report.add("first_usable_s", passed());
  auto arrived = stage.look_until(
      [&] {
        const std::size_t here = files_in(stage.his().folder());
        stage.tell(std::to_string(here) + " files after " + std::to_string(passed()) + " s");
        return here >= folder.files;
      },
      "all files arrive", 500ms, kLongPatience);
  if (!arrived) return arrived;
  report.add("all_files_s", passed());
  report.add("files", static_cast<double>(folder.files));
  report.add("megabytes", options.megabytes);
  return compare(stage.hers().path_of("many"), stage.his().path_of("many"));
}

}  // namespace plait::bench
