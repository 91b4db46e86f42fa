// plait_crash: kills a server that people write on, again and again.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/document.h"
#include "daemon/crypto/fingerprint.h"
#include "daemon/crypto/random.h"
#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/timer.h"
#include "daemon/net/tls.h"
#include "protocol/base/assert.h"
#include "tests/crash/disk.h"
#include "tests/crash/writer.h"
#include "tests/support/plait_serve.h"
#include "tests/support/temporary_folder.h"

namespace plait::crash {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kUsage =
    "usage: plait_crash --plait PROGRAM [--rounds N] [--seed S]\n"
    "\n"
    "  --plait PROGRAM   the server to kill\n"
    "  --rounds N        how often (20)\n"
    "  --seed S          when, and what is written meanwhile (1)\n";

const std::string kWorkspace = "w";
const std::string kDocument = "f-1";
constexpr std::size_t kWriters = 4;
/// How long everybody may take to be saved once the server is left alone.
constexpr std::chrono::seconds kPatience{60};

struct Options {
  std::string plait;
  std::uint64_t rounds = 20;
  std::uint64_t seed = 1;
};

std::optional<Options> parse(std::span<char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    const std::string_view name = arguments[i];
    const std::string_view value = arguments[i + 1];
    if (name == "--plait") {
      options.plait = value;
      continue;
    }
    std::uint64_t* const number = name == "--rounds" ? &options.rounds
                                  : name == "--seed" ? &options.seed
                                                     : nullptr;
    if (number == nullptr) return std::nullopt;
    const auto [end, error] = std::from_chars(value.begin(), value.end(), *number);
    if (error != std::errc{} || end != value.end()) return std::nullopt;
  }
  if (arguments.size() % 2 != 0 || options.plait.empty()) return std::nullopt;
  return options;
}

/// The server, those who write on it, and what has to be true after each of its deaths.
class Harness {
 public:
  explicit Harness(const Options& options)
      : chance_(options.seed),
        server_(options.plait, folder_ / "data", folder_ / "log"),
        disk_(folder_ / "data"),
        tls_(net::TlsContext::client().value()) {
    found_workspace();
    server_.start();
    for (std::size_t i = 0; i < kWriters; ++i) {
      writers_.push_back(
          std::make_unique<Writer>(Writer::Around{bench_, masks_, [this] { return target(); },
                                                  ledger_, [this] { return new_character(); }},
                                   i, devices_[i], kWorkspace, kDocument, chance_.fork(i)));
    }
  }

  /// Writes for a moment, kills, looks at the disk, starts again. What is wrong, if anything
  /// is.
  std::optional<std::string> round() {
    for (const auto& writer : writers_) writer->starts_typing();
    run_for(chance_.between(30ms, 500ms));
    server_.kill();
    std::optional<std::string> problem = check_disk();
    if (chance_.one_in(2)) run_for(chance_.between(1ms, 300ms));  // they write all the same
    server_.start();
    return problem;
  }

  /// Nothing is killed any more: everybody is saved, and has all that was ever written.
  std::optional<std::string> end() {
    for (const auto& writer : writers_) writer->stops_typing();
    if (!run_until_saved()) return "somebody is not saved a minute after the last start";
    const std::string text = writers_.front()->text();
    for (const auto& writer : writers_) {
      if (writer->text() != text) return "texts differ in the end";
      if (!writer->complaint().empty()) return "somebody got " + writer->complaint();
    }
    if (auto problem = ledger_.problem(text)) return problem;
    server_.kill();
    return check_disk();
  }

  /// How much was acknowledged, of how many characters.
  void tell() {
    std::size_t acknowledged = 0;
    for (const auto& writer : writers_) acknowledged += writer->acknowledged().size();
    std::printf("%zu writers, %u characters, %zu updates acknowledged\n", writers_.size(),
                static_cast<unsigned>(next_character_ - kFirstCharacter), acknowledged);
  }

 private:
  static constexpr char32_t kFirstCharacter = 0x20000;

  void found_workspace() {
    std::vector<store::Record> records;
    records.emplace_back(store::WorkspaceRecord{kWorkspace, "Workspace", clock_.wall()});
    for (std::size_t i = 0; i < kWriters; ++i) {
      devices_.push_back(crypto::DeviceKey::generate(random_).value());
      store::MemberRecord member;
      member.workspace = kWorkspace;
      member.id = member.name = "writer-" + std::to_string(i);
      member.role = i == 0 ? "owner" : "editor";
      member.joined = clock_.wall();
      member.devices = {devices_[i].public_key().bytes};
      records.emplace_back(std::move(member));
    }
    disk_.put(std::move(records));
  }

  [[nodiscard]] net::ClientTarget target() const {
    net::ClientTarget target;
    target.host = "127.0.0.1";
    target.port = server_.port();
    target.tls = &tls_;
    target.fingerprint = crypto::Fingerprint::parse(server_.fingerprint()).value();
    return target;
  }

  char32_t new_character() { return next_character_++; }

  void run_for(std::chrono::microseconds time) {
    loop::Timer timer(loop_, [this] { loop_.stop(); });
    timer.start(time);
    loop_.run();
  }

  bool run_until_saved() {
    bool all_are = false;
    loop::Timer look(loop_, [&] {
      all_are = std::all_of(writers_.begin(), writers_.end(),
                            [](const auto& writer) { return writer->is_saved(); });
      if (all_are) loop_.stop();
    });
    look.start(50ms, 50ms);
    run_for(kPatience);
    if (all_are) run_for(500ms);  // what one has brought last reaches the others
    return all_are;
  }

  /// Everything that was acknowledged is there, while no server runs.
  std::optional<std::string> check_disk() {
    crdt::Document document({});
    for (const std::string& update : disk_.updates_of(kWorkspace, kDocument)) {
      if (!document.apply(update)) return "something on disk is no update";
    }
    if (document.has_pending()) return "the log on disk has a hole";
    for (const auto& writer : writers_) {
      for (const std::string& update : writer->acknowledged()) {
        if (document.apply(update) && !document.changed() && !document.has_pending()) continue;
        return "something was acknowledged that is not on disk";
      }
    }
    return ledger_.foreign_in(document.to_string(document.text("content")));
  }

  sim::Chance chance_;
  support::TemporaryFolder folder_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  support::PlaitServe server_;
  Disk disk_;
  net::TlsContext tls_;
  std::vector<crypto::DeviceKey> devices_;
  sim::TextLedger ledger_;
  char32_t next_character_ = kFirstCharacter;

  loop::Loop loop_;
  net::MaskSource masks_{random_};
  net::Workbench bench_{loop_, clock_};
  loop::EndOfTurn end_of_turn_{loop_, [this] { bench_.end_of_turn(); }};
  std::vector<std::unique_ptr<Writer>> writers_;
};

int run(const Options& options) {
  Harness harness(options);
  std::uint64_t failed = 0;
  for (std::uint64_t round = 1; round <= options.rounds; ++round) {
    const auto problem = round == options.rounds
                             ? [&] {
                                 auto found = harness.round();
                                 return found ? found : harness.end();
                               }()
                             : harness.round();
    if (!problem) continue;
    ++failed;
    std::printf("round %llu of seed %llu: %s\n", static_cast<unsigned long long>(round),
                static_cast<unsigned long long>(options.seed), problem->c_str());
  }
  harness.tell();
  std::printf("%llu passed, %llu failed\n",
              static_cast<unsigned long long>(options.rounds - failed),
              static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace plait::crash

int main(int count, char** arguments) {
  const auto options =
      plait::crash::parse(std::span(arguments, static_cast<std::size_t>(count)).subspan(1));
  if (!options) {
    std::fputs(plait::crash::kUsage.data(), stderr);
    return 2;
  }
  return plait::crash::run(*options);
}
