#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/workspace/black_box.h"

namespace plait::support {

/// A black box in memory, which stays when the daemon goes; its parts are whose machine it is.
class BlackBoxParts final : public workspace::BlackBoxFile {
 public:
  explicit BlackBoxParts(std::vector<std::string>& parts) : parts_(parts) {}

  [[nodiscard]] std::vector<std::string> read() override { return parts_; }
  void append(std::string_view bytes) override { parts_.back() += bytes; }
  void begin_anew(std::string_view bytes) override {
    if (parts_.size() == 2) parts_.erase(parts_.begin());
    parts_.emplace_back(bytes);
  }

 private:
  std::vector<std::string>& parts_;
};

}  // namespace plait::support
