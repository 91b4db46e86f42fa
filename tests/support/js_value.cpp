#include "tests/support/js_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "daemon/crdt/any.h"
#include "daemon/crdt/any_value.h"
#include "daemon/crdt/json_parser.h"
#include "daemon/crdt/json_syntax.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"
#include "protocol/base/utf8.h"

namespace plait::support {
namespace {

using crdt::ContentKind;
using Form = JsValue::Form;

constexpr std::string_view kObject = "[object Object]";

/// The code point that valid UTF-8 starts with, which is taken off.
std::uint32_t take_code_point(std::string_view& text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t size = byte(0) < 0x80 ? 1 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  std::uint32_t point = size == 1 ? byte(0) : byte(0) & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) point = point << 6 | (byte(i) & 0x3FU);
  text.remove_prefix(size);
  return point;
}

std::vector<std::uint16_t> utf16_of(std::string_view text) {
  std::vector<std::uint16_t> units;
  while (!text.empty()) {
    const std::uint32_t point = take_code_point(text);
    if (point >= 0x10000) {
      units.push_back(static_cast<std::uint16_t>(0xD800 + ((point - 0x10000) >> 10)));
      units.push_back(static_cast<std::uint16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
    } else {
      units.push_back(static_cast<std::uint16_t>(point));
    }
  }
  return units;
}

/// One UTF-16 unit as UTF-8, with U+FFFD for half a pair.
std::string utf8_of(std::uint16_t unit) {
  if (unit < 0x80) return {static_cast<char>(unit)};
  if (unit >= 0xD800 && unit <= 0xDFFF) return std::string(kReplacementCharacter);
  std::string text;
  if (unit < 0x800) {
    text.push_back(static_cast<char>(0xC0 | unit >> 6));
  } else {
    text.push_back(static_cast<char>(0xE0 | unit >> 12));
    text.push_back(static_cast<char>(0x80 | (unit >> 6 & 0x3F)));
  }
  text.push_back(static_cast<char>(0x80 | (unit & 0x3F)));
  return text;
}

/// What a quoted string of canonical JSON means. Half a surrogate pair becomes U+FFFD.
std::string unquoted(std::string_view quoted) {
  std::string text;
  quoted = quoted.substr(1, quoted.size() - 2);
  while (!quoted.empty()) {
    const std::size_t plain = std::min(quoted.find('\\'), quoted.size());
    text += quoted.substr(0, plain);
    quoted.remove_prefix(plain);
    if (quoted.empty()) break;
    constexpr std::string_view kLetters = "bfnrt";
    const std::size_t letter = kLetters.find(quoted[1]);
    if (quoted[1] == 'u') {
      std::uint16_t unit = 0;
      std::from_chars(quoted.data() + 2, quoted.data() + 6, unit, 16);
      text += utf8_of(unit);
      quoted.remove_prefix(6);
    } else {
      text.push_back(letter != std::string_view::npos ? "\b\f\n\r\t"[letter] : quoted[1]);
      quoted.remove_prefix(2);
    }
  }
  return text;
}

/// String(value) of a value that is told part by part: arrays print what is in them, objects
/// do not.
class StringForm {
 public:
  void value(std::string_view text) {
    if (hidden_ > 0) return;
    separate();
    text_ += text;
  }
  /// Null and undefined, of which arrays print nothing.
  void nothing(std::string_view text) { value(first_.empty() ? text : std::string_view{}); }
  void begin_array() {
    if (hidden_ > 0) {
      ++hidden_;
      return;
    }
    separate();
    first_.push_back(true);
  }
  void end_array() {
    if (hidden_ > 0) {
      --hidden_;
    } else {
      first_.pop_back();
    }
  }
  void begin_object() {
    value(kObject);
    ++hidden_;
  }
  void end_object() { --hidden_; }
  void bytes(std::string_view bytes) {
    std::string list;
    for (const char byte : bytes) {
      if (!list.empty()) list.push_back(',');
      list += std::to_string(static_cast<unsigned char>(byte));
    }
    value(list);
  }
  [[nodiscard]] std::string take() { return std::exchange(text_, {}); }

 private:
  void separate() {
    if (!first_.empty() && !first_.back()) text_.push_back(',');
    if (!first_.empty()) first_.back() = false;
  }

  std::string text_;
  std::vector<bool> first_;  ///< for each open array, whether its first element is next
  std::size_t hidden_ = 0;   ///< containers that are open from the outermost object on
};

/// Handler of JsonParser.
class JsonStringForm {
 public:
  void word(std::string_view text) { text == "null" ? form.nothing(text) : form.value(text); }
  void number(std::string_view text) { form.value(text); }
  void string(std::string_view quoted) { form.value(unquoted(quoted)); }
  void key(std::string_view) noexcept {}
  void begin_array() { form.begin_array(); }
  void end_array() { form.end_array(); }
  void begin_object() { form.begin_object(); }
  void end_object() { form.end_object(); }

  StringForm form;
};

class AnyStringForm final : public crdt::AnyVisitor {
 public:
  void undefined() override { form.nothing("undefined"); }
  void null() override { form.nothing("null"); }
  void boolean(bool value) override { form.value(value ? "true" : "false"); }
  void number(double value) override { form.value(js_number(value)); }
  void big_integer(std::int64_t value) override { form.value(std::to_string(value)); }
  void string(std::string_view value) override { form.value(value); }
  void binary(std::string_view value) override { form.bytes(value); }
  void begin_array() override { form.begin_array(); }
  void end_array() override { form.end_array(); }
  void begin_object() override { form.begin_object(); }
  void key(std::string_view) override {}
  void end_object() override { form.end_object(); }

  StringForm form;
};

/// Handler of JsonParser for js_members().
class MemberList {
 public:
  void word(std::string_view text) {
    begin_value();
    form_.word(text);
    end_value();
  }
  void number(std::string_view text) {
    begin_value();
    form_.number(text);
    end_value();
  }
  void string(std::string_view quoted) {
    if (depth_ == 0) {
      std::size_t index = 0;
      for (const std::uint16_t unit : utf16_of(unquoted(quoted))) {
        members.emplace_back(std::to_string(index++), utf8_of(unit));
      }
      return;
    }
    begin_value();
    form_.string(quoted);
    end_value();
  }
  void key(std::string_view quoted) {
    if (depth_ == 1) members.emplace_back(unquoted(quoted), std::string{});
  }
  void begin_array() {
    begin_value();
    if (depth_++ == 0) {
      is_array_ = true;
    } else {
      form_.begin_array();
    }
  }
  void begin_object() {
    begin_value();
    if (depth_++ > 0) form_.begin_object();
  }
  void end_array() {
    if (--depth_ > 0) form_.end_array();
    end_value();
  }
  void end_object() {
    if (--depth_ > 0) form_.end_object();
    end_value();
  }

  std::vector<std::pair<std::string, std::string>> members;

 private:
  void begin_value() {
    if (depth_ == 1 && is_array_) {
      members.emplace_back(std::to_string(members.size()), std::string{});
    }
  }
  void end_value() {
    if (depth_ == 1) members.back().second = form_.form.take();
  }

  JsonStringForm form_;
  std::size_t depth_ = 0;
  bool is_array_ = false;
};

void put_string(JsonWriter& out, std::string_view text) {
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void put_raw(JsonWriter& out, std::string_view json) {
  out.RawValue(json.data(), json.size(), rapidjson::kStringType);
}

void put_bytes(JsonWriter& out, std::string_view bytes) {
  out.StartObject();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::string key = std::to_string(i);
    out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
    out.Uint(static_cast<unsigned char>(bytes[i]));
  }
  out.EndObject();
}

/// A string that may be half a surrogate pair, which JSON.stringify escapes.
void put_unit(JsonWriter& out, std::uint16_t unit) {
  if (unit < 0xD800 || unit > 0xDFFF) return put_string(out, utf8_of(unit));
  char digits[4];
  std::to_chars(std::begin(digits), std::end(digits), unit, 16);
  put_raw(out, "\"\\u" + std::string(digits, sizeof digits) + '"');
}

class AnyJson final : public crdt::AnyVisitor {
 public:
  explicit AnyJson(JsonWriter& out) noexcept : out_(out) {}

  void undefined() override {
    if (!has_key_) out_.Null();  // a member that is undefined is left out
    has_key_ = false;
  }
  void null() override { begin().Null(); }
  void boolean(bool value) override { begin().Bool(value); }
  void number(double value) override {
    const bool finite = std::isfinite(value);
    put_raw(begin(), finite ? js_number(value) : "null");
  }
  void big_integer(std::int64_t value) override { put_string(begin(), std::to_string(value)); }
  void string(std::string_view value) override { put_string(begin(), value); }
  void binary(std::string_view value) override { put_bytes(begin(), value); }
  void begin_array() override { begin().StartArray(); }
  void end_array() override { out_.EndArray(); }
  void begin_object() override { begin().StartObject(); }
  void key(std::string_view name) override {
    key_ = name;
    has_key_ = true;
  }
  void end_object() override { out_.EndObject(); }

 private:
  JsonWriter& begin() {
    if (std::exchange(has_key_, false)) {
      out_.Key(key_.data(), static_cast<rapidjson::SizeType>(key_.size()));
    }
    return out_;
  }

  JsonWriter& out_;
  std::string_view key_;
  bool has_key_ = false;
};

}  // namespace

std::vector<JsValue> js_values(const crdt::Replica& replica, crdt::ItemRef ref) {
  const crdt::Item& item = replica.items[ref];
  const std::string_view content = replica.content(ref);
  std::vector<JsValue> values;
  switch (item.kind) {
    case ContentKind::String:
      for (const std::uint16_t unit : utf16_of(content)) {
        values.push_back({Form::Unit, {}, unit, {}});
      }
      break;
    case ContentKind::Json: {
      ByteReader reader(content);
      while (!reader.at_end()) {
        const std::string_view json = reader.varbytes();
        values.push_back({json == "undefined" ? Form::Undefined : Form::Json, json, 0, {}});
      }
      break;
    }
    case ContentKind::Any: {
      ByteReader reader(content);
      while (!reader.at_end()) {
        const char* begin = reader.position();
        const bool undefined = *begin == static_cast<char>(crdt::AnyTag::Undefined);
        static_cast<void>(crdt::skip_any(reader));
        const auto size = static_cast<std::size_t>(reader.position() - begin);
        values.push_back({undefined ? Form::Undefined : Form::Any, {begin, size}, 0, {}});
      }
      break;
    }
    case ContentKind::Embed: values.push_back({Form::Json, content, 0, {}}); break;
    case ContentKind::Binary: values.push_back({Form::Binary, content, 0, {}}); break;
    case ContentKind::Type: values.push_back({Form::Type, {}, 0, replica.type_of(ref)}); break;
    case ContentKind::Doc: values.push_back({Form::Doc, {}, 0, {}}); break;
    case ContentKind::Format:
    case ContentKind::Deleted:
    case ContentKind::Gc:
    case ContentKind::Skip: break;
  }
  return values;
}

JsValue js_value_of_entry(const crdt::Replica& replica, crdt::ItemRef item) {
  const std::vector<JsValue> values = js_values(replica, item);
  return values.empty() ? JsValue{} : values.back();
}

void write_js_json(const JsValue& value, JsonWriter& out) {
  switch (value.form) {
    case Form::Undefined: out.Null(); return;
    case Form::Json: return put_raw(out, value.bytes);
    case Form::Any: {
      AnyJson json(out);
      ByteReader reader(value.bytes);
      static_cast<void>(crdt::walk_any(reader, json));
      return;
    }
    case Form::Binary: return put_bytes(out, value.bytes);
    case Form::Unit: return put_unit(out, value.unit);
    case Form::Doc:
      out.StartObject();
      out.EndObject();
      return;
    case Form::Type: break;
  }
  PLAIT_ASSERT(false, "types to be written by whoever writes documents");
}

std::string js_string(const JsValue& value) {
  switch (value.form) {
    case Form::Undefined: return "undefined";
    case Form::Json: {
      JsonStringForm json;
      static_cast<void>(crdt::JsonParser(value.bytes, json).run());
      return json.form.take();
    }
    case Form::Any: {
      AnyStringForm any;
      ByteReader reader(value.bytes);
      static_cast<void>(crdt::walk_any(reader, any));
      return any.form.take();
    }
    case Form::Binary: {
      StringForm form;
      form.bytes(value.bytes);
      return form.take();
    }
    case Form::Unit: return utf8_of(value.unit);
    case Form::Doc: return std::string(kObject);
    case Form::Type: break;
  }
  PLAIT_ASSERT(false, "types to be printed by whoever prints markup");
  return {};
}

std::vector<std::pair<std::string, std::string>> js_members(std::string_view json) {
  MemberList list;
  static_cast<void>(crdt::JsonParser(json, list).run());
  return std::move(list.members);
}

std::string js_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char digits[32];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  ByteWriter number;
  const std::string_view shortest(digits, static_cast<std::size_t>(end - digits));
  static_cast<void>(crdt::rewrite_json(shortest, number));
  return number.str();
}

bool js_less(std::string_view a, std::string_view b) noexcept {
  const auto [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at_a == a.end() || at_b == b.end()) return at_a == a.end() && at_b != b.end();
  // UTF-8 orders like code points. Of the units those of surrogate pairs, beyond U+FFFF, come
  // before U+E000.
  const auto rank = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0xEE ? int{byte} : byte >= 0xF0 ? byte - 2 : byte + 0x10;
  };
  return rank(*at_a) < rank(*at_b);
}

}  // namespace plait::support
