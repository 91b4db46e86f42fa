// Any bytes as the params and the result of every message of /v1/connect: what is read is
// written to something that is read as the same, and what is refused says where it is wrong.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/assert.h"
#include "protocol/messages/connect/all.h"

namespace {

namespace connect = plait::messages::connect;
using plait::jsonrpc::Json;
using plait::jsonrpc::read_fields;
using plait::jsonrpc::write_fields;

template <class Message>
void check(const Json& value) {
  const auto message = read_fields<Message>(value);
  if (!message) {
    PLAIT_ASSERT(message.error().message.starts_with("params"), "an error to say where");
    return;
  }
  const Json written = write_fields(*message);
  const auto again = read_fields<Message>(written);
  PLAIT_ASSERT(again && write_fields(*again) == written, "what was written to mean the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = plait::jsonrpc::parse_json(text, connect::kLimitsToClient);
  if (!value) return 0;
  connect::Requests::for_each([&]<class Message>() {
    check<Message>(*value);
    check<typename Message::Reply>(*value);
  });
  connect::ClientNotifications::for_each([&]<class Message>() { check<Message>(*value); });
  connect::ServerNotifications::for_each([&]<class Message>() { check<Message>(*value); });
  return 0;
}
