#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "daemon/crdt/update_validator.h"
#include "protocol/base/bytes.h"
#include "protocol/wire/message.h"
#include "tests/attack/attack.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::attack {
namespace {

using crdt::ContentKind;
using crdt::id;
using crdt::UpdateBuilder;

/// Whose client ids they are.
constexpr std::uint64_t kAnn = 1000;
constexpr std::uint64_t kEve = 2000;
/// What Ann has written, from clock 0 on.
constexpr std::string_view kText = "hello world";

/// A room in which Ann has written something, and Eve is about to.
struct Table {
  explicit Table(Stage& stage, std::size_t more_text = 0)
      : room(stage.new_room()), ann(stage.editor(room, "ann", kAnn)), on(stage) {
    ready = ann.joins() && ann.types(0, std::string(kText) + std::string(more_text, '.'));
    eve = on.visitor(room, "eve");
    // She has heard of it, so it is there.
    ready = ready && eve != nullptr && follows(*eve);
  }

  static bool follows(Visitor& visitor) {
    visitor.says_message(wire::SyncStep1{std::string_view("\0", 1)});
    for (auto message = visitor.next_message(); message; message = visitor.next_message()) {
      if (message->find(kText) != std::string::npos) return true;
    }
    return false;
  }

  /// Ann goes on writing; whoever comes reads the same as she does.
  bool goes_on() {
    if (!ann.types(5, ",")) return false;
    Editor late = on.editor(room, "ben", 3000);
    if (!late.joins()) return false;
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (late.text() != ann.text() && std::chrono::steady_clock::now() < end) {
      late.listens(std::chrono::milliseconds{5});
      ann.listens(std::chrono::milliseconds{5});
    }
    return late.text() == ann.text() && ann.text().find(',') != std::string::npos;
  }

  std::string room;
  Editor ann;
  Stage& on;
  std::unique_ptr<Visitor> eve;
  bool ready = false;
};

/// Eve says it; how her connection ends, if nobody else has suffered.
template <class Say>
std::string play(Stage& stage, Say say, std::size_t more_text = 0) {
  Table table(stage, more_text);
  if (!table.ready) return "the room did not come to be";
  std::string how = say(*table.eve);
  return table.goes_on() ? how : "the others suffer; " + how;
}

Attack update(std::string name, std::string expected, std::string bytes) {
  return {std::move(name), std::move(expected), [bytes = std::move(bytes)](Stage& stage) {
            return play(stage, [&](Visitor& eve) {
              eve.says_message(wire::SyncUpdate{bytes});
              return eve.ending();
            });
          }};
}

Attack update(std::string name, std::string expected, const UpdateBuilder& made) {
  return update(std::move(name), std::move(expected), made.str());
}

/// What may be missing is asked for; she answers with the same each time.
std::string insist(Visitor& eve, const std::string& bytes) {
  eve.says_message(wire::SyncStep2{bytes});  // she was asked as she came
  for (auto message = eve.next_message(); message; message = eve.next_message()) {
    const auto said = wire::decode_message(*message);
    if (said && std::holds_alternative<wire::SyncStep1>(*said)) {
      eve.says_message(wire::SyncStep2{bytes});
    }
  }
  return eve.ending();
}

Attack insisted(std::string name, std::string expected, std::string bytes) {
  return {std::move(name), std::move(expected), [bytes = std::move(bytes)](Stage& stage) {
            return play(stage, [&](Visitor& eve) { return insist(eve, bytes); });
          }};
}

/// An update that is taken: Ann reads what it makes of her text.
Attack taken(std::string name, std::string bytes, std::string text) {
  return {std::move(name), "taken",
          [bytes = std::move(bytes), text = std::move(text)](Stage& stage) {
            Table table(stage);
            if (!table.ready) return std::string("the room did not come to be");
            table.eve->says_message(wire::SyncUpdate{bytes});
            if (table.ann.reads(text)) return std::string("taken");
            return table.eve->ending();
          }};
}

/// Numbers and bytes as they come.
class Bytes {
 public:
  Bytes& number(std::uint64_t value) {
    out_.put_varuint(value);
    return *this;
  }
  Bytes& raw(std::string_view bytes) {
    out_.put_bytes(bytes);
    return *this;
  }
  [[nodiscard]] std::string str() const { return out_.str(); }

 private:
  ByteWriter out_;
};

/// One struct of Eve's, after its head: kind, and that it is in the root `content`.
std::string one_struct(ContentKind kind, std::string_view content) {
  return Bytes()
      .number(1)
      .number(1)
      .number(kEve)
      .number(0)
      .number(static_cast<std::uint64_t>(kind))
      .number(1)
      .number(7)
      .raw("content")
      .raw(content)
      .number(0)
      .str();
}

std::string text_struct(std::string_view bytes) {
  return one_struct(ContentKind::String, Bytes().number(bytes.size()).raw(bytes).str());
}

/// Characters of as many clients, all at the start of the text, but each before another of
/// Ann's characters, so that each is looked for among all that came before it.
std::string at_one_place(std::uint32_t first, std::uint32_t count) {
  UpdateBuilder made;
  for (std::uint32_t i = first + count; i > first; --i) {
    made.by(kEve + i, 0).text("x", {.right = id(kAnn, i - 1)});
  }
  return made.str();
}

/// So many of them, in so many updates.
Attack crowd(std::string name, std::string expected, std::uint32_t count,
             std::uint32_t updates) {
  return {std::move(name), std::move(expected), [=](Stage& stage) {
            return play(
                stage,
                [=](Visitor& eve) {
                  for (std::uint32_t i = 0; i < updates; ++i) {
                    const std::uint32_t each = count / updates;
                    eve.says_message(wire::SyncUpdate{at_one_place(i * each, each)});
                  }
                  return eve.ending();
                },
                count);
          }};
}

/// So many deletions of every second unit of what Eve has written under her own id.
std::string every_second(std::uint32_t count) {
  UpdateBuilder made;
  made.by(kEve, 0).text(std::string(2 * std::size_t{count}, 'x'));
  for (std::uint32_t i = 0; i < count; ++i) made.erases(kEve, 2 * i, 1);
  return made.str();
}

/// What silences client 9 for ever, where it is taken.
std::string collected_block_of_2_50() {
  return Bytes()
      .number(1)
      .number(1)
      .number(9)
      .number(0)
      .number(0)
      .number(std::uint64_t{1} << 50)
      .number(0)
      .str();
}

/// Arrays in arrays in arrays.
std::string nested_any(std::size_t depth) {
  std::string value;
  for (std::size_t i = 0; i < depth; ++i) value += "\x75\x01";
  return value + "\x7E";
}

}  // namespace

Scene update_attacks() {
  Scene scene{
      .title = "Updates of a file's document", .stage = Stage::Kind::Team, .attacks = {}};
  const UpdateBuilder plain = UpdateBuilder().by(kEve, 0).text("x");
  scene.attacks = {
      update("another operation under a known id", "1008 rule known",
             UpdateBuilder().by(kAnn, 0).text("HELLO WORLD")),
      update("a collected block of length 2^50 under another's id", "1008 rule format",
             collected_block_of_2_50()),
      update("a collected block under another's id", "1008 rule lease",
             UpdateBuilder().by(kAnn, kText.size()).add(ContentKind::Gc, 5, {})),
      update("a collected block", "1008 rule kind",
             UpdateBuilder().by(kEve, 0).add(ContentKind::Gc, 5, {})),
      update("text under another's id", "1008 rule lease",
             UpdateBuilder().by(kAnn, kText.size()).text("x")),
      update("a deleted block of 2^30", "1008 rule length",
             UpdateBuilder().by(kEve, 0).deleted(1U << 30)),
      crowd("10,001 clients at one place", "1008 rule sections", 10'001, 1),
      crowd("16,000 clients at one place, in two updates", "1008 rule steps", 16'000, 2),
      crowd("16,000 clients at one place, in a hundred", "1008 rule steps", 16'000, 100),
      update("text that is no UTF-8", "1008 rule format", text_struct("\xC0\x80")),
      update("half a surrogate pair", "1008 rule format", text_struct("\xED\xA0\x80")),
      update("a surrogate pair in six bytes", "1008 rule format",
             text_struct("\xED\xA0\xBD\xED\xB8\x80")),
      update("an unknown kind of content", "1008 rule format",
             one_struct(ContentKind{11}, "\x01x")),
      update("a type inside of the text", "1008 rule kind",
             one_struct(ContentKind::Type, std::string_view("\0", 1))),
      update("an object inside of the text", "1008 rule kind",
             UpdateBuilder().by(kEve, 0).add(ContentKind::Embed, 1, R"({"a":1})")),
      update("another root", "1008 rule parent",
             UpdateBuilder().by(kEve, 0).text("x", {.root = "elsewhere"})),
      update("a count written long", "1008 rule canonical",
             std::string("\x81\x00", 2) + plain.str().substr(1)),
      update("2^52 structs, announced and not there", "1008 rule format",
             Bytes().number(1).number(std::uint64_t{1} << 52).number(kEve).number(0).str()),
      update("a text of 2^40 bytes, announced and not there", "1008 rule format",
             one_struct(ContentKind::String,
                        Bytes().number(std::uint64_t{1} << 40).raw("x").str())),
      update("a number that never ends", "1008 rule format",
             Bytes().number(1).number(1).raw(std::string(40, '\xFF')).str()),
      update("a clock beyond 2^31", "1008 rule format",
             Bytes()
                 .number(1)
                 .number(1)
                 .number(kEve)
                 .number(std::uint64_t{1} << 31)
                 .raw("x")
                 .str()),

      taken("10,000 deletions", every_second(crdt::kMaxDeleteRanges),
            std::string(kText) + std::string(crdt::kMaxDeleteRanges, 'x')),
      update("10,001 deletions", "1008 rule delete-ranges",
             every_second(crdt::kMaxDeleteRanges + 1)),
      update("a hundred thousand structs and one", "1008 rule structs",
             [] {
               UpdateBuilder made;
               made.by(kEve, 0).text("x");
               for (std::size_t i = 0; i < crdt::kMaxUpdateStructs; ++i) made.more("x");
               return made.str();
             }()),
      {"a viewer writes", "denied: rule role",
       [](Stage& stage) {
         Table table(stage);
         const auto viewer = stage.visitor(table.room, "vic", "viewer");
         if (!table.ready || viewer == nullptr)
           return std::string("the room did not come to be");
         const std::string update = UpdateBuilder().by(kEve, 0).text("x").str();
         viewer->says_message(wire::SyncUpdate{update});
         std::string denial;
         while (denial.empty()) {
           const auto message = viewer->next_message();
           if (!message) return viewer->ending();
           const auto said = wire::decode_message(*message);
           const auto* denied = said ? std::get_if<wire::PermissionDenied>(&*said) : nullptr;
           if (denied != nullptr) denial = denied->reason;
         }
         return table.goes_on() ? "denied: " + denial : "the others suffer";
       }},
  };
  return scene;
}

Scene open_update_attacks() {
  Scene scene{.title = "Updates of an open room", .stage = Stage::Kind::Open, .attacks = {}};
  const auto any = [](std::string_view value) {
    return one_struct(ContentKind::Any, Bytes().number(1).raw(value).str());
  };
  const std::string stranger = UpdateBuilder().by(kEve, 0).text("x", {.left = id(9, 3)}).str();
  scene.attacks = {
      update("a collected block of length 2^50", "1008 rule format", collected_block_of_2_50()),
      update("an integer over 2^53", "1008 rule format",
             any("\x7D\xBF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F")),
      update("a value of an unknown type", "1008 rule format", any("\x10")),
      update("100,000 arrays, each in the one before", "1008 rule format",
             any(nested_any(100'000))),
      update("JSON that is none", "1008 rule format",
             one_struct(ContentKind::Json, Bytes().number(1).number(1).raw("{").str())),
      insisted("a dependency that nobody has", "1008 rule dependency", stranger),
      insisted("a gap in the clocks", "1008 rule clock",
               UpdateBuilder().by(kEve, 7).text("x").str()),
      insisted("a deletion of what nobody has", "1008 rule deletes",
               UpdateBuilder().erases(kAnn, 5, 100).str()),
      insisted("deletions out of order", "1008 rule deletes",
               Bytes()
                   .number(0)
                   .number(1)
                   .number(kAnn)
                   .number(2)
                   .number(4)
                   .number(1)
                   .number(1)
                   .number(1)
                   .str()),
      insisted("deletions that overlap", "1008 rule deletes",
               Bytes()
                   .number(0)
                   .number(1)
                   .number(kAnn)
                   .number(2)
                   .number(1)
                   .number(3)
                   .number(2)
                   .number(3)
                   .str()),
      insisted("a skipped block", "1008 rule clock",
               UpdateBuilder().by(kEve, 0).add(ContentKind::Skip, 5, {}).text("x").str()),
      crowd("16,000 clients at one place", "1008 rule steps", 16'000, 1),
      update("257 roots", "1008 rule roots",
             [] {
               UpdateBuilder made;
               made.by(kEve, 0);
               std::list<std::string> names;
               for (std::size_t i = 0; i < crdt::kMaxRoots; ++i) {
                 made.text("x", {.root = names.emplace_back("r" + std::to_string(i))});
               }
               return made.str();
             }()),
  };
  return scene;
}

}  // namespace plait::attack
