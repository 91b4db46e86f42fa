#include "daemon/server/batch.h"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

namespace plait::server {
namespace {

const int kAnn = 0;
const int kBen = 0;
const int kCem = 0;

std::string for_all_but(const void* author, const Batch::Frames& frames) {
  std::string received;
  int pieces = 0;
  frames.for_each_not_by(author, [&](std::string_view piece) {
    received += piece;
    ++pieces;
  });
  return received + "|" + std::to_string(pieces);
}

std::string update_frame(std::string_view update) {
  std::string frame;
  append_message(frame, std::nullopt, wire::SyncUpdate{update});
  return frame;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batch)

BOOST_AUTO_TEST_CASE(a_frame_is_what_a_provider_reads) {
  BOOST_TEST((update_frame("abc") == std::string_view("\x82\x06\0\2\3abc", 8)));
  std::string frame;
  append_message(frame, wire::Channel{300}, wire::SyncUpdate{"abc"});
  BOOST_TEST((frame == std::string_view("\x82\x08\xAC\x02\0\2\3abc", 10)));
}

BOOST_AUTO_TEST_CASE(everybody_else_gets_all_in_one_piece) {
  Batch batch;
  batch.add_update(&kAnn, "a");
  batch.add_update(&kBen, "b");
  batch.add_presence("p");
  const Batch::Frames frames = batch.frames(std::nullopt);
  std::string presence;
  append_message(presence, std::nullopt, wire::Awareness{"p"});
  BOOST_TEST((frames.all() == update_frame("a") + update_frame("b") + presence));
  BOOST_TEST((for_all_but(&kCem, frames) == std::string(frames.all()) + "|1"));
}

BOOST_AUTO_TEST_CASE(presence_is_for_providers_alone) {
  Batch batch;
  batch.add_presence("p");
  BOOST_TEST(batch.frames(wire::Channel{300}).all().empty());
}

// Else somebody new, at the same address in memory, would not get it.
BOOST_AUTO_TEST_CASE(what_is_by_somebody_who_has_gone_is_for_everybody) {
  Batch batch;
  batch.add_update(&kAnn, "a");
  batch.forget(&kAnn);
  BOOST_TEST((for_all_but(&kAnn, batch.frames(std::nullopt)) == update_frame("a") + "|1"));
}

BOOST_AUTO_TEST_CASE(nobody_gets_his_own) {
  Batch batch;
  for (const void* author : {&kAnn, &kBen, &kBen, &kAnn}) {
    batch.add_update(author, author == &kAnn ? "a" : "b");
  }
  const Batch::Frames frames = batch.frames(std::nullopt);
  const std::string a = update_frame("a");
  const std::string b = update_frame("b");
  BOOST_TEST((for_all_but(&kAnn, frames) == b + b + "|1"));
  BOOST_TEST((for_all_but(&kBen, frames) == a + a + "|2"));
}

BOOST_AUTO_TEST_CASE(a_cleared_batch_is_empty) {
  Batch batch;
  batch.add_update(&kAnn, std::string(10'000, 'x'));
  BOOST_TEST(batch.bytes() == 10'000U);
  batch.clear();
  BOOST_TEST(batch.empty());
  BOOST_TEST(batch.bytes() == 0U);
  BOOST_TEST(batch.frames(std::nullopt).all().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
