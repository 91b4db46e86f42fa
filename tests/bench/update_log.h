#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace plait::bench {

/// Updates one after the other in one buffer, as they would lie in a socket's.
class UpdateLog {
 public:
  void clear() {
    bytes_.clear();
    ends_.clear();
  }
  void add(std::string_view update) {
    bytes_.append(update);
    ends_.push_back(bytes_.size());
  }
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t index) const {
    const std::size_t start = index == 0 ? 0 : ends_[index - 1];
    return {bytes_.data() + start, ends_[index] - start};
  }

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

}  // namespace plait::bench
