#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/descriptor.h"
#include "daemon/workspace/black_box.h"

namespace plait::app {

/// What is written down until the machine starts anew: two files, of which each begins with the
/// name that the kernel has for the time since then. Nothing in them is ever synced; after a
/// crash of the machine, they are not looked at.
class BootFile final : public workspace::BlackBoxFile {
 public:
  explicit BootFile(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] std::vector<std::string> read() override;
  void append(std::string_view bytes) override;
  void begin_anew(std::string_view bytes) override;

 private:
  [[nodiscard]] std::string former_path() const { return path_ + ".former"; }
  /// What is there has a hole from now on, and is worth nothing.
  void give_up();

  const std::string path_;
  Descriptor file_;
};

}  // namespace plait::app
