// Choices become what a broken editor says of a document that it has open, beside two honest
// ones and somebody on another machine. Whatever it says, the others end with the document's
// text, and the broken one as well once it does as it is asked.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/document/local_document.h"
#include "protocol/base/assert.h"
#include "protocol/base/utf8.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/editor_desk.h"
#include "tests/support/random_edits.h"
#include "tests/support/scripted_editor.h"

namespace {

namespace messages = plait::messages::editor;
namespace jsonrpc = plait::jsonrpc;
using plait::Utf16Offset;
using plait::document::LocalDocument;
using plait::document::TextChange;
using plait::fuzz::FuzzInput;
using plait::support::EditorDesk;
using plait::support::ScriptedEditor;

const std::string kUri(EditorDesk::kUri);

/// An editor and its end at the desk.
struct Table {
  Table(EditorDesk& desk, messages::PositionEncoding encoding)
      : seat(desk, encoding), editor(encoding) {}

  bool carry() {
    const std::string said = editor.take_bytes();
    PLAIT_ASSERT(seat.hears(said), "an honest editor's frames");
    const std::string answer = seat.take_bytes();
    editor.hears(answer);
    return !said.empty() || !answer.empty();
  }

  EditorDesk::Seat seat;
  ScriptedEditor editor;
};

template <class M>
std::string bytes_of(const M& message) {
  return jsonrpc::framed(jsonrpc::write_message(
      jsonrpc::Notification{std::string(M::kMethod), jsonrpc::write_fields(message)}));
}

std::int64_t some_number(FuzzInput& input) {
  return static_cast<std::int64_t>(input.below(8)) - (input.one_in(8) ? 1'000'000 : 1);
}

messages::Position some_position(FuzzInput& input) {
  const auto place = [&] {
    return static_cast<std::int64_t>(input.one_in(16) ? input.below(1'000'000'000)
                                                      : input.below(12));
  };
  return {place(), place()};
}

/// Of the right shape, with anything in it.
std::string some_message(FuzzInput& input, std::int64_t epoch) {
  if (input.one_in(8)) epoch = some_number(input);
  switch (input.below(5)) {
    case 0: return bytes_of(messages::DocumentSave{kUri, {epoch, some_number(input)}});
    case 1: {
      messages::PresenceUpdate presence;
      presence.selections.push_back({some_position(input), some_position(input)});
      presence.applied = {epoch, some_number(input)};
      return bytes_of(presence);
    }
    case 2: {
      const std::string body = plait::support::some_text(input);
      return jsonrpc::framed(body);
    }
    default: {
      messages::DocumentEdit edit{kUri, epoch, some_number(input) + 1, some_number(input), {}};
      for (std::size_t count = input.below(4); count > 0; --count) {
        edit.edits.push_back(
            {{some_position(input), some_position(input)}, plait::support::some_text(input)});
      }
      return bytes_of(edit);
    }
  }
}

void somebody_types(FuzzInput& input, ScriptedEditor& editor) {
  const std::string& text = editor.text(kUri);
  const auto some_byte = [&](std::string_view within) {
    return plait::bytes_of_code_point_prefix(within, input.below(1 + within.size()));
  };
  const std::size_t at = some_byte(text);
  const std::size_t removed =
      input.one_in(2) ? 0 : some_byte(std::string_view{text}.substr(at));
  editor.edits(kUri, at, removed, input.one_in(4) ? "" : plait::support::some_text(input));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzInput input(data, size);
  EditorDesk desk(1, "one\ntwo \xF0\x9F\x98\x80\n");
  auto elsewhere = *LocalDocument::load({}, {}, {});
  elsewhere->set_client(plait::crdt::ClientId{2});

  Table ann(desk, messages::PositionEncoding::Utf8);
  Table ben(desk, messages::PositionEncoding::Utf16);
  Table eve(desk, messages::PositionEncoding::Utf32);
  for (Table* table : {&ann, &ben, &eve}) {
    table->editor.opens(kUri, desk.text());
    table->carry();
  }
  for (int steps = 0; steps < 60 && !input.at_end(); ++steps) {
    switch (input.below(8)) {
      case 0: ann.carry(); break;
      case 1: ben.carry(); break;
      case 2: eve.carry(); break;
      case 3: somebody_types(input, ann.editor); break;
      case 4: somebody_types(input, ben.editor); break;
      case 5: {
        PLAIT_ASSERT(elsewhere->apply(desk.document().encode()), "a whole document");
        const Utf16Offset end = elsewhere->view().length();
        PLAIT_ASSERT(elsewhere->change(
                         TextChange::replacement(end, {}, plait::support::some_text(input)),
                         LocalDocument::kDisk),
                     "text at the end");
        desk.network_changes(elsewhere->encode());
        break;
      }
      case 6: desk.waits(std::chrono::milliseconds(input.below(2000))); break;
      default:
        static_cast<void>(eve.seat.hears(some_message(input, eve.seat.buffer()->epoch())));
    }
  }
  // Eve's next edit is the wrong one by now, if she did anything, and she is asked what she
  // holds.
  eve.editor.edits(kUri, 0, 0, "e");
  for (int round = 0; round < 8; ++round) {
    bool anything = true;
    while (anything) {
      anything = false;
      for (Table* table : {&ann, &ben, &eve}) anything = table->carry() || anything;
    }
    desk.is_quiet();
  }
  for (Table* table : {&ann, &ben, &eve}) {
    PLAIT_ASSERT(!table->editor.problem(), "edits that fit");
    PLAIT_ASSERT(table->editor.text(kUri) == desk.text(), "one text for everybody");
  }
  return 0;
}
