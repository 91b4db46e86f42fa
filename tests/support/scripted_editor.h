#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/jsonrpc/frame_reader.h"
#include "protocol/jsonrpc/json.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/editor/all.h"

namespace plait::support {

namespace messages = plait::messages::editor;

/// An editor that plays the editor protocol by its rules: it has texts and counters of its own,
/// drops what it has to drop, and answers what it is asked. Bytes go in and bytes come out; how
/// late they are is up to who carries them. In places it is as simple as a plugin may be, and
/// counts everything from the front.
class ScriptedEditor {
 public:
  using PositionEncoding = messages::PositionEncoding;

  explicit ScriptedEditor(PositionEncoding encoding = PositionEncoding::Utf16)
      : encoding_(encoding) {}

  // What its user does. Places are bytes of its text, between characters.
  // ----------------------

  void initialize();
  void opens(const std::string& uri, std::string text, bool modified = false);
  struct Change {
    std::size_t at = 0;
    std::size_t removed = 0;
    std::string inserted;
  };
  /// Each change applies to what the one before it left; all of them are one message.
  void edits(const std::string& uri, const std::vector<Change>& changes);
  void edits(const std::string& uri, std::size_t at, std::size_t removed,
             std::string inserted) {
    edits(uri, {Change{at, removed, std::move(inserted)}});
  }
  void saves(const std::string& uri);
  void closes(const std::string& uri);
  void undoes(const std::string& uri);
  void redoes(const std::string& uri);
  /// The cursor, as far as the text goes.
  void selects(const std::string& uri, std::size_t anchor, std::size_t head);
  /// Anything else. What it gives names the request in its answer.
  std::int64_t asks(std::string_view method, jsonrpc::Json params);

  // What it does wrong, once each. ----------------------------------------------------------

  enum class Bug {
    ForgetsAnEdit,     ///< the next change is not told of
    MisappliesAnEdit,  ///< the next change of others lands elsewhere
    Miscounts,         ///< the next edit has the wrong number
    SaysNoPlace,       ///< the next edit is outside of the text
  };
  void has(Bug bug) { bugs_.push_back(bug); }

  // The wire. -------------------------------------------------------------------------------

  void hears(std::string_view bytes);
  [[nodiscard]] std::string take_bytes() { return std::exchange(out_, {}); }

  // What there is to see. -------------------------------------------------------------------

  struct Buffer {
    std::string text;
    std::int64_t epoch = 0;  ///< of the newest answer that the text holds; 0: none
    std::int64_t seq = 0;
    std::int64_t rev = 0;
    bool is_read_only = false;
    bool is_waiting = false;   ///< what it holds was said, and not answered yet
    bool has_changed = false;  ///< since that was said
    bool is_refused = false;   ///< the daemon does not have it open
    std::size_t dropped = 0;
    std::size_t resyncs = 0;
    std::size_t verified = 0;    ///< hashes that were right
    std::size_t mismatches = 0;  ///< and those that were not
  };
  [[nodiscard]] const Buffer& buffer(const std::string& uri) const { return buffers_.at(uri); }
  [[nodiscard]] const std::string& text(const std::string& uri) const {
    return buffer(uri).text;
  }
  /// No buffer waits for an answer.
  [[nodiscard]] bool is_settled() const;
  /// What is wrong with what it was told, if anything is: no such position, an edit that is
  /// none. Sticky.
  [[nodiscard]] const std::optional<std::string>& problem() const noexcept { return problem_; }
  /// Answers to requests that are not about buffers, and errors, since they were taken.
  [[nodiscard]] std::vector<jsonrpc::Message> take_answers() {
    return std::exchange(answers_, {});
  }
  /// Notifications that are not about buffers.
  [[nodiscard]] std::vector<jsonrpc::Notification> take_news() {
    return std::exchange(news_, {});
  }

 private:
  void receive(const jsonrpc::Message& message);
  void answered(const jsonrpc::Response& response);
  /// The buffer that an answer is about, which is answered then. Nothing: none is.
  [[nodiscard]] std::optional<std::string> take_waiting(
      const std::optional<jsonrpc::RequestId>& id);
  void apply(const messages::DocumentApply& apply);
  void verify(const messages::DocumentVerify& verify);
  void stale(const messages::DocumentStale& stale);
  void opened(const std::string& uri, const messages::Opened& opened);
  void resyncs(const std::string& uri);
  /// False if there is no such place.
  [[nodiscard]] bool perform(std::string& text, const messages::Edit& edit) const;
  [[nodiscard]] messages::Position position_at(std::string_view text, std::size_t byte) const;
  [[nodiscard]] std::optional<std::size_t> byte_at(std::string_view text,
                                                   const messages::Position& position) const;
  [[nodiscard]] std::size_t units(std::string_view text) const;
  [[nodiscard]] bool takes(Bug bug);
  template <class M>
  void tell(const M& message);
  template <class M>
  void ask(const M& message, const std::string& uri);
  void wrong(std::string what);

  const PositionEncoding encoding_;
  std::map<std::string, Buffer> buffers_;
  std::vector<Bug> bugs_;
  bool is_faulty_ = false;  ///< it has done something wrong
  std::int64_t requests_ = 0;
  std::map<std::int64_t, std::string> waiting_for_;  ///< requests that give a buffer its epoch
  jsonrpc::FrameReader reader_;
  std::string out_;
  std::vector<jsonrpc::Message> answers_;
  std::vector<jsonrpc::Notification> news_;
  std::optional<std::string> problem_;
};

}  // namespace plait::support
