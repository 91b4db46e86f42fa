#include <string>
#include <utility>

#include "daemon/net/http_head.h"
#include "tests/attack/attack.h"

namespace plait::attack {
namespace {

/// What a request is answered with: "HTTP 431", or "cut off".
std::string answer_to(Stage& stage, const std::string& request) {
  const auto line = stage.server().line();
  line->say(request);
  const bool answered =
      line->hear([&] { return line->heard().find("\r\n\r\n") != std::string::npos; });
  return answered ? "HTTP " + line->heard().substr(9, 3) : "cut off";
}

Attack request(std::string name, std::string expected, std::string text) {
  return {std::move(name), std::move(expected),
          [text = std::move(text)](Stage& stage) { return answer_to(stage, text); }};
}

/// A request with so many header fields, five of which every request has.
std::string with_fields(std::size_t count) {
  Knock knock;
  for (std::size_t i = 5; i < count; ++i) knock.more_lines.push_back("a: b");
  return to_text(knock);
}

/// A request of so many bytes.
std::string of_size(std::size_t bytes) {
  Knock knock{.more_lines = {"a: "}};
  knock.more_lines[0] += std::string(bytes - to_text(knock).size(), 'x');
  return to_text(knock);
}

std::string without(std::string text, std::string_view line) {
  text.erase(text.find(line), line.size());
  return text;
}

}  // namespace

Scene request_attacks() {
  const std::string good = to_text({});
  const auto with = [](std::string line) { return to_text({.more_lines = {std::move(line)}}); };
  Scene scene{.title = "Requests", .stage = Stage::Kind::Open, .attacks = {}};
  scene.attacks = {
      request("64 header fields", "HTTP 101", with_fields(net::kMaxHeaders)),
      request("65 header fields", "HTTP 431", with_fields(net::kMaxHeaders + 1)),
      request("a head of 8 KiB", "HTTP 101", of_size(net::kMaxHeadBytes)),
      request("a head of 8 KiB and a byte", "HTTP 431", of_size(net::kMaxHeadBytes + 1)),
      request("a body", "HTTP 400", with("Content-Length: 5")),
      request("a body in chunks", "HTTP 400", with("Transfer-Encoding: chunked")),
      request("two Hosts", "HTTP 400", with("Host: example.org")),
      request("no Host", "HTTP 400", without(good, "Host: 127.0.0.1\r\n")),
      request("another version of HTTP", "HTTP 400",
              "GET /yjs/a HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"),
      request("another method", "HTTP 405", "POST" + good.substr(3)),
      request("a target that is no path", "HTTP 400",
              "GET http://127.0.0.1/yjs/a" + good.substr(good.find(" HTTP/1.1"))),
      request("a header line that is folded", "HTTP 400", with("a: b\r\n c")),
      request("a NUL in a header", "HTTP 400", with(std::string("a: \0", 4))),
      request("a key of 15 bytes", "HTTP 400",
              without(good, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")),
      request("an older WebSocket", "HTTP 426", without(good, "Sec-WebSocket-Version: 13\r\n")),
      {"compression is offered: let in without it", "HTTP 101, no extensions",
       [](Stage& stage) {
         const auto line = stage.server().line();
         line->say(to_text({.more_lines = {"Sec-WebSocket-Extensions: permessage-deflate"}}));
         line->hear([&] { return line->heard().find("\r\n\r\n") != std::string::npos; });
         const bool agreed = line->heard().find("xtensions") != std::string::npos;
         return "HTTP " + line->heard().substr(9, 3) +
                (agreed ? ", extensions" : ", no extensions");
       }},
      {"plain HTTP where TLS is spoken", "cut off",
       [](Stage& stage) {
         const auto line = stage.server().bare_line();
         line->say(to_text({}));
         const bool heard_http =
             line->hear([&] { return line->heard().find("HTTP") != std::string::npos; });
         return std::string(heard_http          ? "answered in plain text"
                            : line->has_ended() ? "cut off"
                                                : "still open");
       }},
      {"line breaks and escapes in a path, to forge a line of the log", "HTTP 404, one line",
       [](Stage& stage) {
         const std::string answer = answer_to(
             stage, to_text({.path = "/nowhere%0a2026-01-01%20error%20hacked%1b[31m"}));
         const bool forged = stage.server().log().find("\n2026-01-01") != std::string::npos ||
                             stage.server().log().find('\x1b') != std::string::npos;
         return answer + (forged ? ", a line more" : ", one line");
       }},
  };
  return scene;
}

Scene origin_attacks() {
  const auto with = [](std::string line) { return to_text({.more_lines = {std::move(line)}}); };
  Scene scene{.title = "Names and pages", .stage = Stage::Kind::Listed, .attacks = {}};
  scene.attacks = {
      request("no page", "HTTP 101", to_text({})),
      request("a page of the origin that is allowed", "HTTP 101",
              with("Origin: https://example.org")),
      request("a page of another origin", "HTTP 403", with("Origin: https://evil.example")),
      request("an origin that begins like the right one", "HTTP 403",
              with("Origin: https://example.org.evil.example")),
      request("the origin of a file", "HTTP 403", with("Origin: null")),
      request("two origins", "HTTP 403",
              with("Origin: https://example.org\r\nOrigin: https://example.org")),
      request("another name, as by a name server that lies", "HTTP 421",
              to_text({.host = "evil.example"})),
      request("the right name at another port", "HTTP 421", to_text({.host = "127.0.0.1:1"})),
  };
  return scene;
}

}  // namespace plait::attack
