#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "daemon/server/caller.h"
#include "daemon/server/member.h"
#include "daemon/server/responder.h"
#include "protocol/messages/connect/document.h"
#include "protocol/wire/channel_frame.h"

namespace plait::server {

/// The documents that one connection has open, each under its channel.
class OpenDocuments {
 public:
  /// The caller outlives it.
  explicit OpenDocuments(Caller& caller);
  ~OpenDocuments();

  using DocumentOpen = messages::connect::DocumentOpen;
  using DocumentClose = messages::connect::DocumentClose;
  using DocumentList = messages::connect::DocumentList;
  using DocumentDiverged = messages::connect::DocumentDiverged;
  void handle(const DocumentOpen& wish, const Responder<DocumentOpen>& responder);
  void handle(const DocumentClose& wish, const Responder<DocumentClose>& responder);
  void handle(const DocumentList& question, const Responder<DocumentList>& responder);
  void handle(const DocumentDiverged& news);

  /// A message about a document. False if no client has business saying it. One on a channel
  /// that is not open has crossed its end, and is nothing.
  bool receive(const wire::ChannelFrame& frame);

  void fell_behind();
  void drained();
  void close_all();
  [[nodiscard]] bool has_open(wire::Channel channel) const;
  /// Their rooms have dismissed him from all of them: nothing of his waits for the disk.
  [[nodiscard]] bool are_over() const;

 private:
  class OpenDocument;

  Caller& caller_;
  store::Author author_;  ///< of all that he writes
  std::map<wire::Channel, std::unique_ptr<OpenDocument>> open_;
};

}  // namespace plait::server
