#include "daemon/server/chat_export.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "protocol/jsonrpc/fields.h"
#include "protocol/jsonrpc/json.h"

namespace plait::server {
namespace {

namespace connect = messages::connect;
using connect::ExportFormat;

constexpr std::string_view kCsvHeader =
    "number,time,author,author id,text,edited,deleted,reply to\r\n";

std::string csv_row(const connect::ChatMessage& message) {
  std::string row = std::to_string(message.seq);
  const auto add = [&](std::string_view field) { row.append(",").append(field); };
  add(iso_time(message.created_at));
  add(csv_field(message.author.name));
  add(csv_field(message.author.id));
  add(csv_field(message.text));
  add(message.edited_at ? iso_time(*message.edited_at) : std::string());
  add(message.deleted.value_or(false) ? "yes" : "");
  add(message.reply_to ? std::to_string(*message.reply_to) : std::string());
  return row += "\r\n";
}

std::string text_line(const connect::ChatMessage& message) {
  std::string line =
      iso_time(message.created_at) + " " + plain_text(message.author.name) + ": ";
  line += message.deleted.value_or(false) ? "(deleted)" : plain_text(message.text);
  return line += '\n';
}

std::string_view beginning(ExportFormat format) {
  switch (format) {
    case ExportFormat::Json: return "[";
    case ExportFormat::Csv: return kCsvHeader;
    case ExportFormat::Text: return "";
  }
  return "";
}

std::string_view end(ExportFormat format) {
  return format == ExportFormat::Json ? std::string_view("]\n") : std::string_view();
}

std::string written(ExportFormat format, const connect::ChatMessage& message, bool is_first) {
  switch (format) {
    case ExportFormat::Json:
      return (is_first ? "\n" : ",\n") + jsonrpc::write_json(jsonrpc::write_fields(message));
    case ExportFormat::Csv: return csv_row(message);
    case ExportFormat::Text: return text_line(message);
  }
  return {};
}

}  // namespace

connect::ChatExport::Reply export_piece(const FeedWords& words, ExportFormat format,
                                        const ExportPlace& place,
                                        const std::vector<store::FeedEntry>& entries) {
  connect::ChatExport::Reply reply;
  if (place.is_first()) reply.content = beginning(format);
  bool has_messages = place.has_messages();
  std::uint64_t after = place.after();
  bool is_last = entries.size() < store::kMaxPage;
  for (const store::FeedEntry& entry : entries) {
    if (reply.content.size() > connect::kMaxPageBytes) {
      is_last = false;
      break;
    }
    after = entry.sequence;
    if (entry.kind != store::FeedKind::Posted || !entry.message) continue;
    reply.content += written(format, words.message(*entry.message), !has_messages);
    has_messages = true;
  }
  if (is_last) {
    reply.content += end(format);
  } else {
    reply.next = ExportPlace::next(after, has_messages);
  }
  return reply;
}

std::string csv_field(std::string_view text) {
  // What spreadsheets compute. Behind an apostrophe they show it.
  constexpr std::string_view kFormula = "=+-@\t\r\n";
  std::string field = "\"";
  if (!text.empty() && kFormula.find(text.front()) != kFormula.npos) field += '\'';
  for (const char c : text) {
    if (c == '"') field += '"';
    const bool is_control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
    if (!is_control) field += c;
  }
  return field += '"';
}

std::string plain_text(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c == '\n') {
      plain += "\n    ";
    } else if (c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)) {
      plain += c;
    }
  }
  return plain;
}

std::string iso_time(std::int64_t ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{ms}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace plait::server
