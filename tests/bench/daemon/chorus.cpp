#include "tests/bench/daemon/chorus.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "daemon/loop/timer.h"
#include "protocol/base/file_uri.h"

namespace plait::bench {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFile = "chorus.txt";
/// So many edits of an editor are a line, and one of them takes back the key before it.
constexpr std::size_t kLineLength = 50;
constexpr std::size_t kErasesOneIn = 10;
constexpr std::uint32_t kMemorySamples = 12;

/// One of them, and what he has written so far. His part of the text ends with his mark.
class Singer {
 public:
  Singer(BridgedEditor& editor, std::string uri, std::size_t number)
      : editor_(editor), uri_(std::move(uri)), mark_("[" + std::to_string(number) + "]\n") {}

  void edits_once() {
    support::ScriptedEditor& script = editor_.script();
    const std::size_t place = script.text(uri_).find(mark_);
    ++edits_;
    if (edits_ % kErasesOneIn == 0 && !written_.empty()) {
      written_.pop_back();
      script.edits(uri_, place - 1, 1, "");
    } else {
      const char key = edits_ % kLineLength == 0 ? '\n' : static_cast<char>('a' + edits_ % 26);
      written_ += key;
      script.edits(uri_, place, 0, std::string(1, key));
    }
    editor_.send();
  }
  [[nodiscard]] std::string part() const { return written_ + mark_; }
  [[nodiscard]] const support::ScriptedEditor::Buffer& buffer() {
    return editor_.script().buffer(uri_);
  }

 private:
  BridgedEditor& editor_;
  const std::string uri_;
  const std::string mark_;
  std::string written_;
  std::size_t edits_ = 0;
};

class Chorus {
 public:
  Chorus(Stage& stage, load::Report& report) : stage_(stage), report_(report) {}

  Result<void> gather() {
    std::vector<BridgedEditor*> hers;
    std::vector<BridgedEditor*> his;
    for (std::size_t i = 0; i < stage_.options().editors; ++i) {
      const bool is_his = i % 2 == 1;
      const Machine& machine = is_his ? stage_.his() : stage_.hers();
      auto editor = stage_.editor(machine);
      if (!editor) return forward_error(editor);
      (is_his ? his : hers).push_back(*editor);
      singers_.emplace_back(**editor, file_uri(machine.path_of(kFile)), i);
    }
    if (his.empty()) return fail(ErrorCode::OutOfRange, "a chorus has two editors at least");
    return stage_.open_everywhere(kFile, expected(), hers, his);
  }

  Result<void> sing() {
    const std::chrono::seconds time{stage_.options().seconds};
    const MonotonicTime begun = stage_.loop().now();
    std::size_t made = 0;
    loop::Timer beat(stage_.loop(), [&] {
      const std::chrono::duration<double> passed =
          std::min<MonotonicTime::duration>(stage_.loop().now() - begun, time);
      const auto due = static_cast<std::size_t>(passed.count() * stage_.options().rate);
      for (; made < due; ++made) singers_[made % singers_.size()].edits_once();
    });
    beat.start(1ms, 1ms);
    const std::uint32_t samples = std::min(kMemorySamples, stage_.options().seconds);
    for (std::uint32_t i = 1; i <= samples; ++i) {
      stage_.run_for(std::chrono::ceil<std::chrono::milliseconds>(begun + time * i / samples -
                                                                  stage_.loop().now()));
      sample(seconds_since_start(begun));
    }
    beat.stop();
    const MonotonicTime ended = stage_.loop().now();
    const std::string wanted = expected();
    auto agreed =
        stage_.wait_until([&] { return all_have(wanted); }, "all texts are what was written");
    if (!agreed) return agreed;
    report_.add("edits", static_cast<double>(made));
    report_.add("converged_after_s", seconds_since_start(ended));
    const auto sum = [&](auto field) {
      double all = 0;
      for (Singer& singer : singers_) all += static_cast<double>(singer.buffer().*field);
      return all;
    };
    report_.add("dropped", sum(&support::ScriptedEditor::Buffer::dropped));
    report_.add("resyncs", sum(&support::ScriptedEditor::Buffer::resyncs));
    report_.add("hashes_different", sum(&support::ScriptedEditor::Buffer::mismatches));
    return {};
  }

 private:
  [[nodiscard]] double seconds_since_start(MonotonicTime begun) {
    return std::chrono::duration<double>(stage_.loop().now() - begun).count();
  }
  [[nodiscard]] std::string expected() const {
    std::string text;
    for (const Singer& singer : singers_) text += singer.part();
    return text;
  }
  [[nodiscard]] bool all_have(const std::string& text) {
    return std::ranges::all_of(singers_,
                               [&](Singer& singer) { return singer.buffer().text == text; });
  }

  void sample(double second) {
    const auto hers = stage_.hers().daemon().resident_bytes();
    const auto his = stage_.his().daemon().resident_bytes();
    if (!hers || !his) return;
    char line[120];
    std::snprintf(line, sizeof line, "after %3.0f s: her daemon %.1f MB, his daemon %.1f MB",
                  second, static_cast<double>(*hers) / 1e6, static_cast<double>(*his) / 1e6);
    stage_.tell(line);
    const std::string at = "_bytes_after_" + std::to_string(std::lround(second)) + "_s";
    report_.add("her_daemon" + at, static_cast<double>(*hers));
    report_.add("his_daemon" + at, static_cast<double>(*his));
  }

  Stage& stage_;
  load::Report& report_;
  std::vector<Singer> singers_;
};

}  // namespace

Result<void> measure_chorus(Stage& stage, load::Report& report) {
  Chorus chorus(stage, report);
  if (auto gathered = chorus.gather(); !gathered) return gathered;
  return chorus.sing();
}

}  // namespace plait::bench
