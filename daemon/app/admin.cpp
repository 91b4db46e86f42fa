#include "daemon/app/admin.h"

#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

#include <sys/stat.h>
#include <unistd.h>

#include "daemon/app/admin_print.h"
#include "daemon/app/admin_socket.h"
#include "daemon/app/back_office.h"
#include "daemon/app/mailbox.h"
#include "daemon/app/open_folder.h"
#include "daemon/crypto/random.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/pipe_connector.h"
#include "daemon/loop/pipe_stream.h"
#include "daemon/store/sqlite_server_store.h"
#include "daemon/support/clock.h"
#include "protocol/jsonrpc/frame_reader.h"
#include "protocol/jsonrpc/message.h"

namespace plait::app {
namespace {

namespace admin = messages::admin;
using store::SqliteServerStore;

// --- A server that runs ------------------------------------------------------------------

/// Sends one message over a socket and waits for one.
class Caller final : private loop::StreamHandler {
 public:
  explicit Caller(std::string body) : body_(std::move(body)) {}

  Result<std::string> call(const std::string& socket) {
    auto connector = loop::PipeConnector::connect(
        loop_, socket, [this](Result<std::unique_ptr<loop::PipeStream>> stream) {
          if (!stream) return end(forward_error(stream));
          stream_ = *std::move(stream);
          stream_->start_reading(*this);
          stream_->write(jsonrpc::framed(body_));
        });
    if (!connector) return forward_error(connector);
    loop_.run();
    stream_.reset();
    return std::move(answer_);
  }
  /// Whether somebody listened there.
  [[nodiscard]] bool was_connected() const noexcept { return connected_; }

 private:
  void on_bytes(std::span<char> bytes) override {
    reader_.feed({bytes.data(), bytes.size()});
    auto answer = reader_.next();
    if (!answer) return end(forward_error(answer));
    if (*answer) end(**std::move(answer));
  }
  void on_end() override { end(fail(ErrorCode::System, "the server hung up")); }
  void on_failed(const Error& error) override { end(Failure{error}); }
  void on_drained() override {}

  void end(Result<std::string> answer) {
    connected_ = stream_ != nullptr;
    answer_ = std::move(answer);
    loop_.stop();
  }

  const std::string body_;
  loop::Loop loop_;
  std::unique_ptr<loop::PipeStream> stream_;
  jsonrpc::FrameReader reader_{admin::kMaxMessageBytes};
  bool connected_ = false;
  Result<std::string> answer_ = fail(ErrorCode::System, "the server did not answer");
};

// --- No server ---------------------------------------------------------------------------

/// Files that somebody else makes in the folder, root for one, would keep the server out of it.
Result<void> check_owner(const std::string& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0 || status.st_uid == ::geteuid()) return {};
  return fail(ErrorCode::Refused, "no server runs over " + folder +
                                      ", and the folder is another user's: be the "
                                      "user that the server runs as, or start it");
}

/// Does what a server would do, with the store that it would have.
Result<std::string> do_it_here(const std::string& folder, const std::string& body) {
  if (auto mine = check_owner(folder); !mine) return forward_error(mine);
  loop::Loop loop;
  const SystemClock clock;
  crypto::SystemRandom random;
  Mailbox mailbox(loop);
  SqliteServerStore::Options options;
  options.folder = folder;
  options.post = [&mailbox](std::function<void()> call) { mailbox.post(std::move(call)); };
  auto store = SqliteServerStore::open(std::move(options), clock, random);
  if (!store) return forward_error(store);
  // However many members there may be is for whoever runs the server; here it is the operator.
  const people::Directory::Limits limits{.members = messages::connect::kMaxMembers};
  auto office = BackOffice::open(folder, limits, **store, loop, clock, random);
  if (!office) return forward_error(office);
  std::optional<std::string> answer;
  bool running = false;
  (*office)->desk.receive(body, [&](std::string reply) {
    answer = std::move(reply);
    if (running) loop.stop();
  });
  running = !answer;
  if (running) loop.run();
  if (!answer) return fail(ErrorCode::System, "there was no answer");
  return *std::move(answer);
}

// --- Either ------------------------------------------------------------------------------

Result<std::string> ask(const AdminOptions& options, const std::string& body) {
  const auto folder = OpenFolder::open(options.data);
  std::optional<Error> not_reached;
  if (folder) {
    Caller caller(body);
    auto answer = caller.call(folder->path_of(kAdminSocket));
    if (answer || caller.was_connected()) return answer;
    not_reached = answer.error();
  }
  const bool makes_something = std::holds_alternative<admin::CreateWorkspace>(options.request);
  if (!makes_something && !std::filesystem::exists(options.data + "/plait.db")) {
    return fail(ErrorCode::NotFound,
                "there is no server's data in " + options.data +
                    ": say --data DIR as `plait serve` did, and be the user that it runs as");
  }
  auto answer = do_it_here(options.data, body);
  if (answer || !not_reached) return answer;
  return fail(answer.error().code,
              answer.error().message + "; nor does a server answer: " + not_reached->message);
}

template <class M>
Result<int> carry_out(const M& message, const AdminOptions& options) {
  const std::string body = jsonrpc::write_message(jsonrpc::Request{
      std::int64_t{1}, std::string(M::kMethod), jsonrpc::write_fields(message)});
  const auto answer = ask(options, body);
  if (!answer) return fail(answer.error().code, answer.error().message);
  const jsonrpc::Message parsed = jsonrpc::parse_message(*answer, admin::kLimits);
  if (const auto* error = std::get_if<jsonrpc::ErrorResponse>(&parsed)) {
    return fail(ErrorCode::Refused, error->error.message);
  }
  const auto* response = std::get_if<jsonrpc::Response>(&parsed);
  if (response == nullptr) return fail(ErrorCode::Malformed, "the answer is none");
  const auto reply = jsonrpc::read_fields<typename M::Reply>(response->result, "result");
  if (!reply) return fail(reply.error().code, reply.error().message);
  if (options.json) {
    std::cout << jsonrpc::write_json(response->result) << '\n';
  } else {
    print(*reply, {std::cout, std::cerr});
  }
  if constexpr (std::is_same_v<M, admin::Verify>) return reply->findings.empty() ? 0 : 1;
  return 0;
}

/// The server has another working folder than whoever asks.
Result<void> make_absolute(admin::Backup& backup) {
  std::error_code error;
  const auto path = std::filesystem::absolute(backup.file, error);
  if (error) return fail(ErrorCode::System, backup.file + ": " + error.message());
  backup.file = path.string();
  return {};
}

}  // namespace

Result<int> administer(const AdminOptions& given) {
  AdminOptions options = given;
  if (auto* backup = std::get_if<admin::Backup>(&options.request)) {
    if (auto absolute = make_absolute(*backup); !absolute) return forward_error(absolute);
  }
  return std::visit([&](const auto& message) { return carry_out(message, options); },
                    options.request);
}

}  // namespace plait::app
