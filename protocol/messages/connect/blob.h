#pragma once

#include <string_view>

#include "protocol/messages/connect/types.h"

namespace plait::messages::connect {

// Binary files. The bytes travel as wire::BlobChunk.

/// Announces a blob. What is there of it already need not be sent.
struct BlobPut {
  static constexpr std::string_view kMethod = "blob/put";
  Digest sha256;
  std::int64_t size = 0;

  static void describe(auto& self, auto& field) {
    field("sha256", self.sha256);
    field("size", self.size, Range{0, kMaxBlobBytes});
  }

  struct Reply {
    std::int64_t offset = 0;  ///< where to go on; the size: all of it is there

    static void describe(auto& self, auto& field) {
      field("offset", self.offset, Range{0, kMaxBlobBytes});
    }
  };
};

/// After the last chunk: answered when the blob is on disk and its hash has been checked.
struct BlobFinish {
  static constexpr std::string_view kMethod = "blob/finish";
  Digest sha256;

  static void describe(auto& self, auto& field) { field("sha256", self.sha256); }
  using Reply = Done;
};

/// Asks for a piece, which follows the answer as one chunk.
struct BlobGet {
  static constexpr std::string_view kMethod = "blob/get";
  Digest sha256;
  std::int64_t offset = 0;
  std::int64_t length = 0;

  static void describe(auto& self, auto& field) {
    field("sha256", self.sha256);
    field("offset", self.offset, Range{0, kMaxBlobBytes});
    field("length", self.length, Range{1, kMaxBlobPiece});
  }

  struct Reply {
    std::int64_t size = 0;    ///< of the whole blob
    std::int64_t length = 0;  ///< of the chunk; shorter than asked for at the end

    static void describe(auto& self, auto& field) {
      field("size", self.size, Range{0, kMaxBlobBytes});
      field("length", self.length, Range{0, kMaxBlobPiece});
    }
  };
};

}  // namespace plait::messages::connect
