#pragma once

#include <array>
#include <cstdint>

#include "daemon/crdt/update_validator.h"
#include "daemon/support/metrics.h"

namespace plait::server {

/// What rooms count.
class Meters {
 public:
  explicit Meters(Metrics& metrics);

  Counter& updates_in;   ///< that brought something new
  Counter& updates_out;  ///< one for each receiver
  Counter& batches_out;
  Counter& resyncs;  ///< receivers who were told everything at once
  Counter& snapshots;
  Counter& unloads;  ///< documents of which only the encoded form is left

  /// Why updates were refused.
  [[nodiscard]] Counter& refused_by(crdt::Rule rule) {
    return *refused_[static_cast<std::size_t>(rule)];
  }
  Counter& refused_by_role;

  // /v1/connect.
  Counter& messages_in;
  Counter& logins;
  Counter& logins_refused_nonce;  ///< none was asked for
  Counter& logins_refused_key;
  Counter& logins_refused_token;
  Counter& logins_refused_late;
  Counter& tokens_expired;
  Counter& presence_dropped;  ///< for somebody who reads slowly
  Counter& diverged;          ///< texts that a client found different

  /// Requests by what they were refused with: the codes of ConnectError and StandardError.
  [[nodiscard]] Counter& requests_refused(std::int64_t code);

 private:
  Metrics& metrics_;
  std::array<Counter*, crdt::kRules> refused_{};
};

}  // namespace plait::server
