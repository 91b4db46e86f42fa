#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/document/mirror.h"

namespace plait::workspace {

/// Bytes that outlive this process, and no more than that: an editor whose daemon dies goes on,
/// one whose machine does is gone too. So nothing of this waits for a disk.
class BlackBoxFile {
 public:
  BlackBoxFile() = default;
  BlackBoxFile(const BlackBoxFile&) = delete;
  BlackBoxFile& operator=(const BlackBoxFile&) = delete;
  virtual ~BlackBoxFile() = default;

  /// What was put in since the machine began: the part before the last begin_anew(), and the
  /// one behind it. Either may end in the middle of what was appended last.
  [[nodiscard]] virtual std::vector<std::string> read() = 0;
  virtual void append(std::string_view bytes) = 0;
  /// These bytes begin a new part; the part before the last is given up.
  virtual void begin_anew(std::string_view bytes) = 0;
};

/// A part that is longer, and longer than twice what it began with, ends.
inline constexpr std::size_t kMaxBlackBoxPart = std::size_t{4} << 20;

/// Writes down what only this process knows of the buffers that editors have open, so that the
/// next one knows what an editor has done meanwhile, to the letter: how each buffer stands to
/// its document (document::Mirror), and what happened to these documents. The store has that
/// too, but only some milliseconds later.
///
/// What happens in one turn of the loop is written in one piece before anybody hears of it.
class BlackBox {
 public:
  explicit BlackBox(std::unique_ptr<BlackBoxFile> file) : file_(std::move(file)) {}

  /// A buffer: its file, and the epoch that its editor knows it by.
  using Key = std::pair<std::string, std::int64_t>;
  /// What the process before this one left.
  struct Left {
    std::map<std::string, std::vector<std::string>, std::less<>> updates;  ///< by their file
    std::map<Key, document::Mirror> buffers;
  };
  [[nodiscard]] Left open();

  /// The document of a file changed.
  void update(std::string_view file, std::string_view update);
  /// Writes what was told in this turn.
  void end_of_turn();
  /// This process is about to end: whatever is told from here on is none of the editors' doing.
  void seal() noexcept { is_sealed_ = true; }

  /// Writes down what becomes of a buffer's mirror, for as long as it lives.
  class Track final : private document::Mirror::Recorder {
   public:
    /// Both outlive it.
    Track(BlackBox& box, Key buffer, document::Mirror& mirror);
    ~Track();

   private:
    void step(std::string_view bytes) override;

    BlackBox& box_;
    const Key buffer_;
    document::Mirror& mirror_;
  };

 private:
  enum class Kind : std::uint8_t { Begin = 1, Update, Opened, Step, Closed };

  static void replay(std::string_view turn, Left& left);

  void put(Kind kind, std::string_view file, std::int64_t epoch, std::string_view bytes);
  void begin_part();

  std::unique_ptr<BlackBoxFile> file_;
  std::map<Key, const document::Mirror*> buffers_;
  std::string turn_;  ///< what was told in this turn
  std::size_t part_bytes_ = 0;
  std::size_t first_bytes_ = 0;  ///< that the part began with
  bool is_sealed_ = false;
};

}  // namespace plait::workspace
