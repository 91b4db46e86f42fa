#include "daemon/app/daemon_dialer.h"

#include <utility>
#include <variant>

#include "daemon/app/daemon_command.h"
#include "protocol/jsonrpc/fields.h"
#include "protocol/jsonrpc/message.h"

namespace plait::app {
namespace {

constexpr jsonrpc::JsonLimits kGreetingLimits{
    .max_bytes = kMaxGreetingBytes, .max_depth = 8, .max_values = 100};

template <class M>
std::string request_of(const M& message) {
  return jsonrpc::framed(jsonrpc::write_message(jsonrpc::Request{
      std::int64_t{0}, std::string(M::kMethod), jsonrpc::write_fields(message)}));
}

}  // namespace

DaemonDialer::DaemonDialer(loop::Loop& loop, const Home& home, Missing missing, OnDone on_done)
    : loop_(loop),
      home_(home),
      missing_(missing),
      on_done_(std::move(on_done)),
      pause_(loop, [this] { dial(); }),
      deadline_(loop, [this] { end(fail(ErrorCode::System, trouble_)); }) {
  deadline_.start(kDialTime);
  again(std::chrono::milliseconds{0});
}

void DaemonDialer::again(std::chrono::milliseconds after) {
  stream_.reset();
  is_waiting_for_end_ = false;
  pause_.start(after);
}

void DaemonDialer::dial() {
  auto connector =
      loop::PipeConnector::connect(loop_, home_.short_path_of(kDaemonSocket),
                                   [this](Result<std::unique_ptr<loop::PipeStream>> stream) {
                                     connected(std::move(stream));
                                   });
  if (!connector) return end(forward_error(connector));
  connector_ = *std::move(connector);
}

void DaemonDialer::connected(Result<std::unique_ptr<loop::PipeStream>> stream) {
  if (!stream) return not_there(stream.error());
  reader_ = jsonrpc::FrameReader(kMaxGreetingBytes);
  stream_ = *std::move(stream);
  stream_->start_reading(*this);
  DaemonHello hello;
  hello.client = this_program();
  stream_->write(request_of(hello));
}

void DaemonDialer::not_there(const Error& error) {
  trouble_ = "the daemon does not come: " + error.message;
  // One that begins does not listen yet, one that ends does not listen any more.
  if (DaemonLock::is_taken(home_)) return again(kDialPause);
  if (missing_ == Missing::Fail) return end(fail(ErrorCode::NotFound, "no daemon runs"));
  start();
}

void DaemonDialer::start() {
  struct Outcome {
    Result<void> started;
  };
  // Shared with the other thread, which has it to itself until it is done.
  const auto outcome = std::make_shared<Outcome>();
  // The thread may outlive this dialer, and with it the home that is open.
  starting_.emplace(
      loop_,
      [outcome, folder = home_.folder()] {
        auto home = Home::open(folder);
        outcome->started = home ? start_daemon(*home) : Result<void>(forward_error(home));
      },
      [this, outcome] {
        if (!outcome->started) return end(Failure{outcome->started.error()});
        again(std::chrono::milliseconds{0});
      });
}

void DaemonDialer::on_bytes(std::span<char> bytes) {
  reader_.feed({bytes.data(), bytes.size()});
  const auto body = reader_.next();
  if (!body) return end(fail(ErrorCode::Malformed, "what listens there is no daemon of Plait"));
  if (*body && !is_waiting_for_end_) greeted(**body);
}

void DaemonDialer::greeted(const std::string& body) {
  const jsonrpc::Message message = jsonrpc::parse_message(body, kGreetingLimits);
  const auto* response = std::get_if<jsonrpc::Response>(&message);
  const auto reply = response == nullptr
                         ? fail(ErrorCode::Malformed, "no answer")
                         : jsonrpc::read_fields<DaemonHello::Reply>(response->result, "result");
  if (!reply)
    return end(fail(ErrorCode::Malformed, "what listens there is no daemon of Plait"));
  decide(*reply);
}

void DaemonDialer::decide(const DaemonHello::Reply& daemon) {
  const messages::editor::Software me = this_program();
  if (missing_ == Missing::Start && is_newer(me.version, daemon.server.version) &&
      replacements_ < kMaxReplacements) {
    ++replacements_;
    is_waiting_for_end_ = true;
    trouble_ = "the daemon (version " + daemon.server.version + ", process " +
               std::to_string(daemon.process) + ") is older than this program and does not end";
    return stream_->write(request_of(DaemonStop{}));
  }
  if (daemon.protocol_version != messages::editor::kProtocolVersion) {
    return end(fail(ErrorCode::Unsupported,
                    "the daemon that runs is version " + daemon.server.version +
                        " and does not speak with version " + me.version +
                        ": update both, or end process " + std::to_string(daemon.process)));
  }
  stream_->stop_reading();
  end(Connected{std::move(stream_), daemon});
}

void DaemonDialer::end(Result<Connected> result) {
  deadline_.stop();
  pause_.stop();
  // Copied: the call may destroy this.
  const auto call = on_done_;
  call(std::move(result));
}

}  // namespace plait::app
