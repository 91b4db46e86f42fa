#include "daemon/workspace/black_box.h"

#include <algorithm>

#include "protocol/base/bytes.h"

namespace plait::workspace {

using document::Mirror;

// Reading -------------------------------------------------------------------------------------

BlackBox::Left BlackBox::open() {
  Left left;
  for (const std::string& part : file_->read()) {
    ByteReader in(part);
    while (!in.at_end()) {
      const std::string_view turn = in.varbytes();
      if (!in.ok()) break;
      replay(turn, left);
    }
  }
  // This process may die as well, before any of that has found its place.
  put(Kind::Begin, {}, 0, {});
  for (const auto& [file, updates] : left.updates) {
    for (const std::string& update : updates) put(Kind::Update, file, 0, update);
  }
  for (const auto& [buffer, mirror] : left.buffers) {
    put(Kind::Opened, buffer.first, buffer.second, mirror.encode());
  }
  begin_part();
  return left;
}

void BlackBox::replay(std::string_view turn, Left& left) {
  ByteReader in(turn);
  while (in.ok() && !in.at_end()) {
    const auto kind = static_cast<Kind>(in.byte());
    const Key buffer{std::string(in.varbytes()), static_cast<std::int64_t>(in.varuint())};
    const std::string_view bytes = in.varbytes();
    if (!in.ok()) return;
    const auto known = left.buffers.find(buffer);
    switch (kind) {
      case Kind::Begin: left.buffers.clear(); break;
      case Kind::Update: left.updates[buffer.first].emplace_back(bytes); break;
      case Kind::Opened:
        if (known != left.buffers.end()) left.buffers.erase(known);
        if (auto mirror = Mirror::decode(bytes)) {
          left.buffers.emplace(buffer, *std::move(mirror));
        }
        break;
      case Kind::Step:
        // What is not known to the letter is not known.
        if (known != left.buffers.end() && !known->second.replay(bytes)) {
          left.buffers.erase(known);
        }
        break;
      case Kind::Closed:
        if (known != left.buffers.end()) left.buffers.erase(known);
        break;
    }
  }
}

// Writing -------------------------------------------------------------------------------------

void BlackBox::put(Kind kind, std::string_view file, std::int64_t epoch,
                   std::string_view bytes) {
  if (is_sealed_) return;
  ByteWriter out;
  out.put_byte(static_cast<std::uint8_t>(kind));
  out.put_varbytes(file);
  out.put_varuint(static_cast<std::uint64_t>(epoch));
  out.put_varbytes(bytes);
  turn_ += out.view();
}

void BlackBox::update(std::string_view file, std::string_view update) {
  const auto buffer = buffers_.lower_bound(Key{file, 0});
  if (buffer != buffers_.end() && buffer->first.first == file) {
    put(Kind::Update, file, 0, update);
  }
}

void BlackBox::end_of_turn() {
  if (turn_.empty()) return;
  ByteWriter out;
  out.put_varbytes(turn_);
  turn_.clear();
  file_->append(out.view());
  part_bytes_ += out.size();
  if (part_bytes_ <= std::max(kMaxBlackBoxPart, 2 * first_bytes_)) return;
  put(Kind::Begin, {}, 0, {});
  for (const auto& [buffer, mirror] : buffers_) {
    put(Kind::Opened, buffer.first, buffer.second, mirror->encode());
  }
  begin_part();
}

/// What happened to the documents in the part that ends is in the store by the time that the
/// next one ends, too.
void BlackBox::begin_part() {
  ByteWriter out;
  out.put_varbytes(std::exchange(turn_, {}));
  file_->begin_anew(out.view());
  part_bytes_ = first_bytes_ = out.size();
}

BlackBox::Track::Track(BlackBox& box, Key buffer, Mirror& mirror)
    : box_(box), buffer_(std::move(buffer)), mirror_(mirror) {
  box_.buffers_.insert_or_assign(buffer_, &mirror_);
  box_.put(Kind::Opened, buffer_.first, buffer_.second, mirror_.encode());
  mirror_.set_recorder(this);
}

BlackBox::Track::~Track() {
  mirror_.set_recorder(nullptr);
  box_.buffers_.erase(buffer_);
  box_.put(Kind::Closed, buffer_.first, buffer_.second, {});
}

void BlackBox::Track::step(std::string_view bytes) {
  box_.put(Kind::Step, buffer_.first, buffer_.second, bytes);
}

}  // namespace plait::workspace
