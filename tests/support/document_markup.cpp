#include "tests/support/document_markup.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/bytes.h"
#include "tests/support/js_value.h"

namespace plait::support {
namespace {

using crdt::ContentKind;
using crdt::ItemRef;
using crdt::TypeKind;
using crdt::TypeRef;

struct JsLess {
  bool operator()(std::string_view a, std::string_view b) const noexcept {
    return js_less(a, b);
  }
};

class MarkupPrinter {
 public:
  explicit MarkupPrinter(const crdt::Document& document) noexcept : document_(document) {}

  std::string run(TypeRef type, TypeKind kind) {
    open(type, kind, {});
    while (!open_.empty()) step();
    return std::move(out_);
  }

 private:
  using Attributes = std::map<std::string, std::string, JsLess>;

  /// A type whose markup is being printed. The stack of these stands for the call stack, since
  /// documents nest as deep as they like.
  struct Open {
    TypeKind kind = TypeKind::Undefined;
    std::string closing;  ///< what follows it
    std::vector<std::pair<std::string_view, ItemRef>>
        attributes;       ///< to come; the next is last
    bool in_tag = false;  ///< attributes are being printed
    ItemRef next{};       ///< child
    Attributes formats;   ///< of an XML text: JSON values at this place
    std::string run;      ///< of an XML text: text that all has these
  };

  const crdt::Replica& replica() const noexcept { return document_.replica(); }

  void open(TypeRef ref, TypeKind kind, std::string_view closing) {
    const crdt::SharedType& type = replica().types[ref];
    switch (kind) {
      case TypeKind::Text:
        out_ += document_.to_string(ref);
        out_ += closing;
        return;
      case TypeKind::Array:
      case TypeKind::Map:
      case TypeKind::XmlHook:
      case TypeKind::Undefined:
        out_ += "[object Object]";
        out_ += closing;
        return;
      case TypeKind::XmlElement:
      case TypeKind::XmlFragment:
      case TypeKind::XmlText: break;
    }
    Open& added = open_.emplace_back();
    added.kind = kind;
    added.next = type.first;
    if (kind == TypeKind::XmlElement) {
      const std::string name = name_of_element(type);
      added.closing = "</" + name + ">";
      added.attributes = attributes_of(type);
      added.in_tag = true;
      out_ += "<" + name;
    }
    added.closing += closing;
  }

  static std::string name_of_element(const crdt::SharedType& type) {
    ByteReader wire(type.wire);
    static_cast<void>(wire.varuint());
    std::string name(wire.varbytes());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return name;
  }

  std::vector<std::pair<std::string_view, ItemRef>> attributes_of(
      const crdt::SharedType& type) const {
    std::vector<std::pair<std::string_view, ItemRef>> attributes;
    for (const crdt::MapEntries::Entry& entry : type.entries) {
      const std::string_view key = replica().name(entry.key);
      if (replica().items[entry.newest].deleted || key == kJsPrototype) continue;
      attributes.emplace_back(key, entry.newest);
    }
    std::sort(attributes.begin(), attributes.end(),
              [](const auto& a, const auto& b) { return js_less(b.first, a.first); });
    return attributes;
  }

  void step() {
    Open& top = open_.back();
    if (top.in_tag) return attribute(top);
    while (top.next != ItemRef::None) {
      const ItemRef child = top.next;
      top.next = replica().items[child].right;
      if (replica().items[child].deleted) continue;
      return top.kind == TypeKind::XmlText ? part_of_text(top, child) : part_of_list(child);
    }
    end_run(top);
    out_ += top.closing;
    open_.pop_back();
  }

  void attribute(Open& element) {
    if (element.attributes.empty()) {
      element.in_tag = false;
      out_.push_back('>');
      return;
    }
    const auto [key, item] = element.attributes.back();
    element.attributes.pop_back();
    out_.push_back(' ');
    out_ += key;
    out_ += "=\"";
    value(js_value_of_entry(replica(), item), "\"");
  }

  void part_of_list(ItemRef item) {
    if (replica().items[item].kind == ContentKind::String) {
      out_ += replica().content(item);
      return;
    }
    // Only a type opens anything, and it is the only value of its item.
    for (const JsValue& v : js_values(replica(), item)) value(v, {});
  }

  /// As the parts of YText.toDelta().
  void part_of_text(Open& text, ItemRef item) {
    switch (replica().items[item].kind) {
      case ContentKind::String:
        // Yjs takes this one for a mark of its own that says who changed what.
        if (const auto change = text.formats.find("ychange"); change != text.formats.end()) {
          end_run(text);
          text.formats.erase(change);
        }
        text.run += replica().content(item);
        return;
      case ContentKind::Embed:
      case ContentKind::Type: {
        end_run(text);
        const std::string closing = open_tags(text);
        return value(js_value_of_entry(replica(), item), closing);
      }
      case ContentKind::Format: {
        end_run(text);
        ByteReader content(replica().content(item));
        const std::string key(content.varbytes());
        const std::string_view json = content.varbytes();
        if (json == "null") {
          text.formats.erase(key);
        } else {
          text.formats[key] = json;
        }
        return;
      }
      case ContentKind::Gc:
      case ContentKind::Deleted:
      case ContentKind::Json:
      case ContentKind::Binary:
      case ContentKind::Any:
      case ContentKind::Doc:
      case ContentKind::Skip: return;
    }
  }

  void end_run(Open& text) {
    if (text.run.empty()) return;
    const std::string closing = open_tags(text);
    out_ += std::exchange(text.run, {});
    out_ += closing;
  }

  /// Prints a tag for each format; returns what closes them.
  std::string open_tags(const Open& text) {
    std::string closing;
    for (const auto& [name, json] : text.formats) {
      if (name == kJsPrototype) continue;
      out_ += "<" + name;
      Attributes attributes;
      for (auto& [key, member] : js_members(json)) attributes[key] = std::move(member);
      for (const auto& [key, member] : attributes) put_attribute(key, member);
      out_.push_back('>');
      closing.insert(0, "</" + name + ">");
    }
    return closing;
  }

  void put_attribute(std::string_view key, std::string_view value) {
    out_.push_back(' ');
    out_ += key;
    out_ += "=\"";
    out_ += value;
    out_.push_back('"');
  }

  void value(const JsValue& v, std::string_view closing) {
    if (v.form == JsValue::Form::Type) {
      return open(v.type, replica().types[v.type].kind, closing);
    }
    out_ += js_string(v);
    out_ += closing;
  }

  const crdt::Document& document_;
  std::vector<Open> open_;
  std::string out_;
};

}  // namespace

std::string markup_of(const crdt::Document& document, TypeRef type, TypeKind kind) {
  return MarkupPrinter(document).run(type, kind);
}

}  // namespace plait::support
