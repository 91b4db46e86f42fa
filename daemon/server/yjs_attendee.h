#pragma once

#include <string_view>

#include "daemon/server/live_workspace.h"
#include "daemon/server/yjs_session.h"
#include "daemon/support/agenda.h"

namespace plait::server {

/// A standard provider, to the workspace that its document is of: others see that he is there,
/// and what the office decides reaches him.
class YjsAttendee final : public LiveWorkspace::Attendee {
 public:
  /// The session is told nothing once this is gone. The workspace outlives it.
  YjsAttendee(LiveWorkspace& live, const people::Directory& directory, Agenda& agenda,
              const Clock& clock, YjsSession& session);
  ~YjsAttendee() override;

 private:
  // What everybody hears, a provider has no words for.
  void hear(std::string_view) override {}
  [[nodiscard]] bool is_behind() const override { return false; }
  [[nodiscard]] bool has_open(wire::Channel) const override { return false; }
  [[nodiscard]] std::string_view token() const override { return session_.visitor().token; }
  void member_changed() override;
  void sent_away(net::CloseCode code, std::string_view reason) override;

  LiveWorkspace& live_;
  const people::Directory& directory_;
  YjsSession& session_;
  LiveWorkspace::Place* place_;
  Alarm expiry_;  ///< of the token
};

}  // namespace plait::server
