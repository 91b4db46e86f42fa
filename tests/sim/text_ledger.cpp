#include "tests/sim/text_ledger.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <unordered_set>

namespace plait::sim {
namespace {

std::string name_of(char32_t character) {
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(character));
  return name.data();
}

}  // namespace

std::vector<char32_t> characters(std::string_view text) {
  std::vector<char32_t> all;
  for (const char unit : text) {
    const auto byte = static_cast<unsigned char>(unit);
    if ((byte & 0xC0U) == 0x80U) {
      all.back() = (all.back() << 6U) | (byte & 0x3FU);
    } else {
      all.push_back(byte < 0x80U   ? byte
                    : byte < 0xE0U ? byte & 0x1FU
                    : byte < 0xF0U ? byte & 0x0FU
                                   : byte & 0x07U);
    }
  }
  return all;
}

void append_character(std::string& text, char32_t character) {
  const auto put = [&](char32_t bits) { text += static_cast<char>(bits); };
  const auto rest = [&](unsigned shift) { put(0x80U | ((character >> shift) & 0x3FU)); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0U | (character >> 6U));
    rest(0);
  } else if (character < 0x10000) {
    put(0xE0U | (character >> 12U));
    rest(6);
    rest(0);
  } else {
    put(0xF0U | (character >> 18U));
    rest(12);
    rest(6);
    rest(0);
  }
}

void TextLedger::typed(std::size_t actor, char32_t character) {
  fates_[character].actor = actor;
}

void TextLedger::erased(std::size_t actor, char32_t character) {
  const auto fate = fates_.find(character);
  if (fate != fates_.end()) fate->second.erased_by.push_back(actor);
}

void TextLedger::forbidden(char32_t character) { fates_[character].is_forbidden = true; }

void TextLedger::lost(std::size_t actor) { lost(actor, {}); }

void TextLedger::lost(std::size_t actor, std::string_view kept) {
  const std::vector<char32_t> all = characters(kept);
  const std::unordered_set<char32_t> there(all.begin(), all.end());
  for (auto& [character, fate] : fates_) {
    if (fate.actor == actor && !there.contains(character)) fate.may_be_missing = true;
    if (std::erase(fate.erased_by, actor) > 0) fate.may_be_erased = true;
  }
}

void TextLedger::kept_elsewhere(std::string_view text) {
  for (const char32_t character : characters(text)) {
    const auto fate = fates_.find(character);
    if (fate != fates_.end()) fate->second.may_be_missing = true;
  }
}

std::optional<std::size_t> TextLedger::author_of(char32_t character) const {
  const auto fate = fates_.find(character);
  if (fate == fates_.end()) return std::nullopt;
  return fate->second.actor;
}

std::optional<std::string> TextLedger::foreign_in(std::string_view text) const {
  std::unordered_set<char32_t> seen;
  for (const char32_t character : characters(text)) {
    if (character == U'\n') continue;
    const auto fate = fates_.find(character);
    if (fate == fates_.end()) return "nobody typed " + name_of(character);
    if (fate->second.is_forbidden) {
      return name_of(character) + " was brought in by somebody who may not";
    }
    if (!seen.insert(character).second) return name_of(character) + " is there twice";
  }
  return std::nullopt;
}

std::optional<std::string> TextLedger::problem(std::string_view text) const {
  if (auto foreign = foreign_in(text)) return foreign;
  const std::vector<char32_t> all = characters(text);
  const std::unordered_set<char32_t> there(all.begin(), all.end());
  // Of several, the lowest: which one is found first is to be the same in every run.
  std::optional<char32_t> missing;
  std::optional<char32_t> returned;
  for (const auto& [character, fate] : fates_) {
    if (fate.is_forbidden || fate.is_doubtful) continue;
    const bool erased = !fate.erased_by.empty();
    if (there.contains(character)) {
      if (erased) returned = std::min(returned.value_or(character), character);
    } else if (!erased && !fate.may_be_erased && !fate.may_be_missing) {
      missing = std::min(missing.value_or(character), character);
    }
  }
  if (missing) {
    return name_of(*missing) + ", typed by " + std::to_string(fates_.at(*missing).actor) +
           ", is gone, and nobody erased it";
  }
  if (returned) return name_of(*returned) + " was erased, and is there";
  return std::nullopt;
}

}  // namespace plait::sim
