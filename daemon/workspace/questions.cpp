#include "daemon/workspace/questions.h"

#include <utility>

namespace plait::workspace {

Questions::Questions(
    Agenda& agenda, const Clock& clock,
    std::function<void(Kind kind, const std::vector<std::string>& files)> asked)
    : clock_(clock), asked_(std::move(asked)), pause_(agenda, [this] { ask(); }) {}

void Questions::ask() {
  for (const auto& [kind, files] : std::exchange(new_, {})) asked_(kind, files);
}

void Questions::hold_deletions(const std::vector<std::string>& files) {
  deletions_.insert(deletions_.end(), files.begin(), files.end());
  auto& asked = new_[Kind::Deletions];
  asked.insert(asked.end(), files.begin(), files.end());
  pause_.set(clock_.now() + kQuestionPause);
}

bool Questions::may_write(const std::string& file, std::string_view path,
                          const crypto::Sha256Digest& content) {
  Guarded& guarded = guarded_[file];
  const Version version{std::string(path), content};
  if (guarded.version == version) return guarded.ruling == Ruling::Accepted;
  guarded = {version, Ruling::Open};
  new_[Kind::Guarded].push_back(file);
  pause_.set(clock_.now() + kQuestionPause);
  return false;
}

void Questions::came_back(const std::string& file) { std::erase(deletions_, file); }

std::vector<std::string> Questions::open(Kind kind) const {
  if (kind == Kind::Deletions) return deletions_;
  std::vector<std::string> files;
  for (const auto& [file, guarded] : guarded_) {
    if (guarded.ruling == Ruling::Open) files.push_back(file);
  }
  return files;
}

std::vector<std::string> Questions::answer(Kind kind, bool accept) {
  std::vector<std::string> files = open(kind);
  if (kind == Kind::Deletions) {
    deletions_.clear();
  } else {
    for (const std::string& file : files) {
      guarded_.at(file).ruling = accept ? Ruling::Accepted : Ruling::Declined;
    }
  }
  return files;
}

}  // namespace plait::workspace
