#include "tests/support/document_json.h"

#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crdt/object_order.h"
#include "tests/support/document_markup.h"

namespace plait::support {
namespace {

using crdt::ItemRef;
using crdt::TypeKind;
using crdt::TypeRef;

void put_text(JsonWriter& out, std::string_view text) {
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void put_key(JsonWriter& out, std::string_view key) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

class TypePrinter {
 public:
  TypePrinter(const crdt::Document& document, JsonWriter& out) noexcept
      : document_(document), out_(out) {}

  void run(TypeRef type, TypeKind kind) {
    open(type, kind);
    while (!open_.empty()) step();
  }

 private:
  /// A list or a map that is being written. The stack of these stands for the call stack, since
  /// documents nest as deep as they like.
  struct Open {
    bool is_map = false;
    ItemRef next{};                                             ///< of a list
    std::vector<std::pair<std::string_view, ItemRef>> entries;  ///< of a map
    std::size_t written = 0;                                    ///< entries
  };

  const crdt::Replica& replica() const noexcept { return document_.replica(); }

  void open(TypeRef ref, TypeKind kind) {
    const crdt::SharedType& type = replica().types[ref];
    switch (kind) {
      case TypeKind::Array:
        out_.StartArray();
        open_.push_back({false, type.first, {}, 0});
        return;
      case TypeKind::Map:
      case TypeKind::XmlHook:
        out_.StartObject();
        open_.push_back({true, ItemRef::None, entries_of(type), 0});
        return;
      case TypeKind::Text:
      case TypeKind::XmlElement:
      case TypeKind::XmlFragment:
      case TypeKind::XmlText: return put_text(out_, markup_of(document_, ref, kind));
      case TypeKind::Undefined: out_.Null(); return;
    }
  }

  std::vector<std::pair<std::string_view, ItemRef>> entries_of(
      const crdt::SharedType& type) const {
    std::vector<std::string_view> keys;
    for (const crdt::MapEntries::Entry& entry : type.entries) {
      keys.push_back(replica().name(entry.key));
    }
    std::vector<std::pair<std::string_view, ItemRef>> entries;
    for (const std::uint32_t i : crdt::object_order(keys)) {
      const ItemRef item = type.entries[i].newest;
      if (replica().items[item].deleted || keys[i] == kJsPrototype) continue;
      entries.emplace_back(keys[i], item);
    }
    return entries;
  }

  void step() {
    Open& top = open_.back();
    if (top.is_map) return entry(top);
    while (top.next != ItemRef::None) {
      const ItemRef item = top.next;
      top.next = replica().items[item].right;
      if (!replica().items[item].visible()) continue;
      // Only a type opens anything, and it is the only value of its item.
      for (const JsValue& v : js_values(replica(), item)) value(v);
      return;
    }
    out_.EndArray();
    open_.pop_back();
  }

  void entry(Open& map) {
    if (map.written == map.entries.size()) {
      out_.EndObject();
      open_.pop_back();
      return;
    }
    const auto [key, item] = map.entries[map.written++];
    const JsValue v = js_value_of_entry(replica(), item);
    if (v.form == JsValue::Form::Undefined) return;
    put_key(out_, key);
    value(v);
  }

  void value(const JsValue& v) {
    if (v.form != JsValue::Form::Type) return write_js_json(v, out_);
    open(v.type, replica().types[v.type].kind);
  }

  const crdt::Document& document_;
  JsonWriter& out_;
  std::vector<Open> open_;
};

void write_empty(TypeKind kind, JsonWriter& out) {
  switch (kind) {
    case TypeKind::Array:
      out.StartArray();
      out.EndArray();
      return;
    case TypeKind::Map:
    case TypeKind::XmlHook:
      out.StartObject();
      out.EndObject();
      return;
    case TypeKind::Text:
    case TypeKind::XmlElement:
    case TypeKind::XmlFragment:
    case TypeKind::XmlText: return put_text(out, "");
    case TypeKind::Undefined: out.Null(); return;
  }
}

}  // namespace

void write_json(const crdt::Document& document, std::span<const RootKind> kinds,
                JsonWriter& out) {
  const crdt::Replica& replica = document.replica();
  struct Root {
    TypeRef type;
    TypeKind kind;
  };
  std::vector<std::string_view> names;
  std::vector<Root> roots;
  for (const TypeRef root : replica.roots) {
    names.push_back(replica.name(replica.types[root].name));
    roots.push_back({root, replica.types[root].kind});
  }
  for (const RootKind& asked : kinds) {
    const TypeRef known = replica.find_root(asked.name);
    if (known == TypeRef::None) names.push_back(asked.name);
    if (known == TypeRef::None) roots.push_back({known, asked.kind});
    for (Root& root : roots) {
      if (known != TypeRef::None && root.type == known) root.kind = asked.kind;
    }
  }
  out.StartObject();
  for (const std::uint32_t i : crdt::object_order(names)) {
    const Root& root = roots[i];
    if (root.kind == TypeKind::Undefined || names[i] == kJsPrototype) continue;
    put_key(out, names[i]);
    if (root.type == TypeRef::None) {
      write_empty(root.kind, out);
    } else {
      TypePrinter(document, out).run(root.type, root.kind);
    }
  }
  out.EndObject();
}

}  // namespace plait::support
