#include "daemon/server/batch.h"

namespace plait::server {
namespace {

/// Memory of a batch that is kept from one turn to the next.
constexpr std::size_t kKeptBytes = 4096;
/// Around a message: WebSocket header, channel, kind and length.
constexpr std::size_t kTypicalOverhead = 12;

}  // namespace

Batch::Frames Batch::frames(std::optional<wire::Channel> channel) const {
  Frames frames;
  frames.bytes_.reserve(bytes_.size() + parts_.size() * kTypicalOverhead);
  frames.frames_.reserve(parts_.size());
  const std::string_view payloads = bytes_;
  std::size_t begin = 0;
  for (const Part& part : parts_) {
    const std::string_view payload = payloads.substr(begin, part.end - begin);
    switch (part.kind) {
      case Kind::Update:
        append_message(frames.bytes_, channel, wire::SyncUpdate{payload});
        break;
      case Kind::Presence:
        // Who speaks Plait's dialect hears of people from the workspace.
        if (!channel) append_message(frames.bytes_, channel, wire::Awareness{payload});
        break;
    }
    frames.frames_.push_back({part.author, frames.bytes_.size()});
    begin = part.end;
  }
  return frames;
}

void Batch::clear() {
  // Swapped: assigning what is empty would keep the memory.
  if (bytes_.capacity() > kKeptBytes) std::string().swap(bytes_);
  bytes_.clear();
  if (parts_.capacity() * sizeof(Part) > kKeptBytes) std::vector<Part>().swap(parts_);
  parts_.clear();
  updates_ = 0;
}

}  // namespace plait::server
