// Lets a program in any language drive documents: one JSON command a line on standard input,
// one JSON answer a line on standard output. docs/testing.md lists the commands.

#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "daemon/crdt/document.h"
#include "daemon/crdt/relative_position.h"
#include "daemon/crdt/undo_manager.h"
#include "daemon/crdt/update_merge.h"
#include "daemon/crdt/update_validator.h"
#include "protocol/base/base64.h"
#include "protocol/base/utf8.h"
#include "tests/support/document_json.h"

namespace plait::harness {
namespace {

using crdt::ClientId;
using crdt::Document;
using crdt::Id;
using crdt::RelativePosition;
using crdt::StateVector;
using crdt::TypeRef;
using rapidjson::Value;
using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

/// What makes a command fail; caught where its answer is written.
struct CommandError {
  std::string message;
};

[[noreturn]] void refuse(std::string message) { throw CommandError{std::move(message)}; }

template <class T>
T value_of(Result<T> result) {
  if (!result) refuse(result.error().message);
  return *std::move(result);
}
void check(const Result<void>& result) {
  if (!result) refuse(result.error().message);
}

const Value* find(const Value& command, const char* name) {
  const auto member = command.FindMember(name);
  return member == command.MemberEnd() || member->value.IsNull() ? nullptr : &member->value;
}

const Value& field(const Value& command, const char* name) {
  const Value* value = find(command, name);
  if (value == nullptr) refuse(std::string("\"") + name + "\" is missing");
  return *value;
}

std::string_view string_of(const Value& value, const char* name) {
  if (!value.IsString()) refuse(std::string("\"") + name + "\" is not a string");
  return {value.GetString(), value.GetStringLength()};
}

std::string_view text_field(const Value& command, const char* name) {
  return string_of(field(command, name), name);
}

std::uint32_t number_field(const Value& command, const char* name) {
  const Value& value = field(command, name);
  if (!value.IsUint()) refuse(std::string("\"") + name + "\" is not an unsigned number");
  return value.GetUint();
}

std::string bytes_of(const Value& value, const char* name) {
  auto bytes = from_base64(string_of(value, name));
  if (!bytes) refuse(std::string("\"") + name + "\" is not base64");
  return *std::move(bytes);
}

std::string bytes_field(const Value& command, const char* name) {
  return bytes_of(field(command, name), name);
}

void put(Writer& out, const char* key, std::string_view value) {
  out.Key(key);
  out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void put_bytes(Writer& out, const char* key, std::string_view bytes) {
  put(out, key, to_base64(bytes));
}

Id id_of(const Value& value) {
  if (!value.IsObject()) refuse("an id is not an object");
  const Value& client = field(value, "client");
  if (!client.IsUint64()) refuse("\"client\" is not an unsigned number");
  return {ClientId{client.GetUint64()}, crdt::Clock{number_field(value, "clock")}};
}

void put_id(Writer& out, const char* key, Id id) {
  out.Key(key);
  out.StartObject();
  out.Key("client");
  out.Uint64(crdt::number(id.client));
  out.Key("clock");
  out.Uint(id.clock.value());
  out.EndObject();
}

crdt::TypeKind kind_named(std::string_view name) {
  if (name == "text") return crdt::TypeKind::Text;
  if (name == "map") return crdt::TypeKind::Map;
  if (name == "array") return crdt::TypeKind::Array;
  if (name == "xml") return crdt::TypeKind::XmlFragment;
  refuse("a type is none of text, map, array and xml");
}

class Harness {
 public:
  /// Writes the members of the answer to one command.
  void run(const Value& command, Writer& out) {
    const std::string_view name = text_field(command, "cmd");
    if (name == "new") return make(command, out);
    if (name == "merge") return merge(command, out);
    if (name == "diff") return diff(command, out);
    Subject& subject = subject_of(command);
    if (name == "insert" || name == "delete" || name == "apply") {
      return change(subject, name, command, out);
    }
    if (name == "undo" || name == "redo") return undo_or_redo(subject, name, out);
    if (name == "stopCapturing") {
      with_undo(subject).undo->stop_capturing();
      return put_ok(out);
    }
    if (name == "json") return json(subject, command, out);
    if (name == "relpos") return relative_position(subject, command, out);
    if (name == "abspos") return absolute_position(subject, command, out);
    if (name == "textAt") return text_at(subject, command, out);
    if (name == "text")
      return put(out, "text", subject.document->to_string(root(subject, command)));
    if (name == "sv") return put_bytes(out, "sv", subject.document->state_vector().encode());
    if (name == "encode") return encode(subject, command, out);
    if (name == "pending") {
      out.Key("pending");
      out.Bool(subject.document->has_pending());
      return;
    }
    if (name == "snapshot")
      return put_bytes(out, "snapshot", subject.document->snapshot().encode());
    if (name == "lineCol") return line_and_column(subject, command, out);
    if (name == "check") {
      subject.document->check_invariants();
      return put_ok(out);
    }
    refuse("\"cmd\" is not known");
  }

 private:
  /// A document, and the undo stack of its own edits from the first command on that asks for
  /// one: a document that is never asked collects what is deleted at once, as Yjs does without
  /// an undo manager. What came before the question is played again for it.
  struct Subject {
    explicit Subject(Document::Options chosen) : options(chosen) { start(); }

    void start() {
      document = std::make_unique<Document>(options);
      static_cast<void>(document->text("content"));  // a text from the beginning
    }

    Document::Options options;
    std::unique_ptr<Document> document;
    std::unique_ptr<crdt::UndoManager> undo;
    std::vector<std::string> changes;  ///< the commands so far that change something
    bool strict = false;
    crdt::UpdateRules rules;  ///< of a strict document
    crdt::ClientSet leased;
  };

  static void put_ok(Writer& out) {
    out.Key("ok");
    out.Bool(true);
  }

  void make(const Value& command, Writer& out) {
    const Value& client = field(command, "client");
    if (!client.IsUint64()) refuse("\"client\" is not an unsigned number");
    const Value* gc = find(command, "gc");
    Document::Options options;
    options.client = ClientId{client.GetUint64()};
    options.collect = gc == nullptr || !gc->IsBool() || gc->GetBool();
    auto subject = std::make_unique<Subject>(options);
    read_rules(command, *subject);
    subjects_[std::string(text_field(command, "doc"))] = std::move(subject);
    put_ok(out);
  }

  /// A strict document is that of a file, unless it may hold "any" kinds of content or is
  /// "open" to all that Yjs sends. Without leased ids all are.
  static void read_rules(const Value& command, Subject& subject) {
    const Value* strict = find(command, "strict");
    subject.strict = strict != nullptr && strict->IsBool() && strict->GetBool();
    const Value* kinds = find(command, "kinds");
    const std::string_view allowed = kinds == nullptr ? "file" : string_of(*kinds, "kinds");
    const Value* leased = find(command, "leased");
    if (leased != nullptr) {
      if (!leased->IsArray()) refuse("\"leased\" is not an array");
      for (const Value& id : leased->GetArray()) {
        if (!id.IsUint64()) refuse("a leased id is not an unsigned number");
        subject.leased.insert(ClientId{id.GetUint64()});
      }
    }
    if (allowed == "file") subject.rules = crdt::UpdateRules::for_file();
    if (allowed == "open") subject.rules = crdt::UpdateRules::for_open_document();
    if (leased != nullptr) subject.rules.leased = &subject.leased;
  }

  Subject& subject_of(const Value& command) {
    const auto found = subjects_.find(std::string(text_field(command, "doc")));
    if (found == subjects_.end()) refuse("\"doc\" is not known");
    return *found->second;
  }

  static TypeRef root(Subject& subject, const Value& command) {
    const Value* name = find(command, "text");
    return subject.document->text(name == nullptr ? "content" : string_of(*name, "text"));
  }

  void change(Subject& subject, std::string_view name, const Value& command, Writer& out) {
    if (name == "insert") insert(subject, command, out);
    if (name == "delete") erase(subject, command, out);
    if (name == "apply") apply(subject, command, out);
    if (subject.undo != nullptr) return;
    rapidjson::StringBuffer line;
    Writer copy(line);
    command.Accept(copy);
    subject.changes.emplace_back(line.GetString(), line.GetSize());
  }

  Subject& with_undo(Subject& subject) {
    if (subject.undo != nullptr) return subject;
    subject.start();
    crdt::UndoManager::Options options;
    options.scope = {subject.document->text("content")};
    options.tracked = {kOwnEdit};
    subject.undo = std::make_unique<crdt::UndoManager>(*subject.document, options);
    for (const std::string& line : std::exchange(subject.changes, {})) {
      rapidjson::Document command;
      command.Parse(line.data(), line.size());
      rapidjson::StringBuffer unused;
      Writer out(unused);
      out.StartObject();
      change(subject, text_field(command, "cmd"), command, out);
    }
    return subject;
  }

  void undo_or_redo(Subject& subject, std::string_view name, Writer& out) {
    crdt::UndoManager& manager = *with_undo(subject).undo;
    const bool changed = value_of(name == "undo" ? manager.undo() : manager.redo());
    out.Key("changed");
    out.Bool(changed);
    if (changed) put_change(subject, out);
  }

  static void json(Subject& subject, const Value& command, Writer& out) {
    std::vector<support::RootKind> kinds;
    if (const Value* types = find(command, "types"); types != nullptr && types->IsObject()) {
      for (const auto& type : types->GetObject()) {
        kinds.push_back({std::string(string_of(type.name, "types")),
                         kind_named(string_of(type.value, "types"))});
      }
    }
    out.Key("json");
    support::write_json(*subject.document, kinds, out);
  }

  static void relative_position(Subject& subject, const Value& command, Writer& out) {
    const Value* assoc = find(command, "assoc");
    const RelativePosition position = RelativePosition::at(
        *subject.document, root(subject, command), Utf16Offset{number_field(command, "index")},
        assoc != nullptr && assoc->IsInt() ? assoc->GetInt() : 0);
    out.Key("relpos");
    out.StartObject();
    if (position.type) put_id(out, "type", *position.type);
    if (position.root) put(out, "tname", *position.root);
    if (position.item) put_id(out, "item", *position.item);
    out.Key("assoc");
    out.Int(position.assoc);
    out.EndObject();
  }

  static void absolute_position(Subject& subject, const Value& command, Writer& out) {
    const Value& json = field(command, "relpos");
    if (!json.IsObject()) refuse("\"relpos\" is not an object");
    RelativePosition position;
    if (const Value* type = find(json, "type")) position.type = id_of(*type);
    if (const Value* name = find(json, "tname")) position.root = string_of(*name, "tname");
    if (const Value* item = find(json, "item")) position.item = id_of(*item);
    if (const Value* assoc = find(json, "assoc"); assoc != nullptr && assoc->IsInt()) {
      position.assoc = assoc->GetInt();
    }
    if (!position.item && !position.root && !position.type) refuse("the position is empty");
    const auto place = position.resolve(*subject.document);
    out.Key("index");
    if (place) {
      out.Uint(place->index.value());
    } else {
      out.Null();
    }
  }

  static void text_at(Subject& subject, const Value& command, Writer& out) {
    const auto snapshot = value_of(crdt::Snapshot::decode(bytes_field(command, "snapshot")));
    put(out, "text", value_of(subject.document->text_at(snapshot, root(subject, command))));
  }

  static void put_change(const Subject& subject, Writer& out) {
    ByteWriter update;
    static_cast<void>(subject.document->encode_change(update));
    put_bytes(out, "update", update.view());
  }

  static void insert(Subject& subject, const Value& command, Writer& out) {
    check(subject.document->insert(root(subject, command),
                                   Utf16Offset{number_field(command, "index")},
                                   text_field(command, "content"), kOwnEdit));
    put_change(subject, out);
  }

  static void erase(Subject& subject, const Value& command, Writer& out) {
    check(subject.document->erase(root(subject, command),
                                  Utf16Offset{number_field(command, "index")},
                                  Utf16Offset{number_field(command, "length")}, kOwnEdit));
    put_change(subject, out);
  }

  static void apply(Subject& subject, const Value& command, Writer& out) {
    Document& document = *subject.document;
    const TypeRef content = document.text("content");
    const std::string update = bytes_field(command, "update");
    check(subject.strict ? document.apply_checked(update, subject.rules)
                         : document.apply(update));
    out.Key("edits");
    out.StartArray();
    for (const crdt::TextEdit& edit : document.edits(content)) {
      out.StartObject();
      out.Key("index");
      out.Uint(edit.start.offset.utf16.value());
      out.Key("delete");
      out.Uint((edit.end.offset.utf16 - edit.start.offset.utf16).value());
      put(out, "insert", edit.inserted);
      out.EndObject();
    }
    out.EndArray();
  }

  static void encode(Subject& subject, const Value& command, Writer& out) {
    StateVector known;
    if (const Value* sv = find(command, "sv")) {
      known = value_of(StateVector::decode(bytes_of(*sv, "sv")));
    }
    put_bytes(out, "update", subject.document->encode_state(known));
  }

  static void line_and_column(Subject& subject, const Value& command, Writer& out) {
    const crdt::TextPosition at = subject.document->locate(
        root(subject, command), Utf16Offset{number_field(command, "index")});
    out.Key("line");
    out.Uint(at.line().value());
    out.Key("utf16");
    out.Uint(at.utf16_column.value());
    out.Key("utf8");
    out.Uint(at.utf8_column.value());
    out.Key("utf32");
    out.Uint(at.code_point_column.value());
  }

  static void merge(const Value& command, Writer& out) {
    const Value& updates = field(command, "updates");
    if (!updates.IsArray()) refuse("\"updates\" is not an array");
    std::vector<std::string> decoded;
    for (const Value& update : updates.GetArray())
      decoded.push_back(bytes_of(update, "updates"));
    const std::vector<std::string_view> views(decoded.begin(), decoded.end());
    put_bytes(out, "update", value_of(crdt::merge_updates(views)));
  }

  static void diff(const Value& command, Writer& out) {
    const StateVector known = value_of(StateVector::decode(bytes_field(command, "sv")));
    put_bytes(out, "update",
              value_of(crdt::diff_update(bytes_field(command, "update"), known)));
  }

  static constexpr crdt::Origin kOwnEdit = 1;

  std::unordered_map<std::string, std::unique_ptr<Subject>> subjects_;
};

/// The answer to one line.
std::string answer(Harness& harness, std::string_view line) {
  rapidjson::StringBuffer buffer;
  try {
    if (!is_valid_utf8(line)) refuse("the line is not valid UTF-8");
    rapidjson::Document command;
    command.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
    if (command.HasParseError() || !command.IsObject()) refuse("the line is not a JSON object");
    Writer out(buffer);
    out.StartObject();
    harness.run(command, out);
    out.EndObject();
    return buffer.GetString();
  } catch (const CommandError& error) {
    buffer.Clear();
    Writer out(buffer);
    out.StartObject();
    put(out, "error", error.message);
    out.EndObject();
    return buffer.GetString();
  }
}

}  // namespace
}  // namespace plait::harness

int main() {
  std::ios::sync_with_stdio(false);
  plait::harness::Harness harness;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << plait::harness::answer(harness, line) << '\n' << std::flush;
  }
  return 0;
}
