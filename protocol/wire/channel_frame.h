#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/wire/message.h"

namespace plait::wire {

/// What a binary frame of /v1/connect is about: one document, or blobs. The server numbers the
/// documents of a workspace, so a frame is the same for everybody who gets it.
enum class Channel : std::uint32_t {};

/// Carries BlobChunk and nothing else; all others carry everything else.
inline constexpr Channel kBlobChannel{0};
inline constexpr Channel kMaxChannel{(std::uint32_t{1} << 31) - 1};

struct ChannelFrame {
  Channel channel{};
  Message message;

  bool operator==(const ChannelFrame&) const noexcept = default;
};

/// Takes one whole frame apart: the channel as a varint, then a message. The message's views
/// are into `bytes`.
Result<ChannelFrame> decode_frame(std::string_view bytes);

template <class M>
void encode_frame(Channel channel, const M& message, ByteWriter& out) {
  out.put_varuint(static_cast<std::uint32_t>(channel));
  encode(message, out);
}

}  // namespace plait::wire
