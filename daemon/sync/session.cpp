#include "daemon/sync/session.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>
#include <vector>

#include "protocol/messages/connect/access.h"
#include "protocol/messages/connect/close_reason.h"
#include "protocol/messages/connect/errors.h"

namespace plait::sync {
namespace {

using connect::CloseReason;
using connect::ConnectError;
using jsonrpc::RpcError;

constexpr std::array<std::string_view, 1> kRequired = {"durable"};
constexpr std::array<std::string_view, 5> kOptional = {"hash", "presence", "feed", "blobs",
                                                       "touched"};

bool contains(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is(const RpcError& error, ConnectError code) {
  return error.code == static_cast<std::int64_t>(code);
}

bool is(const net::Ending& ending, CloseReason why) {
  return net::number(ending.code) == static_cast<std::uint16_t>(why);
}

bool may_write(connect::Role role) {
  return connect::find_access("sync/update")->roles.contains(role);
}

/// Whether we can go on with this server.
bool suits(const connect::Hello::Reply& greeting) {
  const auto& in_use = greeting.capabilities;
  const auto is_known = [](const std::string& name) {
    return contains(kRequired, name) || contains(kOptional, name);
  };
  return greeting.version == connect::kProtocolVersion &&
         std::all_of(greeting.required.begin(), greeting.required.end(), is_known) &&
         std::all_of(kRequired.begin(), kRequired.end(),
                     [&](std::string_view name) { return contains(in_use, name); });
}

}  // namespace

Session::Session(Config config, Host& host, const Clock& clock)
    : config_(std::move(config)),
      host_(host),
      clock_(clock),
      late_(agenda_,
            [this] { give_up(Absence::Cut, "the server does not answer what is asked"); }),
      conversation_(agenda_, clock, [this](const std::string& what) { fault(what); }),
      feed_(conversation_, host),
      presence_(agenda_, clock, conversation_),
      documents_(agenda_, clock, conversation_, host,
                 [this](const std::string& what) { fault(what); }),
      blobs_(agenda_, clock, conversation_) {}

// The line -----------------------------------------------------------------------------------

void Session::connected(Line& line, crypto::LoginChannel channel) {
  line_ = &line;
  channel_ = std::move(channel);
  greeting_.reset();
  returns_after_.reset();
  was_login_refused_ = false;
  phase_ = Phase::Greeting;
  conversation_.begin(line);
  late_.set(clock_.now() + kGreetingTime);
  greet();
}

void Session::received(net::MessageKind kind, std::string_view payload) {
  if (line_ == nullptr) return;  // it came before the line was closed
  switch (kind) {
    case net::MessageKind::Text: return take_text(payload);
    case net::MessageKind::Binary: return take_frame(payload);
  }
}

void Session::fell_behind() {
  if (line_ == nullptr) return;
  documents_.fell_behind();
  if (is_online()) host_.on_backlog(true);
}

void Session::drained() {
  if (line_ == nullptr) return;
  documents_.drained();
  if (is_online()) host_.on_backlog(false);
}

void Session::disconnected(const net::Ending& ending) {
  be_apart({absence_of(ending), ending.reason});
}

Absence Session::absence_of(const net::Ending& ending) const {
  if (is(ending, CloseReason::LoginRequired)) {
    // Or else it was only the line that took too long.
    return was_login_refused_ ? Absence::LoginRefused : Absence::Cut;
  }
  if (is(ending, CloseReason::Removed) || is(ending, CloseReason::NoSuchRoom)) {
    return Absence::Removed;
  }
  if (is(ending, CloseReason::Kicked)) return Absence::Kicked;
  if (is(ending, CloseReason::TooSlow) || is(ending, CloseReason::TooMuch) ||
      ending.code == net::CloseCode::TryAgainLater) {
    return Absence::Busy;
  }
  return returns_after_ ? Absence::Draining : Absence::Cut;
}

void Session::fault(const std::string& what) {
  if (line_ == nullptr) return;
  line_->close(net::CloseCode::ProtocolError, what);
  be_apart({Absence::Fault, what});
}

void Session::give_up(Absence why, std::string reason) {
  if (line_ == nullptr) return;
  line_->close(net::CloseCode::Normal, {});
  be_apart({why, std::move(reason)});
}

void Session::be_apart(const Offline& why) {
  if (phase_ == Phase::Apart) return;
  phase_ = Phase::Apart;
  line_ = nullptr;
  is_leasing_ = false;
  late_.stop();
  feed_.end();
  presence_.end();
  blobs_.end();
  documents_.end();
  if (stops(why.why)) stopped_ = why.why;
  conversation_.end();
  host_.on_offline(why);
}

void Session::use_invite(Invite invite) {
  config_.invite = std::move(invite);
  may_try_again();
}

bool Session::uses(std::string_view capability) const {
  return greeting_ && contains(greeting_->capabilities, capability);
}

// Getting in ---------------------------------------------------------------------------------

void Session::greet() {
  const connect::Hello hello{{connect::kProtocolVersion},
                             config_.software,
                             {kRequired.begin(), kRequired.end()},
                             {kOptional.begin(), kOptional.end()}};
  conversation_.call<connect::Hello>(
      hello, [this](const auto& outcome) { was_greeted(outcome); }, AfterCut::Forget);
}

void Session::was_greeted(const Outcome<connect::Hello>& outcome) {
  if (const auto* error = std::get_if<RpcError>(&outcome)) {
    return give_up(
        is(*error, ConnectError::UnsupportedVersion) ? Absence::VersionTooOld : Absence::Busy,
        error->message);
  }
  greeting_ = std::get<connect::Hello::Reply>(outcome);
  if (!suits(*greeting_)) {
    return give_up(Absence::VersionTooOld, "the server needs another version of this program");
  }
  if (config_.is_pinned && greeting_->binding != connect::Binding::Channel) {
    return give_up(Absence::ChannelUntrusted, "something stands between us and the server");
  }
  log_in();
  if (line_ == nullptr) return;
  if (config_.invite) return redeem();
  enter();
}

void Session::log_in() {
  crypto::LoginChallenge challenge{greeting_->server_id, greeting_->nonce.data, channel_};
  if (greeting_->binding == connect::Binding::Host) challenge.channel.binding.clear();
  const auto proof = crypto::prove_login(config_.device, challenge);
  if (!proof) return fault("a challenge: " + proof.error().message);
  connect::LoginKey login{{config_.device.public_key().bytes}, {proof->bytes}, {}};
  if (!config_.person.empty()) login.name = config_.person;
  conversation_.call<connect::LoginKey>(
      login,
      [this](const Outcome<connect::LoginKey>& outcome) {
        const auto* error = std::get_if<RpcError>(&outcome);
        if (error == nullptr) return;
        was_login_refused_ = !is(*error, ConnectError::Unavailable);
        give_up(was_login_refused_ ? Absence::LoginRefused : Absence::Busy, error->message);
      },
      AfterCut::Forget);
}

/// Nothing more is said before this is answered: whether there is more to say depends on it.
void Session::redeem() {
  conversation_.call<connect::InviteRedeem>(
      {config_.workspace, config_.invite->secret, config_.invite->password},
      [this](const auto& outcome) { was_redeemed(outcome); }, AfterCut::Forget);
}

void Session::was_redeemed(const Outcome<connect::InviteRedeem>& outcome) {
  if (const auto* error = std::get_if<RpcError>(&outcome)) {
    if (is(*error, ConnectError::NotReady)) return;  // the login's answer says why
    Absence why = Absence::InviteRefused;
    if (is(*error, ConnectError::PasswordRefused)) why = Absence::PasswordWanted;
    if (is(*error, ConnectError::Unavailable)) why = Absence::Busy;
    return give_up(why, error->message);
  }
  const auto& reply = std::get<connect::InviteRedeem::Reply>(outcome);
  if (reply.standing == connect::Standing::Member) {
    config_.invite.reset();
    return enter();
  }
  phase_ = Phase::Waiting;
  late_.stop();
  host_.on_offline({Absence::Waiting, "an owner has to let you in"});
}

void Session::hear(const connect::InviteDecided& news) {
  if (phase_ != Phase::Waiting || news.workspace_id != config_.workspace) return;
  if (!news.approved) {
    return give_up(Absence::InviteRefused, "an owner has not let you in");
  }
  config_.invite.reset();
  late_.set(clock_.now() + kGreetingTime);
  enter();
}

void Session::enter() {
  phase_ = Phase::Entering;
  conversation_.call<connect::WorkspaceOpen>(
      {config_.workspace}, [this](const auto& outcome) { was_opened(outcome); },
      AfterCut::Forget);
  lease();
  documents_.begin();
}

void Session::was_opened(const Outcome<connect::WorkspaceOpen>& outcome) {
  if (const auto* error = std::get_if<RpcError>(&outcome)) {
    if (is(*error, ConnectError::NotReady)) return;  // the login's answer says why
    const bool is_stranger = is(*error, ConnectError::NotFound);
    return give_up(is_stranger ? Absence::Removed : Absence::Busy, error->message);
  }
  const auto& reply = std::get<connect::WorkspaceOpen::Reply>(outcome);
  phase_ = Phase::Online;
  late_.stop();
  role_ = reply.workspace.role;
  conversation_.opened();
  if (std::exchange(config_.generation, reply.generation) != reply.generation) {
    host_.on_generation_changed(reply.generation);
  }
  host_.on_online(reply);
  if (uses("feed")) feed_.begin(reply.feed_seq);
  if (uses("presence")) presence_.begin();
  if (uses("blobs")) blobs_.begin();
  if (uses("touched")) documents_.list();
}

// Client ids ---------------------------------------------------------------------------------

void Session::want_clients(std::int64_t count) {
  wanted_clients_ += count;
  if (is_online()) lease();
}

/// The same name gets the same ids, so that one that was not answered is made again after a
/// cut.
void Session::lease() {
  if (wanted_clients_ == 0 || std::exchange(is_leasing_, true)) return;
  const connect::ClientLease wish{config_.replica + "-" + std::to_string(leases_),
                                  std::min(wanted_clients_, connect::kMaxLeasedAtOnce)};
  conversation_.call<connect::ClientLease>(
      wish,
      [this](const Outcome<connect::ClientLease>& outcome) {
        is_leasing_ = false;
        const auto* reply = std::get_if<connect::ClientLease::Reply>(&outcome);
        if (reply == nullptr) return;  // our role does not allow it now
        ++leases_;
        const auto count = static_cast<std::int64_t>(reply->client_ids.size());
        wanted_clients_ -= std::min(wanted_clients_, count);
        if (count > 0) lease();
        host_.on_client_ids(reply->client_ids);
      },
      AfterCut::Forget);
}

// What the server says -----------------------------------------------------------------------

void Session::take_frame(std::string_view payload) {
  const auto frame = wire::decode_frame(payload);
  if (!frame) return fault("a frame: " + frame.error().message);
  if (const auto* chunk = std::get_if<wire::BlobChunk>(&frame->message)) {
    if (!blobs_.take(*chunk)) fault("a piece of a blob that nobody asked for");
  } else {
    documents_.take(frame->channel, frame->message);
  }
}

void Session::take_text(std::string_view payload) {
  const jsonrpc::Message message = jsonrpc::parse_message(payload, connect::kLimitsToClient);
  if (const auto* answer = std::get_if<jsonrpc::Response>(&message)) {
    conversation_.take(*answer);
  } else if (const auto* refusal = std::get_if<jsonrpc::ErrorResponse>(&message)) {
    conversation_.take(*refusal);
  } else if (const auto* notification = std::get_if<jsonrpc::Notification>(&message)) {
    take_notification(*notification);
  } else {
    fault("neither an answer nor a notification");
  }
}

void Session::take_notification(const jsonrpc::Notification& notification) {
  connect::ServerNotifications::for_each([&]<class M>() {
    if (notification.method != M::kMethod) return;
    const auto message = jsonrpc::read_fields<M>(notification.params);
    if (!message) return fault(notification.method + ": " + message.error().message);
    // These may come before there is a workspace.
    constexpr bool kIsEarly =
        std::is_same_v<M, connect::ServerDraining> || std::is_same_v<M, connect::InviteDecided>;
    if (kIsEarly || is_online()) hear(*message);
  });
}

void Session::hear(const connect::ServerDraining& news) {
  returns_after_ = std::chrono::milliseconds{news.reconnect_after_ms};
  host_.on_draining(*returns_after_);
}

void Session::hear(const connect::WorkspaceChanged& news) {
  role_ = news.workspace.role;
  documents_.set_writable(may_write(role_));
  if (may_write(role_)) lease();
  host_.on_workspace_changed(news.workspace);
}

void Session::hear(const connect::DocumentTouched& news) {
  const bool all = news.all.value_or(false);
  if (all) documents_.list();
  host_.on_touched(news.documents, all);
}

}  // namespace plait::sync
