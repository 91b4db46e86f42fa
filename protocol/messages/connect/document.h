#pragma once

#include <string_view>

#include "protocol/messages/connect/types.h"

namespace plait::messages::connect {

inline constexpr std::int64_t kMaxChannelNumber = (std::int64_t{1} << 31) - 1;

/// Follows a document. It need not exist: what nobody has written is empty.
struct DocumentOpen {
  static constexpr std::string_view kMethod = "document/open";
  std::string document;               ///< `tree`, or a file's id
  std::optional<Bytes> state_vector;  ///< stands for a SyncStep1

  static void describe(auto& self, auto& field) {
    field("document", self.document, kId);
    field("stateVector", self.state_vector, Size{1, kMaxStateVectorBytes});
  }

  struct Reply {
    std::int64_t channel = 0;  ///< of the binary frames about it
    bool writable = false;     ///< if so, the server's SyncStep1 follows

    static void describe(auto& self, auto& field) {
      field("channel", self.channel, Range{1, kMaxChannelNumber});
      field("writable", self.writable);
    }
  };
};

struct DocumentClose {
  static constexpr std::string_view kMethod = "document/close";
  std::int64_t channel = 0;

  static void describe(auto& self, auto& field) {
    field("channel", self.channel, Range{1, kMaxChannelNumber});
  }
  using Reply = Done;
};

/// Server to client: an update was not taken, and nothing more is taken on this channel.
struct DocumentRefused {
  static constexpr std::string_view kMethod = "document/refused";
  std::int64_t channel = 0;
  std::int64_t update = 0;  ///< which one, counted as in wire::Durable
  std::string rule;         ///< for programs: "lease", "kind", "role", …
  std::string reason;       ///< for people

  static void describe(auto& self, auto& field) {
    field("channel", self.channel, Range{1, kMaxChannelNumber});
    field("update", self.update);
    field("rule", self.rule, kId);
    field("reason", self.reason, Line{0, kMaxReasonBytes});
  }
};

/// Client to server: the text's hash is another than the server's.
struct DocumentDiverged {
  static constexpr std::string_view kMethod = "document/diverged";
  std::int64_t channel = 0;
  Digest sha256;  ///< of the client's text

  static void describe(auto& self, auto& field) {
    field("channel", self.channel, Range{1, kMaxChannelNumber});
    field("sha256", self.sha256);
  }
};

}  // namespace plait::messages::connect
