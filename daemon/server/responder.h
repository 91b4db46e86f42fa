#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "daemon/people/outcome.h"
#include "daemon/server/client_line.h"
#include "daemon/server/pace.h"
#include "protocol/base/result.h"
#include "protocol/jsonrpc/fields.h"
#include "protocol/jsonrpc/message.h"

namespace plait::server {

/// What a client is told when the store or the engine has failed him.
[[nodiscard]] jsonrpc::RpcError rpc_error_of(const Error& error);

/// Answers one request, once, now or later; also when the client has gone, and then nobody
/// hears it. Copies are the same request.
template <class M>
class Responder {
 public:
  using Reply = typename M::Reply;

  Responder(std::shared_ptr<ClientLine> line, jsonrpc::RequestId id)
      : line_(std::move(line)), id_(std::move(id)) {}

  void answer(const Reply& reply) const { line_->answer(id_, jsonrpc::write_fields(reply)); }
  void refuse(const jsonrpc::RpcError& error) const { line_->refuse(id_, error); }
  void refuse(const Error& error) const { refuse(rpc_error_of(error)); }

  /// For whoever wants a function.
  void operator()(const people::Outcome<Reply>& outcome) const {
    if (outcome) {
      answer(*outcome);
    } else {
      refuse(outcome.refusal());
    }
  }

 private:
  std::shared_ptr<ClientLine>
      line_;  ///< the session's; it outlives the session while answers are due
  jsonrpc::RequestId id_;
};

/// False, and the client is told, if he is too fast.
template <class M>
[[nodiscard]] bool may_go_on(Pace& pace, const Rate& rate, MonotonicTime now,
                             const Responder<M>& responder) {
  const auto wait = pace.take(rate, now);
  if (wait.count() == 0) return true;
  responder.refuse(people::too_fast(wait.count()));
  return false;
}

}  // namespace plait::server
