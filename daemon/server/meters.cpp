#include "daemon/server/meters.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace plait::server {
namespace {

Counter& refusals(Metrics& metrics, std::string_view rule) {
  return metrics.counter("plait_updates_refused_total", "Updates that were refused, by rule.",
                         {{"rule", rule}});
}

Counter& refused_logins(Metrics& metrics, std::string_view why) {
  return metrics.counter("plait_logins_refused_total", "Logins that were refused, by reason.",
                         {{"reason", why}});
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
      unloads(metrics.counter("plait_unloads_total",
                              "Documents of which only the encoded form was kept in memory.")),
      refused_by_role(refusals(metrics, "role")),
      messages_in(metrics.counter("plait_messages_in_total", "Messages of clients.")),
      logins(metrics.counter("plait_logins_total", "Logins.")),
      logins_refused_nonce(refused_logins(metrics, "nonce")),
      logins_refused_key(refused_logins(metrics, "key")),
      logins_refused_token(refused_logins(metrics, "token")),
      logins_refused_late(refused_logins(metrics, "late")),
      tokens_expired(
          metrics.counter("plait_tokens_expired_total", "Connections that outlived a token.")),
      presence_dropped(metrics.counter("plait_presence_dropped_total",
                                       "Presence that slow receivers were not sent.")),
      diverged(metrics.counter("plait_texts_diverged_total",
                               "Texts that a client found to differ from the server's.")),
      metrics_(metrics) {
  for (std::size_t i = 0; i < refused_.size(); ++i) {
    refused_[i] = &refusals(metrics, name_of(crdt::Rule{static_cast<std::uint8_t>(i)}));
  }
}

Counter& Meters::requests_refused(std::int64_t code) {
  return metrics_.counter("plait_requests_refused_total",
                          "Requests that were answered with an error, by its code.",
                          {{"code", std::to_string(code)}});
}

}  // namespace plait::server
