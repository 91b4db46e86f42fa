#include "daemon/net/websocket_handshake.h"

#include <algorithm>
#include <array>
#include <utility>

#include <openssl/sha.h>

#include "protocol/base/base64.h"

namespace plait::net {
namespace {

constexpr std::string_view kKeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t kKeyBytes = 16;

std::string lower_case(std::string_view text) {
  std::string made(text);
  for (char& c : made) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return made;
}

bool allows(const std::optional<std::vector<std::string>>& list, std::string_view value) {
  return !list || std::find(list->begin(), list->end(), lower_case(value)) != list->end();
}

HttpResponse refuse(int status, std::string why) {
  return {.status = status, .body = std::move(why) + '\n'};
}

bool asks_for_websocket(const HttpFields& fields) {
  return fields.lists("upgrade", "websocket") && fields.lists("connection", "upgrade");
}

}  // namespace

std::string host_name(std::string_view host) {
  if (host.starts_with('[')) return lower_case(host.substr(1, host.find(']') - 1));
  return lower_case(host.substr(0, host.find(':')));
}

std::variant<Upgrade, HttpResponse> check_upgrade(HttpRequest request,
                                                  const HandshakeRules& rules) {
  const HttpFields& fields = request.fields;
  const auto host = fields.only("host");
  if (!host || host->empty()) return refuse(400, "There has to be one Host.");
  if (!allows(rules.hosts, *host)) return refuse(421, "This server does not go by that name.");
  if (request.method != "GET") {
    HttpResponse answer = refuse(405, "A WebSocket is opened by GET.");
    answer.fields.push_back({"allow", "GET"});
    return answer;
  }
  if (!asks_for_websocket(fields)) {
    HttpResponse answer = refuse(426, "This is a WebSocket server.");
    answer.fields = {{"upgrade", "websocket"}};
    return answer;
  }
  if (fields.only("sec-websocket-version") != "13") {
    HttpResponse answer = refuse(426, "The version of WebSocket has to be 13.");
    answer.fields = {{"sec-websocket-version", "13"}};
    return answer;
  }
  const auto key = fields.only("sec-websocket-key");
  const auto key_bytes = key ? from_base64(*key) : std::nullopt;
  if (!key_bytes || key_bytes->size() != kKeyBytes) {
    return refuse(400, "Sec-WebSocket-Key has to be 16 bytes in base64.");
  }
  const auto origin = fields.only("origin");
  if (fields.has("origin") && (!origin || !allows(rules.origins, *origin))) {
    return refuse(403, "Pages of that origin are not allowed here.");
  }

  Upgrade upgrade{.path = std::move(request.path),
                  .query = std::move(request.query),
                  .host = std::string(*host),
                  .origin = std::string(origin.value_or("")),
                  .subprotocols = {},
                  .key = std::string(*key),
                  .forwarded_for = {}};
  for (const auto name : fields.list("sec-websocket-protocol")) {
    upgrade.subprotocols.emplace_back(name);
  }
  if (const auto hops = fields.list("x-forwarded-for"); !hops.empty()) {
    upgrade.forwarded_for = hops.back();
  }
  return upgrade;
}

std::string upgrade_response(std::string_view key, std::string_view subprotocol) {
  std::string message =
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  message.append(accept_key(key));
  if (!subprotocol.empty()) {
    message.append("\r\nSec-WebSocket-Protocol: ").append(subprotocol);
  }
  return message.append("\r\n\r\n");
}

std::string to_message(const UpgradeRequest& request) {
  std::string message = "GET " + request.target + " HTTP/1.1\r\nHost: " + request.host +
                        "\r\nUpgrade: websocket\r\nConnection: Upgrade"
                        "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
                        request.key;
  if (!request.origin.empty()) message.append("\r\nOrigin: ").append(request.origin);
  std::string_view before = "\r\nSec-WebSocket-Protocol: ";
  for (const std::string& name : request.subprotocols) {
    message.append(before).append(name);
    before = ", ";
  }
  return message.append("\r\n\r\n");
}

Result<std::string> check_upgrade_response(const HttpResponseHead& response,
                                           const UpgradeRequest& request) {
  const HttpFields& fields = response.fields;
  if (response.status != 101) {
    return fail(ErrorCode::Refused, "the server answered " + std::to_string(response.status) +
                                        ' ' + std::string(reason_phrase(response.status)));
  }
  if (!asks_for_websocket(fields) ||
      fields.only("sec-websocket-accept") != accept_key(request.key)) {
    return fail(ErrorCode::Malformed, "the server did not agree to a WebSocket");
  }
  if (fields.has("sec-websocket-extensions")) {
    return fail(ErrorCode::Malformed, "the server chose an extension that was not offered");
  }
  if (!fields.has("sec-websocket-protocol")) return std::string();
  const auto chosen = fields.only("sec-websocket-protocol");
  const auto& offered = request.subprotocols;
  if (!chosen || std::find(offered.begin(), offered.end(), *chosen) == offered.end()) {
    return fail(ErrorCode::Malformed, "the server chose a subprotocol that was not offered");
  }
  return std::string(*chosen);
}

std::string accept_key(std::string_view key) {
  const std::string text = std::string(key).append(kKeySuffix);
  std::array<char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(digest.data()));
  return to_base64({digest.data(), digest.size()});
}

}  // namespace plait::net
