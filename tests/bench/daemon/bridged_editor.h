#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "daemon/loop/loop.h"
#include "daemon/loop/pipe_stream.h"
#include "tests/support/child_process.h"
#include "tests/support/scripted_editor.h"

namespace plait::bench {

/// A scripted editor with a real `plait editor`, on whose standard input and output it talks.
class BridgedEditor final : private loop::StreamHandler {
 public:
  BridgedEditor(loop::Loop& loop, const support::ChildProcess::Order& bridge);

  /// What it does is said by send().
  [[nodiscard]] support::ScriptedEditor& script() noexcept { return script_; }
  void send() { in_->write(script_.take_bytes()); }
  /// Called after everything that comes. It may not destroy the editor.
  void when_heard(std::function<void()> heard) { heard_ = std::move(heard); }
  [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }

 private:
  void on_bytes(std::span<char> bytes) override;
  void on_end() override { has_ended_ = true; }
  void on_failed(const Error& /*error*/) override { has_ended_ = true; }
  void on_drained() override {}

  support::ScriptedEditor script_{support::ScriptedEditor::PositionEncoding::Utf8};
  support::ChildProcess bridge_;
  std::unique_ptr<loop::PipeStream> in_;
  std::unique_ptr<loop::PipeStream> out_;
  std::function<void()> heard_;
  bool has_ended_ = false;
};

}  // namespace plait::bench
