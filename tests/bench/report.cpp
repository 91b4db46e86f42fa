#include "tests/bench/report.h"

#include <array>
#include <cstdio>
#include <string_view>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace plait::bench {
namespace {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

void put(JsonWriter& json, const std::string& value) {
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
void put(JsonWriter& json, double value) { json.Double(value); }
void put(JsonWriter& json, bool value) { json.Bool(value); }
void put(JsonWriter& json, std::size_t value) { json.Uint64(value); }
void put(JsonWriter& json, const std::optional<double>& value) {
  value ? json.Double(*value) : json.Null();
}

std::string shown(const std::string& value) { return value; }
std::string shown(bool value) { return value ? "yes" : "no"; }
std::string shown(std::size_t value) { return std::to_string(value); }
std::string shown(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", value);
  return text.data();
}
std::string shown(const std::optional<double>& value) { return value ? shown(*value) : "-"; }

/// Calls `visit(name, value)` for each field in the order of the report.
template <class Visit>
void for_each_field(const Figures& figures, Visit&& visit) {
  visit("trace", figures.trace);
  visit("txns", figures.txns);
  visit("patches", figures.patches);
  visit("local_ms", figures.local_ms);
  visit("local_update_ms", figures.local_update_ms);
  visit("remote_ms", figures.remote_ms);
  visit("merge_ms", figures.merge_ms);
  visit("save_ms", figures.save_ms);
  visit("save_bytes", figures.save_bytes);
  visit("load_ms", figures.load_ms);
  visit("apply_one_ms", figures.apply_one_ms);
  visit("heap_bytes", figures.heap_bytes);
  visit("ok", figures.ok);
  visit("agree", figures.agree);
  visit("final_length", figures.final_length);
}

template <class Visit>
void for_each_field(const GrowthPoint& point, Visit&& visit) {
  visit("curve", point.curve);
  visit("operations", point.operations);
  visit("ns_per_op", point.ns_per_op);
}

template <class Record>
void put_object(JsonWriter& json, const Record& record) {
  json.StartObject();
  for_each_field(record, [&](const char* name, const auto& value) {
    json.Key(name);
    put(json, value);
  });
  json.EndObject();
}

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  result.resize(std::max(width, text.size()), ' ');
  return result;
}

}  // namespace

std::string to_json(const Figures& figures) {
  rapidjson::StringBuffer buffer;
  JsonWriter json(buffer);
  put_object(json, figures);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string to_json(const std::vector<GrowthPoint>& curves) {
  rapidjson::StringBuffer buffer;
  JsonWriter json(buffer);
  json.StartObject();
  json.Key("growth");
  json.StartArray();
  for (const GrowthPoint& point : curves) put_object(json, point);
  json.EndArray();
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string to_lines(const Figures& figures) {
  std::string lines;
  for_each_field(figures, [&](const char* name, const auto& value) {
    lines += padded(name, 16) + shown(value) + '\n';
  });
  return lines;
}

std::string to_lines(const std::vector<GrowthPoint>& curves) {
  std::string lines;
  for (const GrowthPoint& point : curves) {
    lines += padded(point.curve, 52) + padded(std::to_string(point.operations), 10) +
             shown(point.ns_per_op) + " ns\n";
  }
  return lines;
}

}  // namespace plait::bench
