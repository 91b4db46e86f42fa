#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
    std::int64_t version = 0;  ///< on disk, and what the client gets has it all

    static void describe(auto& self, auto& field) {
      field("channel", self.channel, Range{1, kMaxChannelNumber});
      field("writable", self.writable);
      field("version", self.version);
    }
  };
};

struct DocumentClose {
  static constexpr std::string_view kMethod = "document/close";
  std::int64_t channel = 0;

  static void describe(auto& self, auto& field) {
    field("channel", self.channel, Range{1, kMaxChannelNumber});
  }

  struct Reply {
    std::optional<std::int64_t> version;  ///< the client was sent everything up to here

    static void describe(auto& self, auto& field) { field("version", self.version); }
  };
};

/// What there is: the documents that somebody has written into, by their names' bytes.
struct DocumentList {
  static constexpr std::string_view kMethod = "document/list";
  std::optional<std::string> after;  ///< the last name of the page before
  std::optional<std::int64_t> limit;

  static void describe(auto& self, auto& field) {
    field("after", self.after, kId);
    field("limit", self.limit, Range{1, kMaxPageDocuments});
  }

  struct Entry {
    std::string document;
    std::int64_t version = 0;  ///< grows whenever something is added

    static void describe(auto& self, auto& field) {
      field("document", self.document, kId);
      field("version", self.version);
    }
  };

  struct Reply {
    std::vector<Entry> documents;
    bool more = false;

    static void describe(auto& self, auto& field) {
      field("documents", self.documents, List{static_cast<std::size_t>(kMaxPageDocuments)});
      field("more", self.more);
    }
  };
};

/// Server to client: these have changed, and the client has not got them open.
struct DocumentTouched {
  static constexpr std::string_view kMethod = "document/touched";
  std::vector<std::string> documents;
  std::optional<bool> all;  ///< some were passed over: only document/list knows which

  static void describe(auto& self, auto& field) {
    field("documents", self.documents, List{kMaxTouched, kId});
    field("all", self.all);
  }
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
