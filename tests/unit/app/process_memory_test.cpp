#include "daemon/app/process_memory.h"

#include <chrono>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/loop.h"
#include "daemon/loop/timer.h"

namespace plait::app {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kDocuments = 1000;
constexpr std::size_t kDocumentBytes = 64 << 10;
constexpr std::size_t kRestBytes = 4000;

}  // namespace

BOOST_AUTO_TEST_SUITE(process_memory)

// What is left of each document stands between the others, so the heap does not end earlier.
BOOST_AUTO_TEST_CASE(what_documents_took_goes_back_to_the_system_when_they_are_unloaded) {
  loop::Loop loop;
  Counter unloaded;
  MemoryReturn memory_return(loop, unloaded, milliseconds{1});
  std::vector<std::vector<char>> documents;
  std::vector<std::vector<char>> rests;
  for (std::size_t i = 0; i < kDocuments; ++i) {
    documents.emplace_back(kDocumentBytes, 'x');
    rests.emplace_back(kRestBytes, 'x');
  }
  const double full = resident_bytes();
  documents.clear();
  BOOST_TEST_REQUIRE(resident_bytes() > full - 0.1 * kDocuments * kDocumentBytes);
  unloaded.add(kDocuments);
  memory_return.end_of_turn();
  loop.run();
  BOOST_TEST(resident_bytes() < full - 0.8 * kDocuments * kDocumentBytes);
}

BOOST_AUTO_TEST_CASE(nothing_runs_while_nothing_is_unloaded) {
  loop::Loop loop;
  Counter unloaded;
  MemoryReturn memory_return(loop, unloaded, milliseconds{1});
  memory_return.end_of_turn();
  loop.run();  // would go on for as long as a timer runs
  unloaded.add();
  memory_return.end_of_turn();
  loop.run();
  memory_return.end_of_turn();
  loop.run();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
