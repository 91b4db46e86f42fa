#include "daemon/crdt/format_value.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "daemon/crdt/json_parser.h"

namespace plait::crdt {
namespace {

bool is_object(std::string_view value) noexcept {
  return value.front() == '{' || value.front() == '[';
}

/// The members of an object or array, as they are told by JsonParser.
class Members {
 public:
  explicit Members(std::string_view value) {
    const bool is_json = JsonParser(value, *this).run();
    if (!is_json) nested_ = true;
    std::sort(members_.begin(), members_.end());
  }

  /// Whether both have the same members, and none of them is an object itself.
  [[nodiscard]] bool same(const Members& other) const {
    return !nested_ && !other.nested_ && members_ == other.members_;
  }

  void word(std::string_view text) { add(text); }
  void number(std::string_view text) { add(text); }
  void string(std::string_view quoted) { add(quoted); }
  void key(std::string_view quoted) { key_ = quoted; }
  void begin_array() { open(/*is_array=*/true); }
  void begin_object() { open(/*is_array=*/false); }
  void end_array() noexcept {}
  void end_object() noexcept {}

 private:
  void open(bool is_array) {
    nested_ = opened_;
    opened_ = true;
    is_array_ = is_array;
  }
  void add(std::string_view value) {
    if (nested_) return;
    if (is_array_) key_ = '"' + std::to_string(members_.size()) + '"';
    members_.emplace_back(key_, value);
  }

  std::vector<std::pair<std::string, std::string_view>> members_;
  std::string key_;
  bool opened_ = false;
  bool is_array_ = false;
  bool nested_ = false;
};

}  // namespace

bool same_format_value(std::string_view a, std::string_view b) noexcept {
  return a == b && !is_object(a);
}

bool equal_format_values(std::string_view a, std::string_view b) {
  if (!is_object(a) || !is_object(b)) return a == b;
  return Members(a).same(Members(b));
}

}  // namespace plait::crdt
