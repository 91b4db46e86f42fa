#include "daemon/app/doctor.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <unistd.h>

#include "daemon/app/admin_print.h"
#include "daemon/app/daemon_client.h"
#include "daemon/app/home.h"
#include "daemon/app/server_probe.h"
#include "daemon/app/terminal.h"
#include "daemon/crypto/host_name.h"
#include "daemon/support/clock.h"
#include "protocol/jsonrpc/fields.h"

namespace plait::app {
namespace {

/// A tree of as many folders can be watched; others have their own programs that watch.
constexpr std::uint64_t kFewWatches = 65'536;
constexpr std::uint64_t kFewInstances = 64;
constexpr std::uintmax_t kLittleSpace = std::uintmax_t{1} << 30;
/// Logins are signed with the time, and invites run out.
constexpr std::chrono::seconds kClockSlack{60};
/// A certificate that runs out sooner is renewed late.
constexpr std::chrono::days kRenewalTime{14};

enum class Verdict : std::uint8_t { Fine, Warning, Wrong };

constexpr std::array<jsonrpc::EnumName<Verdict>, 3> kVerdicts{{
    {Verdict::Fine, "fine"},
    {Verdict::Warning, "warning"},
    {Verdict::Wrong, "wrong"},
}};
constexpr const auto& names_of(Verdict /*any*/) noexcept { return kVerdicts; }

struct Finding {
  std::string about;
  Verdict verdict = Verdict::Fine;
  std::string text;
  std::optional<std::string> fix;

  static void describe(auto& self, auto& field) {
    field("about", self.about);
    field("verdict", self.verdict);
    field("text", self.text);
    field("fix", self.fix);
  }
};

using Findings = std::vector<Finding>;

// --- This machine ------------------------------------------------------------------------

void look_at_home(Findings& findings) {
  const auto folder = home_folder();
  const auto home = folder ? Home::open(*folder) : Result<Home>(Failure{folder.error()});
  if (home) return findings.push_back({"home", Verdict::Fine, home->folder(), {}});
  findings.push_back({"home", Verdict::Wrong, home.error().message,
                      "set PLAIT_HOME to a folder of your own that nobody else may look into"});
}

void look_at_daemon(Findings& findings) {
  const std::string mine = this_program().version;
  const auto client = DaemonClient::connect(DaemonDialer::Missing::Fail, {});
  if (!client && client.error().code == ErrorCode::NotFound) {
    findings.push_back({"daemon", Verdict::Fine, "none runs; this program is " + mine, {}});
  } else if (!client) {
    findings.push_back({"daemon", Verdict::Wrong, client.error().message,
                        "end it, and have `plait share` or your editor start it again"});
  } else if (const auto& daemon = (*client)->daemon(); daemon.server.version != mine) {
    findings.push_back(
        {"daemon", Verdict::Warning,
         "it is version " + shown(daemon.server.version) + ", and this program is " + mine,
         "restart your editors, so that all use one version"});
  } else {
    findings.push_back({"daemon",
                        Verdict::Fine,
                        "version " + mine + ", process " + std::to_string(daemon.process),
                        {}});
  }
}

void look_at_watches(Findings& findings) {
  struct Limit {
    const char* name;
    std::uint64_t few;
    const char* enough;
  };
  for (const Limit& limit : {Limit{"max_user_watches", kFewWatches, "524288"},
                             Limit{"max_user_instances", kFewInstances, "512"}}) {
    std::ifstream file(std::string("/proc/sys/fs/inotify/") + limit.name);
    std::uint64_t count = 0;
    file >> count;
    const std::string text = std::string(limit.name) + " is " + std::to_string(count);
    if (!file || count >= limit.few) {
      findings.push_back(
          {"watching files", Verdict::Fine, file ? text : "no limit is known", {}});
    } else {
      findings.push_back(
          {"watching files", Verdict::Warning,
           text + ": changes in large folders may be seen late",
           std::string("sudo sysctl fs.inotify.") + limit.name + "=" + limit.enough});
    }
  }
}

void look_at_space(Findings& findings, const std::string& about, const std::string& folder) {
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (error) {
    findings.push_back({about, Verdict::Warning, folder + ": " + error.message(), {}});
    return;
  }
  const std::string text =
      size_text(static_cast<std::int64_t>(space.available)) + " are free in " + folder;
  if (space.available >= kLittleSpace) {
    findings.push_back({about, Verdict::Fine, text, {}});
  } else {
    findings.push_back({about, Verdict::Warning, text,
                        "make room: without it nothing that others write can be kept here"});
  }
}

void look_at_folder(Findings& findings, const std::string& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    if (!error) error = std::make_error_code(std::errc::not_a_directory);
  } else if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    error.assign(errno, std::generic_category());
  } else {
    return look_at_space(findings, "folder", folder);
  }
  findings.push_back({"folder", Verdict::Wrong, folder + ": " + error.message(),
                      "share and join folders that you may read and write"});
}

// --- The way to a server -----------------------------------------------------------------

constexpr const char* kProxyFix = "look at HTTPS_PROXY and NO_PROXY";

/// What a person can do about it, as far as the words of the failure tell.
std::string fix_of(std::string_view why) {
  struct Known {
    std::string_view words;
    const char* fix;
  };
  static constexpr Known kKnown[] = {
      {"fingerprint", "ask for a new link: this one is for another server"},
      {"self-signed", "use a link: it has the fingerprint of such a server"},
      {"expired", "whoever runs the server has to renew its certificate"},
      {"not yet valid", "look at this machine's clock"},
      {"mismatch", "use the name that the server's certificate is for"},
      {"issuer", "name the file of the authority in PLAIT_CA_FILE, if you trust it"},
      {"refused", "is the server running, and is that its port?"},
      {"unreachable", "are both machines in the same network, and awake?"},
      {"in time", "a firewall on the way may drop what is sent: open the port there"},
      {"timed out", "a firewall on the way may drop what is sent: open the port there"},
  };
  for (const Known& known : kKnown) {
    if (why.find(known.words) != std::string_view::npos) return known.fix;
  }
  return "ask who runs the server whether something else listens there";
}

/// Whether there is somebody to talk to.
bool look_at_way(Findings& findings, const std::string& host, std::uint16_t port) {
  if (crypto::kind_of_host(host) == crypto::HostKind::Name) {
    const auto addresses = look_up(host);
    if (!addresses) {
      findings.push_back({"name", Verdict::Wrong, host + ": " + addresses.error().message,
                          "look at the name, and at this machine's DNS"});
      return false;
    }
    std::string text = host + " is";
    for (const std::string& address : *addresses) text += " " + address;
    findings.push_back({"name", Verdict::Fine, std::move(text), {}});
  }
  const std::string place = host + ":" + std::to_string(port);
  const auto reached = reach(host, port);
  if (reached) {
    findings.push_back({"connection", Verdict::Fine, place + " can be reached", {}});
  } else {
    const std::string& why = reached.error().message;
    findings.push_back({"connection", Verdict::Wrong, why, fix_of(why)});
  }
  return reached.has_value();
}

/// One that is known by its fingerprint may have run out: that is no reason to distrust it.
void look_at_certificate(Findings& findings, WallTime expires, bool is_pinned) {
  const std::string text = "good until " + text_of(expires);
  const auto left = std::chrono::milliseconds(expires.ms - SystemClock().wall().ms);
  if (is_pinned || left > kRenewalTime) {
    findings.push_back({"certificate", Verdict::Fine, text, {}});
  } else {
    findings.push_back({"certificate", left.count() > 0 ? Verdict::Warning : Verdict::Wrong,
                        text, fix_of("expired")});
  }
}

void compare_clocks(Findings& findings, WallTime theirs) {
  const auto off = std::chrono::milliseconds(SystemClock().wall().ms - theirs.ms);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(off).count();
  if (off < kClockSlack && off > -kClockSlack) {
    findings.push_back({"clock", Verdict::Fine, "as the server's", {}});
    return;
  }
  findings.push_back({"clock", Verdict::Wrong,
                      "this machine's clock is " + std::to_string(std::abs(seconds)) +
                          " seconds " + (seconds > 0 ? "ahead of" : "behind") + " the server's",
                      "set the clock, best by NTP: `timedatectl set-ntp true`"});
}

void look_at_server(Findings& findings, const std::string& text) {
  const auto target = parse_probe_target(text);
  if (!target) {
    findings.push_back({"server", Verdict::Wrong, target.error().message, {}});
    return;
  }
  const auto proxy = proxy_for(*target);
  if (!proxy) {
    findings.push_back({"proxy", Verdict::Wrong, proxy.error().message, kProxyFix});
    return;
  }
  if (*proxy) {
    const std::string place = (*proxy)->host + ":" + std::to_string((*proxy)->port);
    findings.push_back({"proxy", Verdict::Fine, place, {}});
  }
  const bool is_there = *proxy ? look_at_way(findings, (*proxy)->host, (*proxy)->port)
                               : look_at_way(findings, target->host, target->port);
  if (!is_there) return;
  const Visit visit = visit_server(*target, *proxy);
  const bool is_pinned = target->fingerprint.has_value();
  if (visit.certificate_expires) {
    look_at_certificate(findings, *visit.certificate_expires, is_pinned);
  }
  if (!visit.tls.empty()) {
    findings.push_back({"TLS",
                        Verdict::Fine,
                        visit.tls + (is_pinned ? ", the server is known by its fingerprint"
                                               : ", the server is known by its certificate"),
                        {}});
  }
  if (!visit.answer) {
    const std::string why = shown(visit.answer.error().message);
    const bool is_proxys = *proxy && !visit.certificate_expires;
    findings.push_back({visit.tls.empty() ? is_proxys ? "proxy" : "TLS" : "server",
                        Verdict::Wrong, why, is_proxys ? kProxyFix : fix_of(why)});
    return;
  }
  findings.push_back({"server", Verdict::Fine, "version " + shown(visit.answer->version), {}});
  compare_clocks(findings, visit.answer->time);
}

// --- The report --------------------------------------------------------------------------

void print_findings(const Findings& findings) {
  static constexpr const char* kMarks[] = {"ok     ", "warning", "WRONG  "};
  for (const Finding& finding : findings) {
    std::cout << kMarks[static_cast<std::size_t>(finding.verdict)] << "  " << finding.about
              << ": " << finding.text << '\n';
    if (finding.fix) std::cout << "         -> " << *finding.fix << '\n';
  }
}

}  // namespace

Result<int> examine(const DoctorOptions& options) {
  Findings findings;
  look_at_home(findings);
  look_at_daemon(findings);
  look_at_watches(findings);
  if (const auto home = home_folder()) look_at_space(findings, "home", *home);
  look_at_folder(findings, options.folder);
  if (options.target) look_at_server(findings, *options.target);
  bool is_wrong = false;
  for (const Finding& finding : findings) is_wrong |= finding.verdict == Verdict::Wrong;
  if (options.json) {
    std::cout << jsonrpc::write_json(jsonrpc::to_json(findings)) << '\n';
  } else {
    print_findings(findings);
  }
  return is_wrong ? 1 : 0;
}

}  // namespace plait::app
