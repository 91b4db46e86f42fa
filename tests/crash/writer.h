#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "daemon/crypto/device_key.h"
#include "daemon/loop/timer.h"
#include "daemon/net/client_connection.h"
#include "daemon/net/mask_source.h"
#include "daemon/net/workbench.h"
#include "tests/sim/chance.h"
#include "tests/sim/text_ledger.h"
#include "tests/support/connect_client.h"
#include "tests/support/connect_dialer.h"

namespace plait::crash {

/// Somebody who types without a pause, over a real connection, and comes back by himself
/// whenever it breaks.
class Writer {
 public:
  /// What all writers share; outlives them.
  struct Around {
    net::Workbench& bench;
    net::MaskSource& masks;
    std::function<net::ClientTarget()> target;
    sim::TextLedger& ledger;
    std::function<char32_t()> new_character;
  };
  Writer(Around around, std::size_t number, const crypto::DeviceKey& device,
         const std::string& workspace, const std::string& document, sim::Chance chance);

  void starts_typing();
  void stops_typing() { typing_.stop(); }

  [[nodiscard]] bool is_saved() const { return client_.is_ready() && open_.is_saved(); }
  [[nodiscard]] std::string text() const { return open_.text(); }
  /// What the server has ever said is on disk.
  [[nodiscard]] const std::vector<std::string>& acknowledged();
  /// What the server did that it may not do; empty: nothing.
  [[nodiscard]] std::string complaint() const;

 private:
  void dial();
  void type();

  Around around_;
  const std::size_t number_;
  sim::Chance chance_;
  support::ConnectClient client_;
  support::ConnectDocument& open_;
  std::vector<std::string> acknowledged_;
  support::ConnectDialer dialer_;
  loop::Timer redial_;
  loop::Timer typing_;
};

}  // namespace plait::crash
