#include "tests/support/connect_client.h"

#include <algorithm>

#include "daemon/crypto/login_proof.h"
#include "protocol/wire/channel_frame.h"

namespace plait::support {

// The line ------------------------------------------------------------------------------------

void ConnectClient::connected(ConnectLine& line, crypto::LoginChannel channel) {
  line_ = &line;
  channel_ = std::move(channel);
  if (config_.by_itself) greet();
}

void ConnectClient::disconnected() {
  line_ = nullptr;
  open_requests_.clear();
  greeting_.reset();
  workspace_.reset();
  for (const auto& document : documents_) document->shut();
}

void ConnectClient::say(net::MessageKind kind, std::string_view payload) {
  if (line_ != nullptr) line_->say(kind, payload);
}

void ConnectClient::received(net::MessageKind kind, std::string_view payload) {
  switch (kind) {
    case net::MessageKind::Text: return read_text(payload);
    case net::MessageKind::Binary: return read_binary(payload);
  }
}

void ConnectClient::read_text(std::string_view payload) {
  jsonrpc::Message message = jsonrpc::parse_message(payload, connect::kLimitsToClient);
  if (const auto* response = std::get_if<jsonrpc::Response>(&message)) {
    take_answer(response->id, &response->result, /*error=*/nullptr);
  } else if (const auto* refusal = std::get_if<jsonrpc::ErrorResponse>(&message)) {
    errors_.push_back(refusal->error);
    if (refusal->id) take_answer(*refusal->id, /*result=*/nullptr, &refusal->error);
  } else if (const auto* notification = std::get_if<jsonrpc::Notification>(&message)) {
    take_notification(*notification);
  } else {
    complain("neither an answer nor a notification: " + std::string(payload.substr(0, 200)));
  }
}

void ConnectClient::take_answer(const jsonrpc::RequestId& id, const jsonrpc::Json* result,
                                const jsonrpc::RpcError* error) {
  const auto* number = std::get_if<std::int64_t>(&id);
  const auto asked = number != nullptr ? open_requests_.find(*number) : open_requests_.end();
  if (asked == open_requests_.end()) return complain("an answer that nobody asked for");
  const Answerer then = std::move(asked->second);
  open_requests_.erase(asked);  // before the call, which may ask for more
  then(result, error);
}

void ConnectClient::take_notification(const jsonrpc::Notification& notification) {
  bool known = false;
  connect::ServerNotifications::for_each([&]<class M>() {
    if (notification.method != M::kMethod) return;
    known = true;
    auto message = jsonrpc::read_fields<M>(notification.params);
    if (!message) return complain(notification.method + ": " + message.error().message);
    if constexpr (std::is_same_v<M, connect::DocumentRefused>) {
      for (const auto& document : documents_) {
        if (document->channel() &&
            static_cast<std::int64_t>(*document->channel()) == message->channel) {
          document->was_refused(*message);
        }
      }
    }
    std::get<std::vector<M>>(heard_).push_back(*std::move(message));
  });
  if (!known) complain("a notification that the protocol has not got: " + notification.method);
}

void ConnectClient::read_binary(std::string_view payload) {
  const auto frame = wire::decode_frame(payload);
  if (!frame) return complain("a frame that is none: " + frame.error().message);
  if (const auto* chunk = std::get_if<wire::BlobChunk>(&frame->message)) {
    blob_ += chunk->data;
    return;
  }
  const auto open =
      std::find_if(documents_.begin(), documents_.end(),
                   [&](const auto& document) { return document->channel() == frame->channel; });
  if (open == documents_.end()) return;  // crossed a document/close
  if (auto problem = (*open)->received(frame->message)) complain(*std::move(problem));
}

// Requests ------------------------------------------------------------------------------------

void ConnectClient::send_request(std::string_view method, jsonrpc::Json params, Answerer then) {
  if (line_ == nullptr) return;
  open_requests_.emplace(++last_id_, std::move(then));
  say_text(write_message(jsonrpc::Request{last_id_, std::string(method), std::move(params)}));
}

void ConnectClient::greet() {
  const connect::Hello hello{
      {connect::kProtocolVersion}, {"test", "1"}, {}, config_.capabilities};
  call<connect::Hello>(hello, [this](const Outcome<connect::Hello>& outcome) {
    const auto* reply = std::get_if<connect::Hello::Reply>(&outcome);
    if (reply == nullptr) return;
    greeting_ = *reply;
    logs_in();
    if (config_.workspace.empty()) return;
    opens_workspace();
    lease();
    for (const auto& document : documents_) open(*document);
  });
}

void ConnectClient::logs_in() {
  if (!greeting_) return complain("hello has to come before a login");
  if (config_.device == nullptr) {
    return call<connect::LoginToken>(
        {config_.token}, [this](const Outcome<connect::LoginToken>& outcome) {
          const auto* reply = std::get_if<connect::LoginToken::Reply>(&outcome);
          if (reply != nullptr) user_ = reply->user;
        });
  }
  crypto::LoginChallenge challenge{greeting_->server_id, greeting_->nonce.data, channel_};
  if (greeting_->binding == connect::Binding::Host) challenge.channel.binding.clear();
  const auto proof = crypto::prove_login(*config_.device, challenge);
  if (!proof) return complain("a challenge that is none: " + proof.error().message);
  const connect::LoginKey login{
      {config_.device->public_key().bytes}, {proof->bytes}, config_.name};
  call<connect::LoginKey>(login, [this](const Outcome<connect::LoginKey>& outcome) {
    const auto* reply = std::get_if<connect::LoginKey::Reply>(&outcome);
    if (reply != nullptr) user_ = reply->user;
  });
}

void ConnectClient::opens_workspace() {
  call<connect::WorkspaceOpen>(
      {config_.workspace}, [this](const Outcome<connect::WorkspaceOpen>& outcome) {
        const auto* reply = std::get_if<connect::WorkspaceOpen::Reply>(&outcome);
        if (reply != nullptr) workspace_ = *reply;
      });
}

/// For all documents that have no client id; the same request gets the same id.
void ConnectClient::lease() {
  const bool all_have_one =
      std::all_of(documents_.begin(), documents_.end(),
                  [](const auto& document) { return document->has_client(); });
  if (all_have_one) return;
  const connect::ClientLease request{config_.replica + "-" + std::to_string(replicas_), 1};
  call<connect::ClientLease>(request, [this](const Outcome<connect::ClientLease>& outcome) {
    const auto* reply = std::get_if<connect::ClientLease::Reply>(&outcome);
    if (reply == nullptr) return;
    if (reply->client_ids.size() != 1) return complain("another number of ids than asked for");
    for (const auto& document : documents_) {
      if (document->has_client()) continue;
      document->leased(static_cast<std::uint64_t>(reply->client_ids.front()));
    }
  });
}

// Documents -----------------------------------------------------------------------------------

ConnectDocument& ConnectClient::opens(std::string_view name) {
  ConnectDocument::Owner& owner = *this;
  auto& document = *documents_.emplace_back(std::make_unique<ConnectDocument>(owner, name));
  if (greeting_) {
    lease();
    open(document);
  }
  return document;
}

void ConnectClient::open(ConnectDocument& document) {
  connect::DocumentOpen request{document.name(), {}};
  request.state_vector.emplace().data = document.document().state_vector().encode();
  call<connect::DocumentOpen>(
      request, [&document](const Outcome<connect::DocumentOpen>& outcome) {
        const auto* reply = std::get_if<connect::DocumentOpen::Reply>(&outcome);
        if (reply != nullptr) document.opened(*reply);
      });
}

void ConnectClient::closes(ConnectDocument& document) {
  if (!document.channel()) return;
  call<connect::DocumentClose>({static_cast<std::int64_t>(*document.channel())},
                               [&document](const Outcome<connect::DocumentClose>& outcome) {
                                 const auto* reply =
                                     std::get_if<connect::DocumentClose::Reply>(&outcome);
                                 if (reply != nullptr) document.closed(*reply);
                               });
  document.shut();
}

void ConnectClient::reopens(ConnectDocument& document) {
  closes(document);
  open(document);
}

void ConnectClient::starts_anew(ConnectDocument& document) {
  closes(document);
  document.start_anew();
  ++replicas_;
  lease();
  open(document);
}

bool ConnectClient::is_ready() const noexcept {
  return line_ != nullptr && open_requests_.empty() &&
         std::all_of(documents_.begin(), documents_.end(), [](const auto& document) {
           return document->is_open() && document->has_client();
         });
}

}  // namespace plait::support
