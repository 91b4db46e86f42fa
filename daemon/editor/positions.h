#pragma once

#include <span>
#include <string>
#include <vector>

#include "daemon/crdt/text_edit.h"
#include "daemon/document/text_change.h"
#include "daemon/document/text_view.h"
#include "protocol/base/result.h"
#include "protocol/base/text_units.h"
#include "protocol/messages/editor/lifecycle.h"
#include "protocol/messages/editor/types.h"

namespace plait::editor {

namespace messages = plait::messages::editor;

// What editors say of a text, and what is said to them: lines, and characters in the encoding
// that was agreed on. Nothing that an editor says is believed: a place outside of the text,
// behind the end of its line or inside of a character is an error.

using messages::PositionEncoding;

[[nodiscard]] Result<Utf16Offset> offset_of(const document::TextView& text,
                                            const messages::Position& position,
                                            PositionEncoding encoding);
/// The place before `at`; past the end is the end.
[[nodiscard]] messages::Position position_of(const document::TextView& text, Utf16Offset at,
                                             PositionEncoding encoding);

/// What edits do to a text, of which each applies to what the one before it left. "\r\n" in
/// what they insert is "\n" here.
[[nodiscard]] Result<document::TextChange> change_of(const document::TextView& text,
                                                     std::span<const messages::Edit> edits,
                                                     PositionEncoding encoding);

/// The same edits for an editor.
[[nodiscard]] std::vector<messages::Edit> edits_of(std::span<const crdt::TextEdit> edits,
                                                   PositionEncoding encoding);
/// A change of a text for an editor that has that text: the last part first, so that each place
/// is one of the text as it is here.
[[nodiscard]] std::vector<messages::Edit> edits_of(const document::TextChange& change,
                                                   const document::TextView& text,
                                                   PositionEncoding encoding);

/// A text with "\n" alone, as documents have it.
[[nodiscard]] std::string with_plain_newlines(std::string text);

}  // namespace plait::editor
