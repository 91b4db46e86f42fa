#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/net/websocket_frame.h"
#include "protocol/base/bytes.h"
#include "protocol/wire/channel_frame.h"
#include "protocol/wire/message.h"

namespace plait::server {

/// Appends a message as a WebSocket frame: with its channel for who shares a connection between
/// documents, alone for a standard provider.
template <class M>
void append_message(std::string& out, std::optional<wire::Channel> channel, const M& message) {
  ByteWriter bytes;
  if (channel) {
    wire::encode_frame(*channel, message, bytes);
  } else {
    wire::encode(message, bytes);
  }
  net::append_server_frame(out, net::Opcode::Binary, bytes.view());
}

/// What a room has for its members at the end of a turn. Each message is kept once and encoded
/// once for all who receive it; nobody gets his own updates.
class Batch {
 public:
  /// Whom a message is from. Only ever compared; null: from the room.
  using Author = const void*;

  void add_update(Author author, std::string_view update) {
    add(Kind::Update, author, update);
    ++updates_;
  }
  void add_presence(std::string_view states) {
    add(Kind::Presence, /*author=*/nullptr, states);
  }
  /// The author has gone, and somebody else may be at his address.
  void forget(Author author) noexcept {
    for (Part& part : parts_) {
      if (part.author == author) part.author = nullptr;
    }
  }
  void clear();

  [[nodiscard]] bool empty() const noexcept { return parts_.empty(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::size_t updates() const noexcept { return updates_; }

  /// All of it as frames, one behind the other.
  class Frames {
   public:
    [[nodiscard]] std::string_view all() const noexcept { return bytes_; }
    /// Calls `visit(std::string_view)` with everything that is not by `author`, in as few
    /// pieces as there are.
    template <class Visit>
    void for_each_not_by(Author author, Visit&& visit) const;

   private:
    friend class Batch;
    struct Frame {
      Author author;
      std::size_t end;  ///< in `bytes_`; it starts where the one before ends
    };
    std::string bytes_;
    std::vector<Frame> frames_;
  };
  [[nodiscard]] Frames frames(std::optional<wire::Channel> channel) const;

 private:
  enum class Kind : std::uint8_t { Update, Presence };
  struct Part {
    Kind kind;
    Author author;
    std::size_t end;  ///< in `bytes_`
  };

  void add(Kind kind, Author author, std::string_view payload) {
    bytes_ += payload;
    parts_.push_back({kind, author, bytes_.size()});
  }

  std::string bytes_;
  std::vector<Part> parts_;
  std::size_t updates_ = 0;
};

template <class Visit>
void Batch::Frames::for_each_not_by(Author author, Visit&& visit) const {
  std::size_t begin = 0;  // of what is to be visited next
  std::size_t end = 0;
  for (const Frame& frame : frames_) {
    if (frame.author == author) {
      if (begin < end) visit(all().substr(begin, end - begin));
      begin = frame.end;
    }
    end = frame.end;
  }
  if (begin < end) visit(all().substr(begin, end - begin));
}

}  // namespace plait::server
