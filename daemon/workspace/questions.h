#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crypto/digest.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "protocol/messages/editor/workspace.h"

namespace plait::workspace {

/// What comes so soon after the first is asked about together with it.
inline constexpr std::chrono::milliseconds kQuestionPause{200};

/// What is not done before a person on this machine has said that it is meant.
///
/// There are two such things. Many files that go from the folder at once may have been an
/// accident: the others keep theirs until then. And a file that an editor or a tool runs when
/// the folder is opened is written here, if somebody else changed it, after it was agreed to;
/// every version of it is asked about anew.
class Questions {
 public:
  using Kind = messages::editor::QuestionKind;

  /// `asked` is told of files of one kind that have come up. The clock outlives it.
  Questions(Agenda& agenda, const Clock& clock,
            std::function<void(Kind kind, const std::vector<std::string>& files)> asked);

  /// These went from the folder.
  void hold_deletions(const std::vector<std::string>& files);
  /// Whether a guarded file may become this at this path. If nobody has said, it is asked.
  [[nodiscard]] bool may_write(const std::string& file, std::string_view path,
                               const crypto::Sha256Digest& content);
  /// A file that had gone is there again.
  void came_back(const std::string& file);

  /// Files that wait for an answer.
  [[nodiscard]] std::vector<std::string> open(Kind kind) const;
  /// Returns the files that it is the answer for.
  std::vector<std::string> answer(Kind kind, bool accept);

 private:
  struct Version {
    std::string path;
    crypto::Sha256Digest content{};
    bool operator==(const Version&) const = default;
  };
  enum class Ruling : std::uint8_t { Open, Accepted, Declined };
  struct Guarded {
    Version version;
    Ruling ruling = Ruling::Open;
  };

  void ask();

  const Clock& clock_;
  const std::function<void(Kind kind, const std::vector<std::string>& files)> asked_;
  std::vector<std::string> deletions_;
  std::map<std::string, Guarded, std::less<>> guarded_;
  std::map<Kind, std::vector<std::string>> new_;  ///< since it was asked last
  Alarm pause_;
};

}  // namespace plait::workspace
