#include "tests/support/scripted_editor.h"

#include <algorithm>
#include <variant>

#include "daemon/crypto/digest.h"
#include "protocol/base/utf8.h"

namespace plait::support {
namespace {

using jsonrpc::Json;

}  // namespace

// Positions -----------------------------------------------------------------------------------

std::size_t ScriptedEditor::units(std::string_view text) const {
  const TextSize size = measure(text);
  switch (encoding_) {
    case PositionEncoding::Utf8: return size.utf8.value();
    case PositionEncoding::Utf16: return size.utf16.value();
    case PositionEncoding::Utf32: return size.code_points.value();
  }
  return 0;
}

messages::Position ScriptedEditor::position_at(std::string_view text, std::size_t byte) const {
  const std::string_view before = text.substr(0, byte);
  const std::string_view line = before.substr(before.rfind('\n') + 1);  // npos + 1: all of it
  return {static_cast<std::int64_t>(std::count(before.begin(), before.end(), '\n')),
          static_cast<std::int64_t>(units(line))};
}

std::optional<std::size_t> ScriptedEditor::byte_at(std::string_view text,
                                                   const messages::Position& position) const {
  std::size_t at = 0;
  for (std::int64_t line = 0; line < position.line; ++line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return std::nullopt;
    ++at;
  }
  std::int64_t left = position.character;
  while (left > 0) {
    if (at == text.size() || text[at] == '\n') return std::nullopt;
    const std::size_t bytes = bytes_of_code_point_prefix(text.substr(at), 1);
    left -= static_cast<std::int64_t>(units(text.substr(at, bytes)));
    at += bytes;
  }
  return left == 0 ? std::optional(at) : std::nullopt;
}

// What its user does --------------------------------------------------------------------------

template <class M>
void ScriptedEditor::tell(const M& message) {
  out_ += jsonrpc::framed(jsonrpc::write_message(
      jsonrpc::Notification{std::string(M::kMethod), jsonrpc::write_fields(message)}));
}

std::int64_t ScriptedEditor::asks(std::string_view method, Json params) {
  out_ += jsonrpc::framed(jsonrpc::write_message(
      jsonrpc::Request{++requests_, std::string(method), std::move(params)}));
  return requests_;
}

template <class M>
void ScriptedEditor::ask(const M& message, const std::string& uri) {
  asks(M::kMethod, jsonrpc::write_fields(message));
  Buffer& buffer = buffers_[uri];
  buffer.is_waiting = true;
  buffer.has_changed = buffer.is_refused = false;
  waiting_for_[requests_] = uri;
}

void ScriptedEditor::initialize() {
  messages::Initialize message;
  message.protocol_version = messages::kProtocolVersion;
  message.client = {"scripted", "1"};
  message.position_encodings = std::vector{std::string(jsonrpc::name_of(encoding_))};
  asks(messages::Initialize::kMethod, jsonrpc::write_fields(message));
}

void ScriptedEditor::opens(const std::string& uri, std::string text, bool modified) {
  Buffer buffer;
  buffer.text = std::move(text);
  buffers_.insert_or_assign(uri, buffer);
  ask(messages::DocumentOpen{uri, buffer.text, modified}, uri);
}

void ScriptedEditor::resyncs(const std::string& uri) {
  Buffer& buffer = buffers_.at(uri);
  ++buffer.resyncs;
  ask(messages::DocumentResync{uri, buffer.text, {buffer.epoch, buffer.seq}}, uri);
}

bool ScriptedEditor::takes(Bug bug) {
  const auto found = std::find(bugs_.begin(), bugs_.end(), bug);
  if (found == bugs_.end()) return false;
  bugs_.erase(found);
  is_faulty_ = true;
  return true;
}

void ScriptedEditor::edits(const std::string& uri, const std::vector<Change>& changes) {
  Buffer& buffer = buffers_.at(uri);
  messages::DocumentEdit message{uri, buffer.epoch, 0, buffer.seq, {}};
  for (const Change& change : changes) {
    const auto place = [&](std::size_t byte) { return position_at(buffer.text, byte); };
    message.edits.push_back(
        {{place(change.at), place(change.at + change.removed)}, change.inserted});
    buffer.text.replace(change.at, change.removed, change.inserted);
  }
  // Nobody knows yet what the counters are. It is in what is said next.
  buffer.has_changed = true;
  if (buffer.is_waiting || takes(Bug::ForgetsAnEdit)) return;
  message.rev = ++buffer.rev;
  if (takes(Bug::Miscounts)) ++message.rev;
  if (takes(Bug::SaysNoPlace) && !message.edits.empty()) {
    message.edits.back().range.end.character += 1000;
  }
  tell(message);
}

void ScriptedEditor::saves(const std::string& uri) {
  const Buffer& buffer = buffers_.at(uri);
  tell(messages::DocumentSave{uri, {buffer.epoch, buffer.seq}});
}

void ScriptedEditor::closes(const std::string& uri) {
  buffers_.erase(uri);
  std::erase_if(waiting_for_, [&](const auto& asked) { return asked.second == uri; });
  messages::DocumentClose message;
  message.uri = uri;
  tell(message);
}

void ScriptedEditor::undoes(const std::string& uri) {
  messages::DocumentUndo message;
  message.uri = uri;
  asks(messages::DocumentUndo::kMethod, jsonrpc::write_fields(message));
}

void ScriptedEditor::redoes(const std::string& uri) {
  messages::DocumentRedo message;
  message.uri = uri;
  asks(messages::DocumentRedo::kMethod, jsonrpc::write_fields(message));
}

void ScriptedEditor::selects(const std::string& uri, std::size_t anchor, std::size_t head) {
  const Buffer& buffer = buffers_.at(uri);
  messages::PresenceUpdate message;
  message.uri = uri;
  message.selections = {{position_at(buffer.text, anchor), position_at(buffer.text, head)}};
  message.applied = {buffer.epoch, buffer.seq};
  tell(message);
}

// What it is told -----------------------------------------------------------------------------

void ScriptedEditor::wrong(std::string what) {
  if (!problem_) problem_ = std::move(what);
}

bool ScriptedEditor::is_settled() const {
  return std::none_of(buffers_.begin(), buffers_.end(),
                      [](const auto& entry) { return entry.second.is_waiting; });
}

void ScriptedEditor::hears(std::string_view bytes) {
  reader_.feed(bytes);
  for (auto body = reader_.next();; body = reader_.next()) {
    if (!body) return wrong("a frame that is none: " + body.error().message);
    if (!*body) return;
    receive(jsonrpc::parse_message(**body, messages::kLimits));
  }
}

void ScriptedEditor::receive(const jsonrpc::Message& message) {
  if (const auto* response = std::get_if<jsonrpc::Response>(&message)) {
    answered(*response);
  } else if (const auto* notification = std::get_if<jsonrpc::Notification>(&message)) {
    const auto take = [&]<class M>(void (ScriptedEditor::*then)(const M&)) {
      if (notification->method != M::kMethod) return false;
      const auto read = jsonrpc::read_fields<M>(notification->params);
      if (!read) {
        wrong(std::string(M::kMethod) + ": " + read.error().message);
      } else if (buffers_.contains(read->uri)) {
        (this->*then)(*read);
      }
      return true;
    };
    if (!take(&ScriptedEditor::apply) && !take(&ScriptedEditor::verify) &&
        !take(&ScriptedEditor::stale)) {
      news_.push_back(*notification);
    }
  } else {
    const auto* refusal = std::get_if<jsonrpc::ErrorResponse>(&message);
    if (const auto uri = refusal == nullptr ? std::nullopt : take_waiting(refusal->id)) {
      buffers_.at(*uri).is_waiting = false;
      buffers_.at(*uri).is_refused = true;
    }
    answers_.push_back(message);
  }
}

void ScriptedEditor::answered(const jsonrpc::Response& response) {
  const auto uri = take_waiting(response.id);
  if (!uri) {
    answers_.emplace_back(response);
    return;
  }
  const auto answer = jsonrpc::read_fields<messages::Opened>(response.result);
  if (!answer) return wrong("an answer that is none: " + answer.error().message);
  opened(*uri, *answer);
}

std::optional<std::string> ScriptedEditor::take_waiting(
    const std::optional<jsonrpc::RequestId>& id) {
  const auto* number = id ? std::get_if<std::int64_t>(&*id) : nullptr;
  const auto asked = number == nullptr ? waiting_for_.end() : waiting_for_.find(*number);
  if (asked == waiting_for_.end()) return std::nullopt;
  return std::move(waiting_for_.extract(asked).mapped());
}

void ScriptedEditor::opened(const std::string& uri, const messages::Opened& opened) {
  Buffer& buffer = buffers_.at(uri);
  buffer.is_waiting = false;
  buffer.is_read_only = opened.read_only;
  // What was typed meanwhile is not to be lost: the answer counts for nothing.
  if (buffer.has_changed) return resyncs(uri);
  if (opened.text) buffer.text = *opened.text;
  buffer.epoch = opened.epoch;
  buffer.seq = buffer.rev = 0;
}

bool ScriptedEditor::perform(std::string& text, const messages::Edit& edit) const {
  const auto start = byte_at(text, edit.range.start);
  const auto end = byte_at(text, edit.range.end);
  if (!start || !end || *end < *start) return false;
  text.replace(*start, *end - *start, edit.text);
  return true;
}

void ScriptedEditor::apply(const messages::DocumentApply& apply) {
  Buffer& buffer = buffers_.at(apply.uri);
  if (buffer.is_waiting || apply.epoch != buffer.epoch || apply.rev != buffer.rev ||
      apply.seq != buffer.seq + 1) {
    ++buffer.dropped;
    return;
  }
  buffer.seq = apply.seq;
  if (takes(Bug::MisappliesAnEdit)) {
    for (const messages::Edit& edit : apply.edits) buffer.text.insert(0, edit.text);
    return;
  }
  for (const messages::Edit& edit : apply.edits) {
    if (perform(buffer.text, edit)) continue;
    // Its own mistakes show here at times, others' never.
    if (!is_faulty_) wrong("an edit where there is no place");
    return resyncs(apply.uri);
  }
}

void ScriptedEditor::verify(const messages::DocumentVerify& verify) {
  Buffer& buffer = buffers_.at(verify.uri);
  if (buffer.is_waiting || verify.epoch != buffer.epoch || verify.seq != buffer.seq ||
      verify.rev != buffer.rev) {
    return;
  }
  if (crypto::sha256(buffer.text) == verify.sha256.data) {
    ++buffer.verified;
    return;
  }
  ++buffer.mismatches;
  resyncs(verify.uri);
}

void ScriptedEditor::stale(const messages::DocumentStale& stale) {
  const Buffer& buffer = buffers_.at(stale.uri);
  if (!buffer.is_waiting && stale.epoch == buffer.epoch) resyncs(stale.uri);
}

}  // namespace plait::support
