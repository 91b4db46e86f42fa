#include "tests/attack/report.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>

namespace plait::attack {
namespace {

constexpr std::string_view kBegin = "<!-- measured -->\n";
constexpr std::string_view kEnd = "<!-- end of measured -->\n";

/// Two digits that count.
std::string milliseconds_of(std::chrono::microseconds time) {
  const double ms = static_cast<double>(time.count()) / 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), ms < 10 ? "%.1f" : "%.0f", ms);
  return text.data();
}

std::string kilobytes_of(std::size_t bytes) { return std::to_string((bytes + 1023) / 1024); }

/// What somebody outside had a say in, for a terminal and for a page.
std::string printable(std::string text) {
  for (char& c : text) {
    if (c < ' ' || c > '~' || c == '|') c = ' ';
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

}  // namespace

void print(const Row& row) {
  std::cout << (row.passed ? "ok      " : "FAILED  ") << row.attack << ": "
            << printable(row.refusal) << " | " << milliseconds_of(row.cpu) << " ms | "
            << kilobytes_of(row.memory) << " KiB | others " << milliseconds_of(row.others)
            << " ms" << std::endl;
}

std::string table(const std::string& title, const std::vector<Row>& rows) {
  std::string text =
      "\n**" + title + "**\n\n| attack | what came of it | CPU ms | KiB | others ms |\n";
  text += "|---|---|---|---|---|\n";
  for (const Row& row : rows) {
    text += "| " + row.attack + " | " + printable(row.refusal) + " | " +
            milliseconds_of(row.cpu) + " | " + kilobytes_of(row.memory) + " | " +
            milliseconds_of(row.others) + " |\n";
  }
  return text;
}

bool write_page(const std::string& path, const std::string& tables) {
  std::ifstream in(path);
  std::ostringstream read;
  read << in.rdbuf();
  const std::string page = read.str();
  const std::size_t begin = page.find(kBegin);
  const std::size_t end = page.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos) return false;
  std::ofstream out(path);
  out << page.substr(0, begin + kBegin.size()) << tables << '\n' << page.substr(end);
  return out.good();
}

}  // namespace plait::attack
