#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/document/mirror.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/workspace/black_box.h"
#include "daemon/workspace/documents.h"

namespace plait::workspace {

/// So long an editor that had a file open when the last process ended has to come back.
inline constexpr std::chrono::seconds kReturnGrace{30};

class OpenBuffersHost {
 public:
  OpenBuffersHost() = default;
  OpenBuffersHost(const OpenBuffersHost&) = delete;
  OpenBuffersHost& operator=(const OpenBuffersHost&) = delete;

  /// Some editor has, or most likely has, a file open; and one fewer.
  virtual void file_opened(const std::string& file) = 0;
  virtual void file_closed(const std::string& file) = 0;

 protected:
  ~OpenBuffersHost() = default;
};

/// The buffers that editors have of a workspace's files, beyond the end of this process. Each
/// is written down in the black box; those that the process before this one had are kept in
/// step with their documents until their editors say what is in them now.
class OpenBuffers {
 public:
  /// All of them outlive it.
  OpenBuffers(std::unique_ptr<BlackBoxFile> file, Documents& documents, Agenda& agenda,
              const Clock& clock, OpenBuffersHost& host);
  ~OpenBuffers();

  /// Brings documents and buffers to where the process before this one had them.
  void recover(const std::function<void()>& then);

  /// Writes down how a buffer stands to its document, for as long as the answer lives.
  [[nodiscard]] std::unique_ptr<BlackBox::Track> track(SharedDocument& document,
                                                       std::int64_t epoch,
                                                       document::Mirror& mirror);
  /// How a buffer of the last process stands to its document: its editor has come back. If
  /// there is none of that epoch it is the only one of its file: the editor does not say what
  /// epoch it knows, or did not hear of the newest. Nothing if its editor has taken too long.
  using Taken = std::pair<std::int64_t, document::Mirror>;  ///< its epoch as well
  [[nodiscard]] std::optional<Taken> take(const std::string& file,
                                          std::optional<std::int64_t> epoch);

  /// Whether there is one of this file.
  [[nodiscard]] bool awaits(std::string_view file) const;

  void document_updated(const SharedDocument& document, std::string_view update);
  /// When everything that was ready has been dealt with, before anybody is told of it.
  void end_of_turn() { box_.end_of_turn(); }
  /// The process is about to end, and the editors are not.
  void seal() noexcept { box_.seal(); }

 private:
  class Lost;

  void recover_document(const std::string& file, const BlackBox::Left& left, Hold document);
  void give_up();

  BlackBox box_;
  Documents& documents_;
  const Clock& clock_;
  OpenBuffersHost& host_;
  std::shared_ptr<OpenBuffers*> self_;  ///< for answers: null once this is gone
  std::map<BlackBox::Key, std::unique_ptr<Lost>> lost_;
  Alarm grace_;
};

}  // namespace plait::workspace
