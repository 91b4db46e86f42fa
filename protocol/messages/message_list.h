#pragma once

namespace plait::messages {

/// Messages, for what has to look at all of them.
template <class... Messages>
struct MessageList {
  /// Calls `visit.template operator()<Message>()` for each.
  template <class Visit>
  static void for_each(Visit&& visit) {
    (visit.template operator()<Messages>(), ...);
  }
};

}  // namespace plait::messages
