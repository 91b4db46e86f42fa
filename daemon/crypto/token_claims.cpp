#include "daemon/crypto/token_claims.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace plait::crypto {
namespace {

bool is_name(std::string_view text) noexcept {
  const auto plain = [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; };
  return !text.empty() && text.size() <= kMaxClaimBytes &&
         std::all_of(text.begin(), text.end(), plain);
}

bool is_time(TokenTime time) noexcept { return time >= TokenTime{} && time <= kMaxTokenTime; }

/// Takes JSON apart that can look one way only. The first mistake is sticky.
class ClaimScanner {
 public:
  explicit ClaimScanner(std::string_view json) noexcept : rest_(json) {}

  [[nodiscard]] bool done() const noexcept { return !failed_ && rest_.empty(); }

  void literal(std::string_view expected) noexcept {
    if (rest_.starts_with(expected)) {
      rest_.remove_prefix(expected.size());
    } else {
      failed_ = true;
    }
  }

  std::string name() {
    literal("\"");
    const std::string_view text = rest_.substr(0, rest_.find('"'));
    if (!is_name(text)) failed_ = true;
    rest_.remove_prefix(text.size());
    literal("\"");
    return std::string(failed_ ? std::string_view{} : text);
  }

  TokenTime time() noexcept {
    std::int64_t seconds = 0;
    const char* end = rest_.data() + rest_.size();
    const auto [at, error] = std::from_chars(rest_.data(), end, seconds);
    const TokenTime time{std::chrono::seconds{seconds}};
    const bool zero_in_front = at - rest_.data() > 1 && rest_.front() == '0';
    if (error != std::errc{} || zero_in_front || rest_.front() == '-' || !is_time(time)) {
      failed_ = true;
      return {};
    }
    rest_.remove_prefix(static_cast<std::size_t>(at - rest_.data()));
    return time;
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

std::string seconds_of(TokenTime time) {
  return std::to_string(time.time_since_epoch().count());
}

}  // namespace

Result<std::string> write_claims(const TokenRealm& realm, const TokenClaims& claims) {
  for (const std::string* name : {&realm.issuer, &realm.audience, &claims.user,
                                  &claims.workspace, &claims.role, &claims.id}) {
    if (!is_name(*name)) {
      return fail(ErrorCode::OutOfRange,
                  "a token's names are 1 to 128 printable ASCII characters without spaces, "
                  "quotes and backslashes");
    }
  }
  if (!is_time(claims.not_before) || !is_time(claims.expires)) {
    return fail(ErrorCode::OutOfRange, "a token's times lie between 1970 and 9999");
  }
  return R"({"iss":")" + realm.issuer + R"(","aud":")" + realm.audience + R"(","sub":")" +
         claims.user + R"(","workspace":")" + claims.workspace + R"(","role":")" + claims.role +
         R"(","jti":")" + claims.id + R"(","nbf":)" + seconds_of(claims.not_before) +
         R"(,"exp":)" + seconds_of(claims.expires) + "}";
}

std::optional<ReadClaims> read_claims(std::string_view json) {
  ReadClaims read;
  ClaimScanner in(json);
  in.literal(R"({"iss":)");
  read.realm.issuer = in.name();
  in.literal(R"(,"aud":)");
  read.realm.audience = in.name();
  in.literal(R"(,"sub":)");
  read.claims.user = in.name();
  in.literal(R"(,"workspace":)");
  read.claims.workspace = in.name();
  in.literal(R"(,"role":)");
  read.claims.role = in.name();
  in.literal(R"(,"jti":)");
  read.claims.id = in.name();
  in.literal(R"(,"nbf":)");
  read.claims.not_before = in.time();
  in.literal(R"(,"exp":)");
  read.claims.expires = in.time();
  in.literal("}");
  if (!in.done()) return std::nullopt;
  return read;
}

}  // namespace plait::crypto
