#include "protocol/wire/channel_frame.h"

#include <utility>
#include <variant>

namespace plait::wire {

Result<ChannelFrame> decode_frame(std::string_view bytes) {
  if (bytes.size() > kMaxMessageBytes) {
    return fail(ErrorCode::LimitExceeded, "a frame of more than 4 MiB");
  }
  ByteReader in(bytes);
  const std::uint64_t number = in.varuint();
  if (!in.ok() || !in.canonical()) return fail(ErrorCode::Malformed, "no channel");
  if (number > static_cast<std::uint32_t>(kMaxChannel)) {
    return fail(ErrorCode::LimitExceeded, "a channel beyond 2^31 - 1");
  }
  const Channel channel{static_cast<std::uint32_t>(number)};
  Result<Message> message = decode_message(in.rest());
  if (!message) return forward_error(message);
  if (std::holds_alternative<BlobChunk>(*message) != (channel == kBlobChannel)) {
    return fail(ErrorCode::Malformed, "a message that does not belong on its channel");
  }
  return ChannelFrame{channel, *std::move(message)};
}

}  // namespace plait::wire
