#include "tests/bench/daemon/bridged_editor.h"

#include <utility>

namespace plait::bench {

BridgedEditor::BridgedEditor(loop::Loop& loop, const support::ChildProcess::Order& bridge)
    : bridge_(bridge),
      in_(loop::PipeStream::adopt(loop, bridge_.release_input()).value()),
      out_(loop::PipeStream::adopt(loop, bridge_.release_output()).value()) {
  in_->report_to(*this);
  out_->start_reading(*this);
}

void BridgedEditor::on_bytes(std::span<char> bytes) {
  script_.hears({bytes.data(), bytes.size()});
  if (heard_) heard_();
  send();  // what it answers of itself
}

}  // namespace plait::bench
