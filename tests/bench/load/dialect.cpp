#include "tests/bench/load/dialect.h"

namespace plait::load {
namespace {

// Kinds of messages. The first is y-protocols', the others are hocuspocus's own.
constexpr std::uint64_t kSync = 0;
constexpr std::uint64_t kAuth = 2;
constexpr std::uint64_t kSyncReply = 4;

// What is said about a login.
constexpr std::uint64_t kToken = 0;
constexpr std::uint64_t kAuthenticated = 2;

Heard hear_sync(ByteReader& reader) noexcept {
  const std::uint64_t what = reader.varuint();
  const std::string_view payload = reader.varbytes();
  if (!reader.ok()) return {};
  switch (what) {
    case static_cast<std::uint64_t>(Sync::Vector): return {Heard::Kind::Vector, payload};
    case static_cast<std::uint64_t>(Sync::Answer): return {Heard::Kind::Answer, payload};
    case static_cast<std::uint64_t>(Sync::Update): return {Heard::Kind::Update, payload};
    default: return {};
  }
}

}  // namespace

Heard hear(Dialect dialect, std::string_view message) noexcept {
  ByteReader reader(message);
  const bool is_named = dialect == Dialect::Hocuspocus;
  if (is_named) (void)reader.varbytes();
  const std::uint64_t kind = reader.varuint();
  if (!reader.ok()) return {};
  if (kind == kSync || (is_named && kind == kSyncReply)) return hear_sync(reader);
  if (is_named && kind == kAuth) {
    return {reader.varuint() == kAuthenticated ? Heard::Kind::Welcome : Heard::Kind::Broken};
  }
  return {Heard::Kind::Other};
}

void say(Dialect dialect, std::string_view room, Sync what, std::string_view payload,
         ByteWriter& out) {
  out.clear();
  if (dialect == Dialect::Hocuspocus) out.put_varbytes(room);
  out.put_varuint(kSync);
  out.put_varuint(static_cast<std::uint64_t>(what));
  out.put_varbytes(payload);
}

void say_login(std::string_view room, ByteWriter& out) {
  out.clear();
  out.put_varbytes(room);
  out.put_varuint(kAuth);
  out.put_varuint(kToken);
  out.put_varbytes("nobody in particular");
}

}  // namespace plait::load
