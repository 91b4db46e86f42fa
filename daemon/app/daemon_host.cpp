#include "daemon/app/daemon_host.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/app/boot_file.h"
#include "daemon/app/daemon_hello.h"
#include "daemon/app/process_limits.h"
#include "daemon/app/server_probe.h"
#include "daemon/crypto/fingerprint.h"
#include "daemon/editor/session.h"
#include "daemon/folder/real_disk.h"
#include "daemon/store/private_files.h"
#include "daemon/sync/dialer.h"

namespace plait::app {
namespace {

constexpr const char* kLoopback = "127.0.0.1";

/// As a program of the person makes them; what this process makes is nobody else's.
void make_folders(const std::filesystem::path& path, std::error_code& error) {
  if (std::filesystem::exists(path, error) || error) return;
  if (path.has_relative_path()) make_folders(path.parent_path(), error);
  if (error || !std::filesystem::create_directory(path, error)) return;
  std::filesystem::permissions(
      path, std::filesystem::perms::all & ~std::filesystem::perms{umask_of_person()}, error);
}

/// A session on real connections.
class RealConnection final : public workspace::Connection {
 public:
  template <class... Parts>
  explicit RealConnection(Parts&&... parts) : dialer_(std::forward<Parts>(parts)...) {
    dialer_.start();
  }
  void try_now() override { dialer_.try_now(); }

 private:
  sync::Dialer dialer_;
};

}  // namespace

/// An editor's session on its socket.
class ShelfPeer final : public EditorPeer, private editor::Line {
 public:
  ShelfPeer(DaemonHost& host, EditorLine& line, workspace::Shelf& shelf)
      : host_(host), line_(line), session_(*this, shelf, this_program()) {
    host_.peers_.push_back(this);
  }
  ~ShelfPeer() override { host_.peers_.remove(this); }

  void receive(std::string_view body) override { session_.receive(body); }
  [[nodiscard]] bool has_had(const std::string& file, std::string_view text) const {
    return session_.has_had(file, text);
  }

 private:
  // editor::Line
  void send(std::string_view body) override { line_.send(body); }
  void close() override { line_.close(); }

  DaemonHost& host_;
  EditorLine& line_;
  editor::Session session_;
};

// Beginning and ending ------------------------------------------------------------------------

Result<std::unique_ptr<EditorHost>> DaemonHost::start(loop::Loop& loop, const Home& home) {
  crypto::SystemRandom random;
  auto device = crypto::DeviceKey::load_or_generate(home.path_of(kDeviceKey), random);
  if (!device) return forward_error(device);
  auto tls = client_tls();
  if (!tls) return forward_error(tls);
  std::unique_ptr<DaemonHost> host(
      new DaemonHost(loop, home, *std::move(device), *std::move(tls)));
  if (auto opened = host->open(); !opened) return forward_error(opened);
  return std::unique_ptr<EditorHost>(std::move(host));
}

DaemonHost::DaemonHost(loop::Loop& loop, const Home& home, crypto::DeviceKey device,
                       net::TlsContext tls)
    : loop_(loop),
      home_(home),
      device_(std::move(device)),
      tls_(std::move(tls)),
      mailbox_(loop),
      bench_(loop, clock_),
      masks_(random_),
      deadline_(loop, [this] {
        deadline_at_.reset();
        agenda_.advance(clock_.now());
      }) {}

DaemonHost::~DaemonHost() {
  shelf_.reset();
  server_.reset();
  bench_.end_of_turn();
}

Result<void> DaemonHost::open() {
  auto store = store::SqliteReplicaStore::open(
      {.folder = home_.path_of(kReplicaFolder),
       .post = [this](std::function<void()> call) { mailbox_.post(std::move(call)); },
       .on_commit = {}},
      clock_);
  if (!store) return forward_error(store);
  store_ = *std::move(store);
  shelf_ = std::make_unique<workspace::Shelf>(workspace::Shelf::Parts{
      *store_, *this, agenda_, clock_, random_, device_, this_program()});
  shelf_->set_buffers(
      [this](const std::string& file, std::string_view text) { return has_had(file, text); });
  return shelf_->load();
}

std::unique_ptr<EditorPeer> DaemonHost::welcome(EditorLine& line) {
  return std::make_unique<ShelfPeer>(*this, line, *shelf_);
}

bool DaemonHost::has_had(const std::string& file, std::string_view text) const {
  return std::ranges::any_of(peers_,
                             [&](const ShelfPeer* peer) { return peer->has_had(file, text); });
}

void DaemonHost::end_of_turn() {
  agenda_.advance(clock_.now());
  shelf_->end_of_turn();
  if (server_) server_->end_of_turn();
  bench_.end_of_turn();
  const auto next = agenda_.next();
  if (next == deadline_at_) return;
  deadline_at_ = next;
  if (!next) {
    deadline_.stop();
    return;
  }
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - clock_.now());
  deadline_.start(std::max(wait, std::chrono::milliseconds{0}));
}

void DaemonHost::drain() {
  shelf_->seal();
  if (server_) server_->drain();
}

bool DaemonHost::is_drained() const {
  return store_->queued_bytes() == 0 && (!server_ || server_->is_drained());
}

// The machine ---------------------------------------------------------------------------------

Result<std::string> DaemonHost::real_folder(const std::string& path, bool makes) {
  std::error_code error;
  if (makes) make_folders(path, error);
  if (error) return fail(ErrorCode::System, path + " cannot be made: " + error.message());
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  if (error) return fail(ErrorCode::NotFound, path + ": " + error.message());
  if (!std::filesystem::is_directory(real, error)) {
    return fail(ErrorCode::Refused, path + " is no folder");
  }
  if (auto apart = home_.check_apart(real.string()); !apart) return forward_error(apart);
  return real.string();
}

Result<std::unique_ptr<folder::Disk>> DaemonHost::open_disk(const std::string& workspace,
                                                            const std::string& folder) {
  const std::string rules = home_.path_of(kRulesFolder);
  if (auto made = store::make_private_folder(rules); !made) return forward_error(made);
  auto disk = folder::RealDisk::open(
      loop_,
      {.folder = folder, .state_folder = rules + "/" + workspace, .umask = umask_of_person()},
      clock_, random_);
  if (!disk) return forward_error(disk);
  return std::unique_ptr<folder::Disk>(*std::move(disk));
}

Result<std::unique_ptr<workspace::BlackBoxFile>> DaemonHost::open_black_box(
    const std::string& workspace) {
  const std::string folder = home_.path_of(kBuffersFolder);
  if (auto made = store::make_private_folder(folder); !made) return forward_error(made);
  return std::unique_ptr<workspace::BlackBoxFile>(
      std::make_unique<BootFile>(folder + "/" + workspace));
}

std::unique_ptr<workspace::Connection> DaemonHost::connect(
    sync::Session& session, const workspace::ServerPlace& server) {
  // A proxy that cannot be understood is none: `plait doctor` tells what is wrong with it.
  auto proxy = proxy_for({server.host, server.port, server.fingerprint});
  return std::make_unique<RealConnection>(
      bench_, masks_, random_, &tls_, session,
      sync::ServerAddress{server.host, server.port, server.fingerprint,
                          proxy ? *std::move(proxy) : std::nullopt});
}

// The server in here --------------------------------------------------------------------------

Result<EmbeddedServer*> DaemonHost::server() {
  if (!server_) {
    auto started =
        EmbeddedServer::start(home_.path_of(kServerFolder), {loop_, clock_, random_, metrics_});
    if (!started) return forward_error(started);
    server_ = *std::move(started);
  }
  return server_.get();
}

Result<workspace::ServerPlace> DaemonHost::embedded_server() {
  auto own = server();
  if (!own) return forward_error(own);
  return workspace::ServerPlace{kLoopback, (*own)->port(), (*own)->fingerprint()};
}

void DaemonHost::make_workspace(const std::string& name,
                                std::function<void(Result<crypto::InviteLink>)> then) {
  auto own = server();
  if (!own) {
    then(forward_error(own));
    return;
  }
  (*own)->create_workspace(name, std::move(then));
}

Result<workspace::ServerPlace> DaemonHost::public_place(const std::string& wanted_host) {
  auto own = server();
  if (!own) return forward_error(own);
  return workspace::ServerPlace{wanted_host.empty() ? (*own)->host() : wanted_host,
                                (*own)->port(), (*own)->fingerprint()};
}

}  // namespace plait::app
