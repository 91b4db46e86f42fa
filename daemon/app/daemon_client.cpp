#include "daemon/app/daemon_client.h"

#include <utility>
#include <variant>

namespace plait::app {

namespace editor = messages::editor;
using jsonrpc::RpcError;
using jsonrpc::StandardError;

Result<std::unique_ptr<DaemonClient>> DaemonClient::connect(DaemonDialer::Missing missing,
                                                            Listener listener) {
  const auto folder = home_folder();
  if (!folder) return Failure{folder.error()};
  auto home = Home::open(*folder);
  if (!home) return forward_error(home);
  std::unique_ptr<DaemonClient> client(new DaemonClient(*std::move(home), std::move(listener)));
  if (auto dialled = client->dial(missing); !dialled) return forward_error(dialled);
  editor::Initialize initialize;
  initialize.protocol_version = editor::kProtocolVersion;
  initialize.client = {"plait command line", this_program().version};
  const auto welcomed = client->call(initialize);
  if (!welcomed) return fail(ErrorCode::Refused, welcomed.refusal().message);
  return client;
}

Result<void> DaemonClient::dial(DaemonDialer::Missing missing) {
  std::optional<Result<DaemonDialer::Connected>> found;
  const DaemonDialer dialer(loop_, home_, missing, [&](Result<DaemonDialer::Connected> daemon) {
    found = std::move(daemon);
    loop_.stop();
  });
  loop_.run();
  if (!*found) return forward_error(*found);
  daemon_ = (*found)->daemon;
  stream_ = std::move((*found)->stream);
  return {};
}

people::Outcome<jsonrpc::Json> DaemonClient::ask(std::string_view method,
                                                 jsonrpc::Json params) {
  answer_.reset();
  const jsonrpc::Request request{++last_id_, std::string(method), std::move(params)};
  stream_->start_reading(*this);
  stream_->write(jsonrpc::framed(jsonrpc::write_message(request)));
  while (!answer_) loop_.run();
  return *std::move(answer_);
}

void DaemonClient::on_bytes(std::span<char> bytes) {
  reader_.feed({bytes.data(), bytes.size()});
  for (;;) {
    const auto body = reader_.next();
    if (!body) return end(RpcError(StandardError::InternalError, body.error().message));
    if (!*body) return;
    take(**body);
  }
}

void DaemonClient::on_end() {
  end(RpcError(StandardError::InternalError,
               "the daemon ended before it answered: see " + home_.path_of(kLogFolder)));
}

void DaemonClient::take(const std::string& body) {
  const jsonrpc::Message message = jsonrpc::parse_message(body, editor::kLimits);
  if (const auto* response = std::get_if<jsonrpc::Response>(&message)) {
    if (response->id != jsonrpc::RequestId(last_id_)) return;
    answer_.emplace(response->result);
    loop_.stop();
  } else if (const auto* error = std::get_if<jsonrpc::ErrorResponse>(&message)) {
    end(error->error);
  } else if (const auto* notification = std::get_if<jsonrpc::Notification>(&message)) {
    hear(*notification);
  }
}

void DaemonClient::hear(const jsonrpc::Notification& notification) {
  if (notification.method == editor::Progress::kMethod) {
    const auto progress = jsonrpc::read_fields<editor::Progress>(notification.params);
    if (progress) listener_.on_progress(*progress);
  } else if (notification.method == editor::WorkspaceProblem::kMethod) {
    const auto problem = jsonrpc::read_fields<editor::WorkspaceProblem>(notification.params);
    if (problem) listener_.on_problem(*problem);
  }
}

void DaemonClient::end(RpcError why) {
  answer_.emplace(std::move(why));
  loop_.stop();
}

}  // namespace plait::app
