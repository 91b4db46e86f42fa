#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "daemon/crdt/item.h"
#include "daemon/crdt/replica.h"

namespace plait::support {

// Values of documents as JavaScript has them and prints them.

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

/// Objects do not take a member of this name.
inline constexpr std::string_view kJsPrototype = "__proto__";

/// One element of an item's content, as Yjs hands it out (getContent).
struct JsValue {
  enum class Form : std::uint8_t {
    Undefined,
    Json,    ///< `bytes` is the text
    Any,     ///< `bytes` is the value in lib0's encoding
    Binary,  ///< `bytes` it is
    Unit,    ///< a string of one UTF-16 unit
    Type,    ///< a nested type
    Doc,     ///< a subdocument, of which nothing is loaded
  };

  Form form = Form::Undefined;
  std::string_view bytes;
  std::uint16_t unit = 0;
  crdt::TypeRef type{};
};

/// Everything in an item; nothing for kinds without values, such as formats.
[[nodiscard]] std::vector<JsValue> js_values(const crdt::Replica& replica, crdt::ItemRef item);
/// The value that an entry of a map has: the last one of its item.
[[nodiscard]] JsValue js_value_of_entry(const crdt::Replica& replica, crdt::ItemRef item);

/// JSON.stringify(value), with null for undefined. What JSON has no form for: big integers are
/// strings of digits, bytes are objects with a member for each. For anything but types.
void write_js_json(const JsValue& value, JsonWriter& out);
/// String(value). For anything but types.
[[nodiscard]] std::string js_string(const JsValue& value);

/// The members over which `for (key in JSON.parse(text))` runs, each with String(member).
[[nodiscard]] std::vector<std::pair<std::string, std::string>> js_members(
    std::string_view json);

/// A number as JavaScript prints it.
[[nodiscard]] std::string js_number(double value);
/// JavaScript's < of two strings: by UTF-16 units.
[[nodiscard]] bool js_less(std::string_view a, std::string_view b) noexcept;

}  // namespace plait::support
