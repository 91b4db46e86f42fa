#include "daemon/store/generation.h"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/stat.h>

#include "daemon/store/documents.h"

namespace plait::store {

namespace {

std::uint64_t draw(Random& random) {
  std::array<std::uint8_t, 8> bytes{};
  random.fill(bytes);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return std::max<std::uint64_t>(value >> 11, 1);  // 53 bits, which JavaScript can hold
}

/// Where a copy made or restored at this time goes on. The original went on from the same id as
/// the copy, and so did every other copy; the clock keeps them apart: unless a server leases
/// more than 65,536 ids a second, none of them has come as far as the present second.
std::uint64_t first_client_at(WallTime now) {
  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(now.ms, 0)) / 1000;
  return kFirstLeasedClient + (seconds << 16);
}

}  // namespace

std::string place_of_file(const std::string& path) {
  struct statx info {};
  if (statx(AT_FDCWD, path.c_str(), 0, STATX_INO | STATX_BTIME, &info) != 0) return {};
  std::string place = std::to_string(info.stx_ino);
  if ((info.stx_mask & STATX_BTIME) != 0) {
    place.append("@").append(std::to_string(info.stx_btime.tv_sec));
    place.append(".").append(std::to_string(info.stx_btime.tv_nsec));
  }
  return place;
}

Result<std::uint64_t> settle_generation(Database& database, const std::string& place,
                                        WallTime now, Random& random) {
  std::uint64_t generation = 0;
  std::uint64_t next_client = kFirstLeasedClient;
  std::string known_place;
  {
    Cursor row = database.query("SELECT generation, place, next_client FROM store");
    if (row.next()) {
      generation = row.count(0);
      known_place = row.text(1);
      next_client = row.count(2);
    }
    if (auto status = row.status(); !status) return forward_error(status);
  }
  if (generation != 0 && !known_place.empty() && known_place == place) return generation;
  if (generation != 0) next_client = std::max(next_client, first_client_at(now));
  generation = draw(random);
  auto done = database.run(
      "INSERT INTO store (id, generation, place, next_client) VALUES (1, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET generation = excluded.generation, place = excluded.place, "
      "next_client = excluded.next_client",
      generation, place, next_client);
  if (!done) return forward_error(done);
  return generation;
}

Result<void> forget_place(Database& database) {
  return database.run("UPDATE store SET place = ''");
}

}  // namespace plait::store
