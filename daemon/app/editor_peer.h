#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace plait::app {

/// The connection to one editor, as whoever answers it sees it. None of this calls back before
/// it returns.
class EditorLine {
 public:
  EditorLine() = default;
  EditorLine(const EditorLine&) = delete;
  EditorLine& operator=(const EditorLine&) = delete;

  /// Sends one message, which leaves at the end of the turn with all others.
  virtual void send(std::string_view body) = 0;
  /// Sends what was sent so far, and hangs up.
  virtual void close() = 0;
  /// What the editor has not taken yet: time to send less of what can be had later.
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;

 protected:
  ~EditorLine() = default;
};

/// Answers one editor. It goes when the editor has gone, at the end of a turn: its line is good
/// until then.
class EditorPeer {
 public:
  EditorPeer() = default;
  EditorPeer(const EditorPeer&) = delete;
  EditorPeer& operator=(const EditorPeer&) = delete;
  virtual ~EditorPeer() = default;

  /// One message, whole: the body of a frame.
  virtual void receive(std::string_view body) = 0;
};

/// Where editors come to: what the daemon is there for.
class EditorHost {
 public:
  EditorHost() = default;
  EditorHost(const EditorHost&) = delete;
  EditorHost& operator=(const EditorHost&) = delete;
  virtual ~EditorHost() = default;

  virtual std::unique_ptr<EditorPeer> welcome(EditorLine& line) = 0;
  /// Whether there is something to do with no editor there: folders that are kept in step.
  [[nodiscard]] virtual bool is_busy() const = 0;
  /// Once in each turn of the loop, before lines send.
  virtual void end_of_turn() = 0;
  /// Takes nothing new; is_drained() becomes true when all there was is on disk and sent.
  virtual void drain() = 0;
  [[nodiscard]] virtual bool is_drained() const = 0;
};

}  // namespace plait::app
