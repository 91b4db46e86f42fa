#include "daemon/workspace/open_buffers.h"

#include <iterator>
#include <set>
#include <span>
#include <utility>

#include "daemon/document/local_document.h"
#include "daemon/document/text_change.h"

namespace plait::workspace {

using document::LocalDocument;
using document::Mirror;
using document::TextChange;

/// A buffer of the last process, kept in step with its document.
class OpenBuffers::Lost final : private LocalDocument::Observer {
 public:
  Lost(BlackBox& box, BlackBox::Key key, Hold document, Mirror mirror)
      : document_(std::move(document)),
        mirror_(std::move(mirror)),
        track_(std::make_unique<BlackBox::Track>(box, std::move(key), mirror_)) {
    document_->local().add_observer(*this);
  }
  ~Lost() override { document_->local().remove_observer(*this); }

  Mirror take() {
    track_.reset();
    return std::move(mirror_);
  }

 private:
  void about_to_change(LocalDocument::Origin /*origin*/) override {
    mirror_.keep(document_->local().view());
  }
  void changed(std::span<const crdt::TextEdit> edits,
               LocalDocument::Origin /*origin*/) override {
    mirror_.sent(TextChange::of(edits));
  }

  Hold document_;
  Mirror mirror_;
  std::unique_ptr<BlackBox::Track> track_;
};

OpenBuffers::OpenBuffers(std::unique_ptr<BlackBoxFile> file, Documents& documents,
                         Agenda& agenda, const Clock& clock, OpenBuffersHost& host)
    : box_(std::move(file)),
      documents_(documents),
      clock_(clock),
      host_(host),
      self_(std::make_shared<OpenBuffers*>(this)),
      grace_(agenda, [this] { give_up(); }) {}

OpenBuffers::~OpenBuffers() { *self_ = nullptr; }

void OpenBuffers::recover(const std::function<void()>& then) {
  const auto left = std::make_shared<const BlackBox::Left>(box_.open());
  std::set<std::string> files;
  for (const auto& [file, updates] : left->updates) files.insert(file);
  for (const auto& [key, mirror] : left->buffers) files.insert(key.first);
  if (files.empty()) {
    then();
    return;
  }
  const auto missing = std::make_shared<std::size_t>(files.size());
  for (const std::string& file : files) {
    documents_.open(file, [self = self_, file, left, missing, then](Result<Hold> document) {
      if (*self == nullptr) return;
      if (document) (*self)->recover_document(file, *left, *std::move(document));
      if (--*missing == 0) then();
    });
  }
}

void OpenBuffers::recover_document(const std::string& file, const BlackBox::Left& left,
                                   Hold document) {
  if (const auto updates = left.updates.find(file); updates != left.updates.end()) {
    for (const std::string& update : updates->second) {
      // Most of it is stored. What cannot be applied was half written.
      if (!document->local().apply(update)) break;
    }
  }
  for (auto at = left.buffers.lower_bound({file, 0});
       at != left.buffers.end() && at->first.first == file; ++at) {
    auto mirror = Mirror::decode(at->second.encode());
    if (!mirror) continue;
    lost_.insert_or_assign(at->first, std::make_unique<Lost>(box_, at->first, Hold(*document),
                                                             *std::move(mirror)));
    host_.file_opened(file);
    grace_.set(clock_.now() + kReturnGrace);
  }
}

std::unique_ptr<BlackBox::Track> OpenBuffers::track(SharedDocument& document,
                                                    std::int64_t epoch, Mirror& mirror) {
  auto track =
      std::make_unique<BlackBox::Track>(box_, BlackBox::Key{document.id(), epoch}, mirror);
  // What the store does not have yet was not written down before, either.
  if (document.journal().is_busy()) document_updated(document, document.local().encode());
  return track;
}

std::optional<OpenBuffers::Taken> OpenBuffers::take(const std::string& file,
                                                    std::optional<std::int64_t> epoch) {
  auto found = lost_.find({file, epoch.value_or(0)});
  if (found == lost_.end()) {
    const auto is_of_file = [&](auto at) {
      return at != lost_.end() && at->first.first == file;
    };
    found = lost_.lower_bound({file, 0});
    if (!is_of_file(found) || is_of_file(std::next(found))) return std::nullopt;
  }
  Taken taken{found->first.second, found->second->take()};
  lost_.erase(found);
  host_.file_closed(file);
  return taken;
}

bool OpenBuffers::awaits(std::string_view file) const {
  const auto found = lost_.lower_bound({std::string(file), 0});
  return found != lost_.end() && found->first.first == file;
}

void OpenBuffers::document_updated(const SharedDocument& document, std::string_view update) {
  box_.update(document.id(), update);
}

void OpenBuffers::give_up() {
  for (const auto& [key, lost] : std::exchange(lost_, {})) host_.file_closed(key.first);
}

}  // namespace plait::workspace
