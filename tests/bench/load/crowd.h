#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "tests/bench/load/report.h"
#include "tests/bench/load/run_reader.h"
#include "tests/bench/load/typist.h"
#include "tests/bench/load/visitor.h"
#include "tests/bench/load/world.h"

namespace plait::load {

/// Who is where, and how they type.
struct CrowdPlan {
  std::size_t rooms = 1;
  std::size_t members = 2;  ///< of each room
  std::size_t writers = 1;  ///< of those
  /// Edits a second of each writer; zero for as many as get through.
  double rate = 0;
  /// Edits of one writer that may be on their way, if there is no rate: sent, and not yet with
  /// everybody else in the room.
  std::uint32_t window = 0;
  std::chrono::seconds time{10};
};

/// People in rooms who type, and all that they hear of one another. Each receiver knows for
/// each writer how far it has got: nothing may be missing, come twice or be another text.
class Crowd final : private Visitor::Listener {
 public:
  Crowd(World& world, const CrowdPlan& plan);

  /// Connects, types a moment to warm up, measures, waits until everything is with everybody,
  /// and asks the server whether it has it too.
  Result<void> run(Report& report);

 private:
  struct Room {
    std::string name;
    std::uint64_t first_client = 0;
    std::vector<Typist> typists;           ///< of the first members
    std::vector<std::uint32_t> known;      ///< clocks, by member, then by writer
    std::vector<std::uint32_t> confirmed;  ///< clocks, by writer: everybody else has so much
    bool heard = false;                    ///< something new since that was counted
  };
  struct Writer {
    Nanoseconds due;
    std::uint32_t room;
    std::uint32_t index;
  };

  void on_update(Visitor& visitor, std::string_view update) override;
  void take(const Visitor& visitor, const TextRun& run);
  void type(std::size_t room, std::size_t writer);

  void type_what_is_due();
  void refill_windows();
  void confirm(Room& room);
  [[nodiscard]] bool everything_arrived();

  Result<void> check_server();
  [[nodiscard]] std::uint64_t edits() const;

  World& world_;
  const CrowdPlan plan_;
  std::vector<Room> rooms_;
  std::vector<std::unique_ptr<Visitor>> visitors_;  ///< room by room
  std::vector<Writer> schedule_;                    ///< a heap, the next one first
  RunReader reader_;
  bool typing_ = false;
  bool measuring_ = false;
  std::uint64_t deliveries_ = 0;
  std::uint64_t updates_ = 0;  ///< that deliveries came in
  std::vector<double> latencies_;
};

}  // namespace plait::load
