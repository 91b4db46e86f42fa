#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/document/text_change.h"
#include "protocol/base/utf8.h"
#include "tests/support/random_edits.h"

namespace plait::support {

/// What a change makes of a text, the slow and simple way. A check fails where it does not fit.
inline std::string changed(std::string text, const document::TextChange& change) {
  std::size_t at = 0;  // in bytes
  for (const document::TextChange::Part& part : change.parts()) {
    const auto bytes_of = [&](Utf16Offset units) {
      const std::string_view rest = std::string_view{text}.substr(at);
      bool inside_pair = false;
      const std::size_t bytes = bytes_of_utf16_prefix(rest, units.value(), &inside_pair);
      BOOST_TEST_REQUIRE(!inside_pair, "a change cuts a character");
      BOOST_TEST_REQUIRE(measure(rest.substr(0, bytes)).utf16.value() == units.value(),
                         "a change reaches past the end");
      return bytes;
    };
    at += bytes_of(part.kept);
    text.replace(at, bytes_of(part.removed), part.inserted);
    at += part.inserted.size();
  }
  return text;
}

/// A place in a text that is between two characters, by what is before it.
template <class Choices>
std::size_t some_byte(Choices& choices, std::string_view text) {
  return bytes_of_code_point_prefix(text, choices.below(measure(text).code_points.value() + 1));
}

/// A change of a few places of a text.
template <class Choices>
document::TextChange some_change(Choices& choices, std::string_view text) {
  document::TextChange change;
  for (std::size_t parts = choices.below(4); parts > 0; --parts) {
    const std::size_t kept = some_byte(choices, text);
    change.keep(measure(text.substr(0, kept)).utf16);
    text.remove_prefix(kept);
    const std::size_t removed = choices.one_in(2) ? 0 : some_byte(choices, text.substr(0, 40));
    change.replace(measure(text.substr(0, removed)).utf16,
                   choices.one_in(3) ? std::string() : some_text(choices));
    text.remove_prefix(removed);
  }
  return change;
}

}  // namespace plait::support
