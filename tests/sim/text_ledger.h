#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace plait::sim {

/// Who typed what, one document's. Every character in a world is another one, so a text says of
/// each whether it is there, twice, or nobody's; no CRDT is asked. Line breaks are everybody's.
class TextLedger {
 public:
  /// By somebody who may, on a replica that will still be there at the end.
  void typed(std::size_t actor, char32_t character);
  void erased(std::size_t actor, char32_t character);
  /// In something that the server has to refuse.
  void forbidden(char32_t character);
  /// The actor's replica is gone. What it had not brought to the server may be missing.
  void lost(std::size_t actor);
  /// The same, but what is in `kept` is still there.
  void lost(std::size_t actor, std::string_view kept);
  /// This text need not be there: there is a copy of it, and its author was told.
  void kept_elsewhere(std::string_view text);
  /// Nobody can tell whether it will be there in the end; only that it is not there twice.
  void doubtful(char32_t character) { fates_[character].is_doubtful = true; }

  /// Who typed it. Nothing: nobody did.
  [[nodiscard]] std::optional<std::size_t> author_of(char32_t character) const;

  /// What is wrong with the text that everybody has in the end.
  [[nodiscard]] std::optional<std::string> problem(std::string_view text) const;
  /// Of a text at any time: whether it holds something that nobody may have brought there.
  [[nodiscard]] std::optional<std::string> foreign_in(std::string_view text) const;

 private:
  struct Fate {
    std::size_t actor = 0;
    bool is_forbidden = false;
    bool is_doubtful = false;
    bool may_be_missing = false;  ///< its replica is gone
    bool may_be_erased = false;   ///< by a replica that is gone
    std::vector<std::size_t> erased_by = {};
  };
  std::unordered_map<char32_t, Fate> fates_;
};

/// The characters of a text in UTF-8.
[[nodiscard]] std::vector<char32_t> characters(std::string_view text);
void append_character(std::string& text, char32_t character);

}  // namespace plait::sim
