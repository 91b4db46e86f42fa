#include "daemon/sync/conversation.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "protocol/messages/connect/errors.h"

namespace plait::sync {
namespace {

using messages::connect::ConnectError;
using Milliseconds = std::chrono::milliseconds;

/// When to ask again, if the error says that it was too fast. Not sooner than at once, nor
/// later than anybody would wait.
std::optional<Milliseconds> pause_of(const jsonrpc::RpcError& error) {
  constexpr std::int64_t kLongest = 60'000;
  if (error.code != static_cast<std::int64_t>(ConnectError::TooFast)) return std::nullopt;
  const jsonrpc::Json* data = error.data.find("retryAfterMs");
  const std::int64_t* pause = data != nullptr ? data->as_integer() : nullptr;
  return Milliseconds{std::clamp<std::int64_t>(pause != nullptr ? *pause : 1000, 1, kLongest)};
}

}  // namespace

Conversation::Conversation(Agenda& agenda, const Clock& clock,
                           std::function<void(std::string)> fault)
    : clock_(clock), fault_(std::move(fault)), slower_(agenda, [this] { say_unsaid(); }) {}

jsonrpc::RpcError Conversation::cut() {
  return rpc_error(ConnectError::Unavailable, "there is no connection to the server");
}

void Conversation::end() {
  line_ = nullptr;
  is_open_ = false;
  slower_.stop();
  std::vector<Answerer> failed;
  for (auto& [id, asked] : asked_) {
    asked.is_said = false;
    if (asked.after_cut == AfterCut::Fail) failed.push_back(std::move(asked.then));
  }
  std::erase_if(asked_,
                [](const auto& entry) { return entry.second.after_cut != AfterCut::Repeat; });
  const jsonrpc::RpcError error = cut();
  for (const Answerer& then : failed) then(/*result=*/nullptr, &error);
}

void Conversation::opened() {
  is_open_ = true;
  say_unsaid();
}

void Conversation::ask(std::string_view method, jsonrpc::Json params, AfterCut after_cut,
                       Answerer then) {
  if (after_cut == AfterCut::Forget && line_ == nullptr) return;
  if (after_cut == AfterCut::Fail && !is_open_) {
    const jsonrpc::RpcError error = cut();
    return then(/*result=*/nullptr, &error);
  }
  const std::int64_t id = ++last_id_;
  Asked& asked = asked_[id];
  asked.after_cut = after_cut;
  asked.then = std::move(then);
  asked.text = write_message(jsonrpc::Request{id, std::string(method), std::move(params)});
  if (after_cut != AfterCut::Repeat || is_open_) say(asked);
}

void Conversation::say(Asked& asked) {
  asked.is_said = true;
  say_text(asked.text);
  if (asked.after_cut == AfterCut::Fail) asked.text = {};
}

void Conversation::say_text(std::string_view text) {
  if (line_ != nullptr) line_->send(net::MessageKind::Text, text);
}

void Conversation::say_unsaid() {
  for (auto& [id, asked] : asked_) {
    if (asked.is_said || (asked.after_cut == AfterCut::Repeat && !is_open_)) continue;
    say(asked);
  }
}

Conversation::Asked* Conversation::find(const std::optional<jsonrpc::RequestId>& id) {
  const auto* number = id ? std::get_if<std::int64_t>(&*id) : nullptr;
  const auto asked = number != nullptr ? asked_.find(*number) : asked_.end();
  return asked != asked_.end() && asked->second.is_said ? &asked->second : nullptr;
}

void Conversation::take(const jsonrpc::Response& answer) {
  if (find(answer.id) == nullptr) return fault_("an answer that nobody asked for");
  // Before the call, which may ask for more.
  const auto asked = asked_.extract(std::get<std::int64_t>(answer.id));
  asked.mapped().then(&answer.result, /*error=*/nullptr);
}

void Conversation::take(const jsonrpc::ErrorResponse& refusal) {
  Asked* const found = find(refusal.id);
  if (found == nullptr) return fault_("an error that answers nothing");
  const auto pause = pause_of(refusal.error);
  if (pause && found->after_cut != AfterCut::Fail) {
    found->is_said = false;
    const MonotonicTime due = clock_.now() + *pause;
    if (!slower_.at() || *slower_.at() < due) slower_.set(due);
    return;
  }
  const auto asked = asked_.extract(std::get<std::int64_t>(*refusal.id));
  asked.mapped().then(/*result=*/nullptr, &refusal.error);
}

}  // namespace plait::sync
