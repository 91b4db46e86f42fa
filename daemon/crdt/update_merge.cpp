#include "daemon/crdt/update_merge.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/delete_set.h"
#include "daemon/crdt/struct_writer.h"
#include "protocol/base/bytes.h"

namespace plait::crdt {
namespace {

/// A struct on its way from one update to another, without its first `offset` units.
struct Piece {
  ClientId client{};
  Clock clock;               ///< of what is left
  std::uint32_t length = 0;  ///< of what is left
  ContentKind kind = ContentKind::Gc;
  const DecodedStruct* source = nullptr;  ///< none for collected ranges and gaps
  std::uint32_t offset = 0;               ///< into the source

  [[nodiscard]] Clock end() const noexcept { return clock + length; }
  [[nodiscard]] Piece without_first(std::uint32_t units) const noexcept {
    Piece rest = *this;
    rest.clock += units;
    rest.length -= units;
    rest.offset += units;
    return rest;
  }
};

Piece piece_of(ClientId client, const DecodedStruct& s) noexcept {
  return {client, s.clock, s.length, s.kind, s.is_item() ? &s : nullptr, 0};
}

/// Writes structs into one section for each run of the same client.
class SectionWriter {
 public:
  explicit SectionWriter(const DecodedUpdate& decoded) noexcept : decoded_(decoded) {}

  void write(const Piece& piece) {
    if (count_ != 0 && piece.client != client_) end_section();
    if (count_++ == 0) {
      client_ = piece.client;
      section_begin_ = out_.size();
      out_.put_varuint(number(piece.client));
      out_.put_varuint(piece.clock.value());
    }
    if (piece.source != nullptr) {
      return write_struct(out_, struct_to_write(decoded_, piece.client, *piece.source),
                          piece.offset);
    }
    StructToWrite s;
    s.kind = piece.kind;
    s.length = piece.length;
    write_struct(out_, s);
  }

  /// The sections, and behind them the ranges, which are in the order of the wire.
  std::string finish(std::span<const DeleteRange> deletes) {
    if (count_ != 0) end_section();
    out_.insert_varuint(0, sections_);
    put_delete_ranges(out_, deletes);
    return out_.str();
  }

 private:
  void end_section() {
    out_.insert_varuint(section_begin_, count_);
    count_ = 0;
    ++sections_;
  }

  const DecodedUpdate& decoded_;
  ByteWriter out_;
  ClientId client_{};
  std::size_t section_begin_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t sections_ = 0;
};

/// Reads the structs of one update from front to back, gaps left out.
class Cursor {
 public:
  Cursor(const DecodedUpdate& decoded, std::size_t first_section,
         std::size_t end_section) noexcept
      : decoded_(&decoded), section_(first_section), end_section_(end_section) {
    settle();
  }

  [[nodiscard]] bool at_end() const noexcept { return section_ == end_section_; }
  [[nodiscard]] ClientId client() const noexcept { return decoded_->sections[section_].client; }
  [[nodiscard]] const DecodedStruct& current() const noexcept {
    return decoded_->structs[decoded_->sections[section_].first + index_];
  }
  [[nodiscard]] Piece piece() const noexcept { return piece_of(client(), current()); }
  void next() noexcept {
    ++index_;
    settle();
  }

 private:
  void settle() noexcept {
    for (; section_ != end_section_; ++section_, index_ = 0) {
      const std::uint32_t count = decoded_->sections[section_].count;
      while (index_ < count && current().kind == ContentKind::Skip) ++index_;
      if (index_ < count) return;
    }
  }

  const DecodedUpdate* decoded_;
  std::size_t section_;
  std::size_t end_section_;
  std::uint32_t index_ = 0;
};

/// Hands out the update whose next struct is the first to be written: that of the highest
/// client, and of one client the lowest clock.
///
/// Yjs sorts an array of all readers before each step, with a comparison that claims for two
/// structs of one id, an item and a collected range, that each is before the other. So the
/// result hangs on the steps of the sort. Up to its shortest run V8's is a plain insertion
/// sort, and that is done here as V8 does it. For more updates a heap gives the order that a
/// consistent comparison would have given.
class Queue {
 public:
  explicit Queue(std::vector<Cursor> cursors) : cursors_(std::move(cursors)) {
    std::erase_if(cursors_, [](const Cursor& cursor) { return cursor.at_end(); });
    is_heap_ = cursors_.size() >= kShortestRun;
    for (std::size_t i = 0; i < cursors_.size(); ++i) {
      const auto index = static_cast<std::uint32_t>(i);
      if (is_heap_) {
        heap_.push(entry(index, static_cast<std::int64_t>(i)));
      } else {
        array_.push_back(index);
      }
    }
  }

  /// Nothing if all have been read. Good until the next call.
  Cursor* first() {
    if (is_heap_) return first_of_heap();
    std::erase_if(array_, [&](std::uint32_t i) { return cursors_[i].at_end(); });
    if (array_.empty()) return nullptr;
    sort();
    return &cursors_[array_.front()];
  }

 private:
  static constexpr std::size_t kShortestRun = 64;

  struct Entry {
    ClientId client{};
    Clock clock;
    std::int64_t turn = 0;
    std::uint32_t cursor = 0;

    /// The top of a standard heap is its greatest.
    bool operator<(const Entry& other) const noexcept {
      if (client != other.client) return client < other.client;
      if (clock != other.clock) return clock > other.clock;
      return turn > other.turn;
    }
  };

  Entry entry(std::uint32_t index, std::int64_t turn) const {
    const Cursor& cursor = cursors_[index];
    return {cursor.client(), cursor.current().clock, turn, index};
  }

  Cursor* first_of_heap() {
    if (taken_) {
      // It was at the front, so a stable sort leaves it in front of its equals.
      if (!cursors_[*taken_].at_end()) heap_.push(entry(*taken_, --turn_));
      taken_.reset();
    }
    if (heap_.empty()) return nullptr;
    taken_ = heap_.top().cursor;
    heap_.pop();
    return &cursors_[*taken_];
  }

  bool is_before(std::uint32_t a, std::uint32_t b) const noexcept {
    const Cursor& x = cursors_[a];
    const Cursor& y = cursors_[b];
    if (x.client() != y.client()) return x.client() > y.client();
    if (x.current().clock != y.current().clock) return x.current().clock < y.current().clock;
    return x.current().is_item() != y.current().is_item();
  }

  void sort() {
    const std::size_t size = array_.size();
    if (size < 2) return;
    // The run that is there already, turned around if it descends.
    std::size_t run = 2;
    const bool descends = is_before(array_[1], array_[0]);
    while (run < size && is_before(array_[run], array_[run - 1]) == descends) ++run;
    if (descends)
      std::reverse(array_.begin(), array_.begin() + static_cast<std::ptrdiff_t>(run));
    for (; run < size; ++run) {
      const std::uint32_t moved = array_[run];
      std::size_t low = 0;
      std::size_t high = run;
      while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (is_before(moved, array_[middle])) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      const auto at = [&](std::size_t i) {
        return array_.begin() + static_cast<std::ptrdiff_t>(i);
      };
      std::move_backward(at(low), at(run), at(run + 1));
      array_[low] = moved;
    }
  }

  std::vector<Cursor> cursors_;
  bool is_heap_ = false;
  std::vector<std::uint32_t> array_;
  std::priority_queue<Entry> heap_;
  std::optional<std::uint32_t> taken_;
  std::int64_t turn_ = 0;
};

/// The loop of Yjs's mergeUpdatesV2. `pending` is the piece that is written next, once it is
/// known that nothing can be joined to it.
void merge_structs(Queue& queue, SectionWriter& out) {
  std::optional<Piece> pending;
  while (Cursor* cursor = queue.first()) {
    const ClientId client = cursor->client();
    if (!pending) {
      pending = cursor->piece();
      cursor->next();
    } else {
      bool moved = false;
      const auto is_written = [&] {
        return cursor->piece().end() <= pending->end() && cursor->client() >= pending->client;
      };
      while (!cursor->at_end() && is_written()) {
        cursor->next();
        moved = true;
      }
      // If what was next is through, another update may be first now.
      if (cursor->at_end() || cursor->client() != client) continue;
      const Piece next = cursor->piece();
      if (moved && next.clock > pending->end()) continue;

      if (client != pending->client) {
        out.write(*pending);
        pending = next;
        cursor->next();
      } else if (pending->end() < next.clock) {
        out.write(*pending);
        pending = Piece{client, pending->end(), next.clock - pending->end(), ContentKind::Skip};
      } else {
        const Piece rest = next.without_first(pending->end() - next.clock);
        if (pending->kind == ContentKind::Gc && rest.kind == ContentKind::Gc) {
          pending->length += rest.length;
        } else {
          out.write(*pending);
          pending = rest;
          cursor->next();
        }
      }
    }
    // What follows without a gap needs no look at the others.
    for (; !cursor->at_end(); cursor->next()) {
      if (cursor->client() != client || cursor->current().clock != pending->end()) break;
      out.write(*pending);
      pending = cursor->piece();
    }
  }
  if (pending) out.write(*pending);
}

}  // namespace

Result<std::string> merge_updates(std::span<const std::string_view> updates) {
  DecodedUpdate decoded;
  std::vector<Cursor> cursors;
  std::vector<std::size_t> ends;
  for (const std::string_view update : updates) {
    auto appended = append_update(update, decoded);
    if (!appended) {
      return Failure{
          std::move(appended).error().with_context("update " + std::to_string(ends.size() + 1) +
                                                   " of " + std::to_string(updates.size()))};
    }
    ends.push_back(decoded.sections.size());
  }
  if (updates.size() == 1) return std::string(updates.front());

  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    cursors.emplace_back(decoded, begin, end);
    begin = end;
  }
  Queue queue(std::move(cursors));
  SectionWriter out(decoded);
  merge_structs(queue, out);

  DeleteSet deletes;
  for (const DeleteRange& range : decoded.deletes) {
    deletes.add(range.client, range.clock, range.length);
  }
  return out.finish(deletes.ranges());
}

Result<std::string> diff_update(std::string_view update, const StateVector& state) {
  DecodedUpdate decoded;
  if (auto done = decode_update(update, decoded); !done) return forward_error(done);

  SectionWriter out(decoded);
  // From the first new struct of a client on, everything of it is written, gaps included. Yjs
  // goes by the client alone, so sections of one client that follow each other count as one.
  std::optional<ClientId> writing;
  for (const DecodedSection& section : decoded.sections) {
    if (section.count == 0) continue;
    if (writing && *writing != section.client) writing.reset();
    const Clock known = state.get(section.client);
    for (std::uint32_t i = 0; i < section.count; ++i) {
      const Piece piece = piece_of(section.client, decoded.structs[section.first + i]);
      if (writing) {
        out.write(piece);
      } else if (piece.kind != ContentKind::Skip && piece.end() > known) {
        writing = section.client;
        out.write(piece.without_first(known > piece.clock ? known - piece.clock : 0));
      }
    }
  }

  // Ranges keep the order in which they came; only clients are sorted.
  std::stable_sort(
      decoded.deletes.begin(), decoded.deletes.end(),
      [](const DeleteRange& a, const DeleteRange& b) { return a.client > b.client; });
  return out.finish(decoded.deletes);
}

Result<StateVector> state_vector_from_update(std::string_view update) {
  DecodedUpdate decoded;
  if (auto done = decode_update(update, decoded); !done) return forward_error(done);

  std::vector<StateVector::Entry> entries;
  for (const DecodedSection& section : decoded.sections) {
    Clock known;
    for (std::uint32_t i = 0; i < section.count; ++i) {
      const DecodedStruct& s = decoded.structs[section.first + i];
      if (s.kind == ContentKind::Skip || s.clock != known) break;
      known += s.length;
    }
    entries.push_back({section.client, known});
  }
  return StateVector(std::move(entries));
}

}  // namespace plait::crdt
