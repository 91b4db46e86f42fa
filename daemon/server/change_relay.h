#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/server/feed_relay.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "protocol/wire/channel_frame.h"

namespace plait::server {

/// Tells those who follow which documents of a workspace have changed that they have not open.
///
/// What changes within kChangeWindow is told together, each document once. Who is behind is
/// passed over, and told that he has missed something when he has caught up.
class ChangeRelay {
 public:
  class Listener : public server::Listener {
   public:
    /// What is added to the document is brought to him anyway.
    [[nodiscard]] virtual bool has_open(wire::Channel document) const = 0;
  };

  class Follower {
   private:
    friend class ChangeRelay;
    Listener* listener_ = nullptr;
    bool missed_ = false;
    /// What he has closed in this window, after so many changes.
    std::map<wire::Channel, std::uint64_t> closed_;
  };

  /// A document's: whether it has been noted in this window, so that there is nothing to do.
  class Mark {
   private:
    friend class ChangeRelay;
    std::uint64_t window_ = 0;
  };

  /// Both outlive the relay.
  ChangeRelay(Agenda& agenda, const Clock& clock);

  void follow(Follower& follower, Listener& listener);
  void unfollow(Follower& follower);
  void caught_up(Follower& follower);

  /// Something was added to a document, and brought to all who have it open. Documents are told
  /// apart by their channels; a name that is no id is nobody's who follows.
  void changed(const std::string& name, wire::Channel document, Mark& mark) {
    if (mark.window_ != window_ && !followers_.empty()) note(name, document, mark);
  }
  /// He closes a document, and has all that was added to it. The next change has to be noted
  /// again: its mark is gone.
  void closed(Follower& follower, wire::Channel document);

 private:
  struct Change {
    std::string name;
    std::uint64_t number = 0;  ///< of the changes that were noted
  };
  using Changes = std::map<wire::Channel, Change>;

  void note(const std::string& name, wire::Channel document, Mark& mark);
  void tell();
  static void bring(Follower& follower, std::span<const std::string> frames);

  const Clock& clock_;
  std::vector<Follower*> followers_;
  std::uint64_t window_ = 1;
  std::uint64_t noted_ = 0;
  Changes changes_;  ///< in this window
  Alarm alarm_;      ///< its end
};

}  // namespace plait::server
