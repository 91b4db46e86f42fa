// Any bytes as the request that opens a WebSocket, and as the answer to one: the head ends at
// the same place whatever the pieces it comes in, what is read of it keeps to the limits, and a
// client takes what a server answers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/net/http_head.h"
#include "daemon/net/websocket_handshake.h"
#include "protocol/base/assert.h"
#include "protocol/base/utf8.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/websocket_ends.h"

namespace {

using namespace plait::net;

struct Cut {
  bool refused = false;
  bool complete = false;
  std::string head;
  std::size_t taken = 0;

  bool operator==(const Cut&) const = default;
};

Cut cut(plait::fuzz::Pieces pieces) {
  HttpHeadReader reader;
  Cut made;
  while (!pieces.at_end() && !reader.complete()) {
    const std::string piece = pieces.next();
    const auto taken = reader.feed(piece);
    if (!taken) return {.refused = true, .complete = false, .head = {}, .taken = 0};
    PLAIT_ASSERT(reader.complete() || *taken == piece.size(),
                 "bytes to be taken up to the end");
    made.taken += *taken;
  }
  made.complete = reader.complete();
  made.head = reader.head();
  PLAIT_ASSERT(made.head.size() <= kMaxHeadBytes, "no head to be too long");
  return made;
}

std::string in_lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return text;
}

void check_request(std::string_view head) {
  auto request = parse_request(head);
  if (!request) {
    PLAIT_ASSERT(!to_message(answer_to(request.error())).empty(), "an answer");
    return;
  }
  PLAIT_ASSERT(request->path.starts_with('/'), "a path");
  PLAIT_ASSERT(request->fields.all().size() <= kMaxHeaders, "no more fields than there may be");
  if (const auto path = percent_decoded(request->path)) {
    PLAIT_ASSERT(plait::is_valid_utf8(*path), "a path in UTF-8");
  }
  (void)query_parameter(request->query, "token");

  const HandshakeRules rules{.hosts = std::nullopt, .origins = {{"https://example.org"}}};
  const auto checked = check_upgrade(*std::move(request), rules);
  const auto* upgrade = std::get_if<Upgrade>(&checked);
  if (upgrade == nullptr) {
    const auto& answer = std::get<HttpResponse>(checked);
    PLAIT_ASSERT(answer.status >= 400, "a refusal");
    PLAIT_ASSERT(!reason_phrase(answer.status).empty(), "a status that has a name");
    return;
  }
  // Schemes and hosts are the same in any case.
  PLAIT_ASSERT(
      upgrade->origin.empty() || in_lower_case(upgrade->origin) == "https://example.org",
      "a page that is allowed");
  // A name is a token to the parser of lists, but it might not be one to a reader of fields.
  const std::string chosen =
      upgrade->subprotocols.empty() ? std::string() : upgrade->subprotocols.front();
  const auto response = parse_response(upgrade_response(upgrade->key, chosen));
  PLAIT_ASSERT(response.has_value(), "an answer that can be read");
  const UpgradeRequest asked{
      .host = upgrade->host, .subprotocols = upgrade->subprotocols, .key = upgrade->key};
  PLAIT_ASSERT(check_upgrade_response(*response, asked).has_value(),
               "a client to take the answer");
}

void check_response(std::string_view head) {
  const auto response = parse_response(head);
  if (!response) return;
  const UpgradeRequest asked{
      .host = "example.org", .subprotocols = {"plait.1"}, .key = "dGhlIHNhbXBsZSBub25jZQ=="};
  const auto chosen = check_upgrade_response(*response, asked);
  PLAIT_ASSERT(!chosen || chosen->empty() || *chosen == "plait.1", "what was offered");
  PLAIT_ASSERT(!chosen || response->status == 101, "no redirect to be followed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  plait::fuzz::FuzzInput input(data, size);
  const auto seed = static_cast<std::uint32_t>(input.below(1U << 31));
  const std::string_view stream = input.rest();

  const Cut made = cut(plait::fuzz::Pieces(stream, seed));
  PLAIT_ASSERT(made == cut(plait::fuzz::Pieces(stream, seed + 1)),
               "one end, whatever the pieces");
  if (made.complete) {
    check_request(made.head);
    check_response(made.head);
  }
  return 0;
}
