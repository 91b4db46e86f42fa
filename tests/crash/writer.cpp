#include "tests/crash/writer.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace plait::crash {
namespace {

using namespace std::chrono_literals;

/// Longer texts are erased in part, so that a round costs as much as the first.
constexpr std::size_t kEnough = 2000;

support::ConnectClient::Config config_of(std::size_t number, const crypto::DeviceKey& device,
                                         const std::string& workspace) {
  support::ConnectClient::Config config;
  config.name = "Writer " + std::to_string(number);
  config.device = &device;
  config.workspace = workspace;
  config.replica = "writer-" + std::to_string(number);
  return config;
}

}  // namespace

Writer::Writer(Around around, std::size_t number, const crypto::DeviceKey& device,
               const std::string& workspace, const std::string& document, sim::Chance chance)
    : around_(std::move(around)),
      number_(number),
      chance_(chance),
      client_(config_of(number, device, workspace)),
      open_(client_.opens(document)),
      dialer_(around_.bench, around_.masks, client_),
      redial_(around_.bench.loop(), [this] { dial(); }),
      typing_(around_.bench.loop(), [this] { type(); }) {
  dialer_.when_closed([this] { redial_.start(chance_.between(5ms, 100ms)); });
  dial();
}

void Writer::dial() {
  if (!dialer_.dials(around_.target())) redial_.start(20ms);
}

void Writer::starts_typing() { typing_.start(1ms); }

void Writer::type() {
  typing_.start(chance_.between(1ms, 12ms));
  if (open_.refused()) return client_.reopens(open_);
  if (!open_.has_client()) return;
  const std::vector<char32_t> all = sim::characters(open_.text());
  const auto units = [&](std::size_t begin, std::size_t end) {
    std::size_t sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += all[i] < 0x10000 ? 1U : 2U;
    return sum;
  };
  const std::size_t at = chance_.below(all.size() + 1);
  if (at < all.size() && (all.size() > kEnough || chance_.one_in(5))) {
    const std::size_t end = std::min(all.size(), at + 1 + chance_.below(20));
    for (std::size_t i = at; i < end; ++i) around_.ledger.erased(number_, all[i]);
    return open_.erases(units(0, at), units(at, end));
  }
  std::string text;
  for (std::size_t i = 1 + chance_.below(4); i > 0; --i) {
    const char32_t character = around_.new_character();
    around_.ledger.typed(number_, character);
    sim::append_character(text, character);
  }
  open_.types(units(0, at), text);
}

const std::vector<std::string>& Writer::acknowledged() {
  std::ranges::move(open_.take_acknowledged(), std::back_inserter(acknowledged_));
  return acknowledged_;
}

std::string Writer::complaint() const {
  if (open_.hashes_different() > 0) return "a text hash that is not the text's";
  return client_.complaints().empty() ? "" : client_.complaints().front();
}

}  // namespace plait::crash
