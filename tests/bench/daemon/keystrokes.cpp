#include "tests/bench/daemon/keystrokes.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/file_uri.h"
#include "tests/bench/daemon/large_folder.h"
#include "tests/sim/chance.h"

namespace plait::bench {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFile = "notes.txt";
/// Keys are hit so far apart.
constexpr std::chrono::microseconds kLeastPause = 3ms;
constexpr std::chrono::microseconds kMostPause = 30ms;
constexpr std::size_t kLineLength = 60;
/// While a folder is shared beside it: how often it is looked how far that is.
constexpr std::size_t kKeysBetweenLooks = 100;
constexpr std::size_t kBytesOfScannedFile = 500;
/// After that the folder is no concern any more.
constexpr std::size_t kMostKeys = 20'000;

class Typing {
 public:
  Typing(Stage& stage, BridgedEditor& hers, BridgedEditor& his)
      : stage_(stage),
        chance_(stage.options().seed),
        ends_{{hers, file_uri(stage.hers().path_of(kFile))},
              {his, file_uri(stage.his().path_of(kFile))}} {}

  Result<void> hit_keys(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (auto hit = hit_key(); !hit) return hit;
    }
    return {};
  }
  [[nodiscard]] const std::vector<double>& latencies() const noexcept { return latencies_; }

 private:
  struct End {
    BridgedEditor& editor;
    std::string uri;

    [[nodiscard]] const std::string& text() const { return editor.script().text(uri); }
  };

  Result<void> hit_key() {
    const std::size_t hit = latencies_.size();
    End& from = ends_[hit % 2];
    End& to = ends_[(hit + 1) % 2];
    const std::size_t size = from.text().size() + 1;
    const SystemClock clock;
    MonotonicTime arrived_at;
    to.editor.when_heard([&] {
      if (arrived_at == MonotonicTime{} && to.text().size() == size) arrived_at = clock.now();
    });
    const MonotonicTime hit_at = clock.now();
    from.editor.script().edits(from.uri, size / 2, 0, hit % kLineLength == 0 ? "\n" : "x");
    from.editor.send();
    auto arrived =
        stage_.wait_until([&] { return arrived_at != MonotonicTime{}; }, "a keystroke arrives");
    to.editor.when_heard({});
    if (!arrived) return arrived;
    if (to.text() != from.text()) return fail(ErrorCode::Damaged, "the texts differ");
    latencies_.push_back(
        std::chrono::duration<double, std::milli>(arrived_at - hit_at).count());
    stage_.run_for(
        std::chrono::ceil<std::chrono::milliseconds>(chance_.between(kLeastPause, kMostPause)));
    return {};
  }

  Stage& stage_;
  sim::Chance chance_;
  End ends_[2];
  std::vector<double> latencies_;
};

}  // namespace

Result<void> measure_keystrokes(Stage& stage, load::Report& report) {
  auto hers = stage.editor(stage.hers());
  if (!hers) return forward_error(hers);
  auto his = stage.editor(stage.his());
  if (!his) return forward_error(his);
  if (auto open = stage.open_everywhere(kFile, "one line\n", {*hers}, {*his}); !open)
    return open;
  Typing typing(stage, **hers, **his);
  const std::size_t scanned = stage.options().scan;
  const std::size_t count = stage.options().count;
  if (scanned == 0) {
    if (auto typed = typing.hit_keys(count); !typed) return typed;
  } else {
    const LargeFolder folder{scanned, scanned * kBytesOfScannedFile};
    folder.make_at(stage.path_of("aside"));
    std::filesystem::rename(stage.path_of("aside"), stage.hers().path_of("many"));
    const MonotonicTime begun = stage.loop().now();
    bool is_there = false;
    while (!is_there && typing.latencies().size() < kMostKeys) {
      if (auto typed = typing.hit_keys(kKeysBetweenLooks); !typed) return typed;
      const std::size_t arrived = files_in(stage.his().path_of("many"));
      stage.tell(std::to_string(arrived) + " files have arrived");
      is_there = arrived == scanned;
    }
    report.add("scanned_files", static_cast<double>(scanned));
    report.add("scanned_and_arrived_s", seconds_since(begun, stage.loop().now()));
  }
  report.add("keystrokes", static_cast<double>(typing.latencies().size()));
  report.add_latencies("keystroke", typing.latencies());
  return {};
}

}  // namespace plait::bench
