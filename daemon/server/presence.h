#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crdt/id.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"
#include "protocol/wire/awareness.h"

namespace plait::server {

/// Who somebody is, by his login. It is what others see beside his cursor.
struct Identity {
  std::string member;  ///< the id; not shown
  std::string name;
  std::string color;
  std::string role;
};

/// Who is in a room and where, in the words of y-protocols/awareness: a JSON value for each
/// client id, and a clock that grows with each change.
///
/// It follows the rules of applyAwarenessUpdate(), with three more. A value belongs to the
/// connection that last changed it, and goes with it. What a member says is not passed on as it
/// is: name, colour and role come from his login, only the place of his cursor from him, and
/// nobody else says anything about him. And one client's changes are passed on at most every
/// kPresencePause, the newest of them.
class Presence {
 public:
  /// A connection. Only ever compared.
  using Owner = const void*;

  /// Takes what a connection says. Without an identity it may say anything, as in the
  /// y-websocket server. Fails if it is no awareness update; what is beyond a limit or
  /// not his to say is passed over.
  Result<void> take(std::string_view update, Owner owner, const Identity* identity,
                    MonotonicTime now);
  /// A connection is gone, and with it those that it spoke for.
  void remove(Owner owner);
  /// So are those who have been silent for kPresenceTimeout.
  void expire(MonotonicTime now);

  /// What changed since the last call, as an awareness update; empty if nothing did. It is for
  /// whoever said it too: a provider that hears nothing for 30 s takes its connection for dead,
  /// and counts on its own presence coming back.
  [[nodiscard]] std::string take_changes(MonotonicTime now);
  /// Everybody, for somebody who joins. Empty if there is nobody.
  [[nodiscard]] std::string everybody() const;
  /// When there is something to do: to expire() or take_changes().
  [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;

  [[nodiscard]] std::size_t size() const noexcept { return present_; }

 private:
  struct State {
    std::uint64_t clock = 0;
    std::string json;  ///< empty: gone
    Owner owner = nullptr;
    std::string member;  ///< who it is about; empty in an open room
    MonotonicTime renewed;
    MonotonicTime not_before;  ///< when the next change may be passed on
    bool changed = false;

    [[nodiscard]] bool is_present() const noexcept { return !json.empty(); }
  };
  using States = std::map<crdt::ClientId, State>;

  void take_one(const wire::AwarenessState& said, Owner owner, const Identity* identity,
                MonotonicTime now);
  void set(States::iterator at, std::string json);
  [[nodiscard]] std::size_t count_of(Owner owner) const noexcept;

  /// Those who have gone stay for kPresenceTimeout, so that an old message does not bring them
  /// back.
  States states_;
  std::vector<crdt::ClientId> changed_;
  std::size_t present_ = 0;
  std::optional<MonotonicTime> next_expiry_;  ///< nobody is silent for too long before
};

/// What a server passes on of what a member says: `cursor` and `selection` of his value, and
/// who he is. Fails if it is not JSON or too long.
Result<std::string> presence_of_member(std::string_view json, const Identity& identity);

}  // namespace plait::server
