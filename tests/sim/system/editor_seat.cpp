#include "tests/sim/system/editor_seat.h"

#include <algorithm>
#include <utility>

#include "protocol/base/assert.h"

namespace plait::sim::system {

EditorSeat::EditorSeat(Around around, Chance chance)
    : around_(std::move(around)), chance_(chance) {
  ends();
}

EditorSeat::~EditorSeat() = default;

// What its user does --------------------------------------------------------------------------

void EditorSeat::opens(const std::string& uri, const std::string& text, bool is_modified) {
  uris_.insert(uri);
  editor_->opens(uri, text, is_modified);
}

void EditorSeat::closes(const std::string& uri) {
  uris_.erase(uri);
  editor_->closes(uri);
}

void EditorSeat::ends() {
  ++editor_life_;
  uris_.clear();
  unsaid_.clear();
  reader_ = jsonrpc::FrameReader();
  bridge_ = app::BridgeSession();
  editor_.emplace();
  editor_->initialize();
}

void EditorSeat::speaks() {
  reader_.feed(editor_->take_bytes());
  for (auto body = reader_.next(); body && *body; body = reader_.next()) {
    unsaid_.push_back(**std::move(body));
  }
  while (session_ != nullptr && bridge_.is_ready() && !unsaid_.empty()) {
    auto out = bridge_.from_editor(std::move(unsaid_.front()));
    unsaid_.pop_front();
    PLAIT_ASSERT(out, "a bridge to take what an editor says");
    hand_on(*std::move(out));
  }
}

bool EditorSeat::is_settled() const {
  return in_flight_ == 0 && unsaid_.empty() && editor_->is_settled();
}

// The daemon ----------------------------------------------------------------------------------

void EditorSeat::daemon_came(workspace::Shelf& shelf) {
  ++life_;
  editor::Line& line = *this;
  session_ =
      std::make_unique<editor::Session>(line, shelf, editor::messages::Software{"daemon", "1"});
  hand_on(bridge_.daemon_came());
}

void EditorSeat::daemon_went() {
  ++life_;
  session_.reset();
  hand_on(bridge_.daemon_went());
}

bool EditorSeat::has_had(const std::string& file, std::string_view text) const {
  return session_ != nullptr && session_->has_had(file, text);
}

void EditorSeat::send(std::string_view body) {
  auto out = bridge_.from_daemon(std::string(body));
  if (!out) {
    problem_ = out.error().message;
    return;
  }
  hand_on(*std::move(out));
}

// The pipes -----------------------------------------------------------------------------------

MonotonicTime EditorSeat::arrival(MonotonicTime& latest) {
  latest = std::max(latest,
                    around_.clock.now() + chance_.between(microseconds{10}, around_.slowest));
  return latest;
}

void EditorSeat::hand_on(app::BridgeSession::Out out) {
  for (std::string& body : out.to_daemon) {
    ++in_flight_;
    around_.agenda.at(arrival(latest_at_daemon_), [this, life = life_, body = std::move(body)] {
      --in_flight_;
      if (life == life_ && session_ != nullptr) to_daemon(body);
    });
  }
  for (std::string& body : out.to_editor) {
    ++in_flight_;
    around_.agenda.at(arrival(latest_at_editor_),
                      [this, life = editor_life_, body = std::move(body)] {
                        --in_flight_;
                        if (life == editor_life_) to_editor(body);
                      });
  }
}

void EditorSeat::to_daemon(const std::string& body) {
  around_.trace.note(around_.clock.now(), "editor says", around_.number, body);
  around_.on_saying(body, [&] { session_->receive(body); });
}

void EditorSeat::to_editor(const std::string& body) {
  around_.trace.note(around_.clock.now(), "editor hears", around_.number, body);
  editor_->hears(jsonrpc::framed(body));
}

}  // namespace plait::sim::system
