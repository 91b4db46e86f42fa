#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace plait::attack {

/// What became of an attack.
struct Row {
  std::string attack;
  std::string refusal;
  bool passed = false;
  std::chrono::microseconds cpu{0};     ///< of the server, for this attack
  std::size_t memory = 0;               ///< how much more the server had for a moment
  std::chrono::microseconds others{0};  ///< the longest that anything took between bystanders
};

/// Prints a row as it comes.
void print(const Row& row);

/// Puts tables, ready to be read, between two marks of a page. False if it has no marks.
[[nodiscard]] bool write_page(const std::string& path, const std::string& tables);

/// A table of Markdown.
[[nodiscard]] std::string table(const std::string& title, const std::vector<Row>& rows);

}  // namespace plait::attack
