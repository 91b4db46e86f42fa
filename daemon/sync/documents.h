#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/sync/conversation.h"
#include "daemon/sync/host.h"
#include "protocol/wire/channel_frame.h"

namespace plait::sync {

/// Documents that are open on one connection; the server allows 1,000.
inline constexpr std::size_t kMaxOpenDocuments = 900;
/// Documents that are being opened at the same time.
inline constexpr std::size_t kMaxOpening = 32;
/// When all places are taken by documents that are in use, it is looked again after so long.
inline constexpr std::chrono::milliseconds kPlacePause{200};
/// Before a document is opened again that the server could not load or store; doubled each
/// time.
inline constexpr std::chrono::seconds kFirstRest{2};
inline constexpr std::chrono::seconds kLongestRest{60};

/// What is opened first.
enum class Urgency : std::uint8_t { Now, Soon, Later };

/// The documents of a Session: which are wanted, which are open, and the conversation about
/// each. More may be wanted than can be open: the least recently used that nobody would miss
/// make room, and are forgotten here.
class Documents {
 public:
  Documents(Agenda& agenda, const Clock& clock, Conversation& conversation, Host& host,
            std::function<void(std::string)> fault);
  ~Documents();
  Documents(const Documents&) = delete;
  Documents& operator=(const Documents&) = delete;

  /// From now on it is kept in step, on every connection, until it is closed. Again: it is
  /// used, and may become more urgent. After a refusal, begins anew.
  void open(const std::string& document, Urgency urgency = Urgency::Soon);
  /// It need not be in step any more, as soon as all that was sent is saved.
  void close(const std::string& document);
  /// An update that the host has made. Opens the document if it is not. Without a connection
  /// this only counts: Host::answer() has the update later. Nothing happens after a refusal,
  /// before the document is opened again.
  void send(const std::string& document, std::string_view update);

  /// Updates that were sent and are not known to be on the server's disk.
  [[nodiscard]] std::size_t unsaved(const std::string& document) const;
  /// The same of all documents.
  [[nodiscard]] std::size_t unsaved() const noexcept { return unsaved_; }
  /// Open, and all that the server had was taken.
  [[nodiscard]] bool is_in_step(const std::string& document) const;
  /// Documents that wait to be opened, or are being opened.
  [[nodiscard]] std::size_t waiting() const noexcept;
  [[nodiscard]] std::size_t open_count() const noexcept { return places_; }

  // For the session.

  /// The workspace is being opened on a new connection, and documents with it.
  void begin();
  void end();
  /// What our role allows from now on.
  void set_writable(bool writable);
  void fell_behind() noexcept { is_behind_ = true; }
  void drained();
  void take(wire::Channel channel, const wire::Message& message);
  void refused(const connect::DocumentRefused& refusal);
  /// Asks for the list of all documents.
  void list();

 private:
  enum class State : std::uint8_t {
    Queued,   ///< waits to be opened
    Opening,  ///< was asked for
    Open,
    Closing,  ///< was said, and not answered; it still takes a place
    Resting,  ///< until it is opened again
    Shut,     ///< was refused; the host has to open it again
  };
  struct Document;
  using Queue = std::list<Document*>;

  [[nodiscard]] Document* find(const std::string& name) const;
  [[nodiscard]] Document* find(wire::Channel channel) const;
  Document& want(const std::string& name, Urgency urgency);

  static void enter(Queue& queue, Document& document, bool first = false);
  static void leave_queue(Document& document);
  void enqueue(Document& document, bool first = false);
  void pump();
  bool make_room();
  void start_opening(Document& document);
  void was_opened(const std::string& name, std::string_view unsaid,
                  const Outcome<connect::DocumentOpen>& outcome);
  void reopen(Document& document);
  void leave_channel(Document& document);
  void close_if_idle(Document& document);
  void start_closing(Document& document);
  void was_closed(const std::string& name, std::optional<std::int64_t> version);
  void forget(Document& document);
  void shut(Document& document);
  void rest(Document& document, const std::string& rule, const std::string& reason);
  void start_resting(Document& document);
  void set_wake();
  void wake();
  void ask_for_page(std::optional<std::string> after);

  void take_step1(Document& document, std::string_view state_vector);
  void take_update(Document& document, std::string_view update, bool is_all);
  void was_synced(Document& document);
  void take_durable(Document& document, std::uint64_t messages);
  void take_hash(Document& document, const wire::TextHash& hash);
  void send_frame(Document& document, const wire::Message& message, std::size_t bytes,
                  std::size_t updates);

  const Clock& clock_;
  Conversation& conversation_;
  Host& host_;
  const std::function<void(std::string)> fault_;
  bool is_begun_ = false;
  bool is_behind_ = false;
  bool is_pumping_ = false;
  std::map<std::string, std::unique_ptr<Document>> documents_;
  std::unordered_map<std::uint32_t, Document*> channels_;
  std::array<Queue, 3> queued_;  ///< by urgency
  Queue used_;                   ///< open, the least recently used first
  std::size_t places_ = 0;       ///< opening, open and closing
  std::size_t opening_ = 0;      ///< asked for, and not in step yet
  std::size_t closing_ = 0;
  std::size_t unsaved_ = 0;
  std::optional<MonotonicTime> no_room_until_;
  std::set<std::pair<MonotonicTime, std::string>> resting_;
  bool is_listing_ = false;
  bool lists_again_ = false;
  Alarm wake_;
};

}  // namespace plait::sync
