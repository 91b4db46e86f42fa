#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "daemon/net/channel.h"
#include "daemon/net/websocket_codec.h"
#include "daemon/server/limits.h"
#include "tests/attack/attack.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::attack {
namespace {

using net::Opcode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::size_t kMebibyte = std::size_t{1} << 20;
constexpr int kBystanders = 2;

std::string in_mebibytes(std::size_t bytes) {
  return std::to_string((bytes + kMebibyte - 1) / kMebibyte) + " MiB";
}

std::size_t growth(const ServerProcess& server, std::size_t before) {
  const std::size_t now = server.peak_memory_bytes();
  return now > before ? now - before : 0;
}

/// Pings, faster than anybody needs, by somebody who does not read the answers.
std::string ping_flood(Stage& stage) {
  const auto eve = stage.visitor(stage.new_room(), "eve");
  std::string pings;
  for (int i = 0; i < 1000; ++i) {
    pings += to_bytes({.opcode = Opcode::Ping}, std::string(125, 'x'));
  }
  for (int i = 0; i < 100 && eve->line().say(pings); ++i) {
  }
  return eve->ending();
}

/// One small question after the other, each of which has a large answer.
std::string question_flood(Stage& stage) {
  const std::string room = stage.new_room();
  Editor ann = stage.editor(room, "ann", 1000);
  if (!ann.joins() || !ann.types(0, std::string(900'000, 'x'))) return "no room";
  const auto eve = stage.visitor(room, "eve");
  const std::size_t before = stage.server().memory_bytes();
  std::string questions;
  for (int i = 0; i < 10'000; ++i) {
    questions += to_bytes({}, std::string_view("\0\0\1\0", 4));
  }
  eve->line().say(questions);
  const std::string how = eve->ending();
  const std::size_t grown = growth(stage.server(), before);
  return grown <= 64 * kMebibyte ? how : "memory grows by " + in_mebibytes(grown);
}

/// Somebody who takes part, and does not read; the others write a lot. What he is owed is
/// bounded, and he is cut off after ten seconds in which he took nothing.
std::string deaf_reader(Stage& stage) {
  const std::string room = stage.new_room();
  Editor ann = stage.editor(room, "ann", 1000);
  Editor ben = stage.editor(room, "ben", 1001);
  if (!ann.joins() || !ben.joins()) return "no room";
  const std::string page(std::size_t{512} << 10, 'x');
  const auto write_a_page = [&] {
    std::this_thread::sleep_for(milliseconds{20});
    return ann.types(0, page) && ben.reads(ann.text()) && ann.erases(0, page.size()) &&
           ben.reads("");
  };
  // What the writing takes by itself, snapshots included.
  for (int i = 0; i < 20; ++i) {
    if (!write_a_page()) return "nobody can write";
  }
  const auto eve = stage.visitor(room, "eve");
  if (eve == nullptr) return "not let in";
  eve->says_message(wire::SyncStep1{std::string_view("\0", 1)});
  eve->line().goes_deaf();
  const std::size_t before = stage.server().peak_memory_bytes();
  const auto start = steady_clock::now();
  while (stage.server().metric("plait_connections").value_or(0) > kBystanders + 2) {
    if (!write_a_page()) return "the others suffer";
    if (steady_clock::now() - start > kPatience) return "not cut off";
  }
  const auto took = steady_clock::now() - start;
  const std::size_t grown = growth(stage.server(), before);
  // His 8 MiB, and about as much again for what is made of them.
  if (grown > 32 * kMebibyte) return "memory grows by " + in_mebibytes(grown);
  return took >= seconds{9} && took <= seconds{15} ? "cut off after 10 s, memory flat"
                                                   : "cut off, but not in time";
}

/// Many who connect and then say nothing more.
std::string crowd(Stage& stage) {
  constexpr int kMany = 200;
  const std::size_t before = stage.server().memory_bytes();
  std::vector<std::unique_ptr<Visitor>> many;
  const std::string room = stage.new_room();
  for (int i = 0; i < kMany; ++i) {
    many.push_back(stage.visitor(room, "eve"));
    if (many.back() == nullptr) return "number " + std::to_string(i) + " was not let in";
  }
  const std::size_t each = (stage.server().memory_bytes() - before) / kMany;
  return each <= std::size_t{64} << 10 ? "less than 64 KiB each"
                                       : std::to_string(each) + " bytes each";
}

/// Waits until the server knows nobody but the bystanders.
bool is_forgotten(Stage& stage) {
  const auto end = steady_clock::now() + kPatience;
  while (steady_clock::now() < end) {
    if (stage.server().metric("plait_connections").value_or(0) <= kBystanders) return true;
    std::this_thread::sleep_for(milliseconds{10});
  }
  return false;
}

/// Everybody is on one address here, so the bystanders count as well.
std::string one_address(Stage& stage) {
  if (!is_forgotten(stage)) return "others are still there";
  std::vector<std::unique_ptr<Line>> many;
  for (int i = 0; i < 1000; ++i) {
    many.push_back(stage.server().line());
    if (many.back() == nullptr) {
      return std::to_string(i + kBystanders) + " let in, and no more";
    }
  }
  return "all were let in";
}

/// Handshakes that are begun and left.
std::string handshakes(Stage& stage) {
  for (int i = 0; i < 300; ++i) {
    if (stage.server().line() == nullptr)
      return "number " + std::to_string(i) + " was not let in";
  }
  return is_forgotten(stage) ? "all forgotten" : "still remembered";
}

/// Messages of every size that is allowed, for a room that is still being loaded.
std::string early_flood(Stage& stage) {
  const auto eve = stage.visitor(stage.new_room(), "eve");
  std::string words;
  for (int i = 0; i < 200'000; ++i) words += to_bytes({}, "\x03");
  eve->line().say(words);
  return eve->ending();
}

/// Updates that are as dear as they may be: each is looked for among ten thousand others.
std::string dear_updates(Stage& stage) {
  const std::string room = stage.new_room();
  Editor ann = stage.editor(room, "ann", 1000);
  if (!ann.joins() || !ann.types(0, "hello world")) return "no room";
  const auto eve = stage.visitor(room, "eve");
  const auto put = [&](std::uint64_t first, std::uint64_t count) {
    crdt::UpdateBuilder made;
    for (std::uint64_t client = first + count; client > first; --client) {
      made.by(client - 1, 0).text("x", {.left = crdt::id(1000, 4), .right = crdt::id(1000, 5)});
    }
    const std::string update = made.str();
    return eve->says_message(wire::SyncUpdate{update});
  };
  // Many at one place, the cheap way round, then one after the other behind all of them.
  put(2'000'000, 9'000);
  for (std::uint64_t i = 0; i < 900 && put(3'000'000 + i, 1); ++i) {
  }
  if (!ann.types(0, "still here ")) return "the others suffer";
  put(4'000'000, 2'000);
  return eve->ending();
}

}  // namespace

Scene flood_attacks() {
  Scene scene{.title = "Floods", .stage = Stage::Kind::Open, .attacks = {}};
  scene.attacks = {
      {"100,000 pings at once, and the answers not read", "1008 too many control frames",
       ping_flood},
      {"10,000 questions with an answer of 1 MB each", "1008 too many questions",
       question_flood},
      {"200,000 questions before the room is there", "1008 too many questions", early_flood},
      {"900 insertions, each behind 9,000 others at one place", "1008 rule steps",
       dear_updates},
      {"1,000 connections from one address", "256 let in, and no more", one_address},
      {"200 connections that stay and say nothing", "less than 64 KiB each", crowd},
      {"300 TLS handshakes, and nothing after them", "all forgotten", handshakes},
      {"somebody who does not read while others write 1 MB a turn", "cut off after 10 s",
       deaf_reader},
  };
  return scene;
}

}  // namespace plait::attack
