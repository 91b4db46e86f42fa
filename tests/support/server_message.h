#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/net/websocket_codec.h"
#include "daemon/net/websocket_frame.h"
#include "protocol/base/assert.h"

namespace plait::support {

/// What a server has said, in one frame or in several.
struct ServerMessage {
  net::MessageKind kind = net::MessageKind::Binary;
  std::string payload;
};

/// Takes the first message from what a core has sent, which is whole messages and nothing else.
inline ServerMessage take_message(std::string_view& sent) {
  ServerMessage message;
  for (bool final = false; !final;) {
    const std::size_t head = net::frame_header_size(sent[1]);
    const auto frame = net::decode_frame_header(sent.substr(0, head));
    PLAIT_ASSERT(frame && !frame->mask, "a server to send frames, and to mask none");
    const auto length = static_cast<std::size_t>(frame->length);
    PLAIT_ASSERT(sent.size() - head >= length, "a frame to be all there");
    PLAIT_ASSERT(length <= net::kMaxFrameBytes, "no frame to be larger than is allowed");
    if (frame->opcode == net::Opcode::Text) message.kind = net::MessageKind::Text;
    message.payload += sent.substr(head, length);
    sent.remove_prefix(head + length);
    final = frame->final;
  }
  return message;
}

}  // namespace plait::support
