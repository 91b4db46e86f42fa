#include <string>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "protocol/jsonrpc/json.h"

namespace plait::jsonrpc {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

rapidjson::SizeType size_of(std::string_view text) {
  return static_cast<rapidjson::SizeType>(text.size());
}

/// Calls itself only as deep as what this program builds, or has parsed within its limit.
void write(const Json& value, Writer& out) {
  if (const bool* boolean = value.as_bool()) {
    out.Bool(*boolean);
  } else if (const std::int64_t* integer = value.as_integer()) {
    out.Int64(*integer);
  } else if (const double* real = value.as_real()) {
    out.Double(*real);
  } else if (const std::string* text = value.as_string()) {
    out.String(text->data(), size_of(*text));
  } else if (const Json::Array* elements = value.as_array()) {
    out.StartArray();
    for (const Json& element : *elements) write(element, out);
    out.EndArray();
  } else if (const Json::Object* members = value.as_object()) {
    out.StartObject();
    for (const auto& [name, member] : *members) {
      out.Key(name.data(), size_of(name));
      write(member, out);
    }
    out.EndObject();
  } else {
    out.Null();
  }
}

}  // namespace

std::string write_json(const Json& value) {
  rapidjson::StringBuffer buffer;
  Writer out(buffer);
  write(value, out);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace plait::jsonrpc
