#include "daemon/server/meters.h"

#include <cstdint>
#include <string_view>

namespace plait::server {
namespace {

Counter& refusals(Metrics& metrics, std::string_view rule) {
  return metrics.counter("plait_updates_refused_total", "Updates that were refused, by rule.",
                         {{"rule", rule}});
}

}  // namespace

Meters::Meters(Metrics& metrics)
    : updates_in(
          metrics.counter("plait_updates_in_total", "Updates that brought something new.")),
      updates_out(metrics.counter("plait_updates_out_total",
                                  "Updates that were sent, one for each receiver.")),
      batches_out(metrics.counter("plait_batches_out_total",
                                  "Turns in which a room had something for its members.")),
      resyncs(metrics.counter("plait_resyncs_total",
                              "Slow receivers that were sent a state instead of updates.")),
      snapshots(metrics.counter("plait_snapshots_total", "Logs that became a snapshot.")),
      refused_by_role(refusals(metrics, "role")) {
  for (std::size_t i = 0; i < refused_.size(); ++i) {
    refused_[i] = &refusals(metrics, name_of(crdt::Rule{static_cast<std::uint8_t>(i)}));
  }
}

}  // namespace plait::server
