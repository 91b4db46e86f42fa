// Choices become what a server says to a Session, well-formed or not, in any order, with cuts
// and time in between, while its host opens, types, asks and moves blobs. Whatever the server
// says: nothing is said on a line that was closed, the feed has no gaps, what is open and what
// waits keeps to its bounds, and so does memory.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "daemon/crypto/device_key.h"
#include "daemon/crypto/digest.h"
#include "daemon/sync/session.h"
#include "protocol/base/assert.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/connect/all.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/counting_random.h"
#include "tests/support/heap.h"

namespace {

namespace connect = plait::messages::connect;
namespace crypto = plait::crypto;
namespace jsonrpc = plait::jsonrpc;
namespace sync = plait::sync;
using plait::MonotonicTime;
using plait::fuzz::FuzzInput;

class SteppedClock final : public plait::Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return now_; }
  [[nodiscard]] plait::WallTime wall() const override { return {}; }
  void pass(std::chrono::milliseconds time) { now_ += time; }

 private:
  MonotonicTime now_{std::chrono::hours{1}};
};

const crypto::DeviceKey& device() {
  static const crypto::DeviceKey kMade = [] {
    plait::support::CountingRandom random;
    return crypto::DeviceKey::generate(random).value();
  }();
  return kMade;
}

/// What a good server answers; `#` is a number of somebody's choice, `?` a truth, `@` the
/// document's channel.
const std::map<std::string_view, std::string_view>& good_answers() {
  static const std::map<std::string_view, std::string_view> kAll = {
      {"hello",
       R"({"version":1,"server":{"name":"s","version":"1"},"serverId":"s","capabilities":)"
       R"(["durable","hash","presence","feed","blobs","touched"],"required":[],"binding":)"
       R"("channel","nonce":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","time":0})"},
      {"login/key", R"({"user":{"id":"u","name":"U","color":"#123456"}})"},
      {"invite/redeem", R"({"standing":"waiting"})"},
      {"workspace/open",
       R"({"workspace":{"id":"w","name":"W","role":"editor","createdAt":0},"generation":"g#",)"
       R"("participantId":"p","feedSeq":#,"participants":[],"cursors":[]})"},
      {"client/lease", R"({"clientIds":[#,#]})"},
      {"document/open", R"({"channel":@,"writable":?,"version":#})"},
      {"document/close", R"({"version":#})"},
      {"document/list", R"({"documents":[{"document":"d#","version":#}],"more":?})"},
      {"feed/since",
       R"({"entries":[{"seq":#,"time":0,"kind":"x"},{"seq":#,"time":0,"kind":"x"}],"more":?})"},
      {"blob/put", R"({"offset":#})"},
      {"blob/get", R"({"size":#,"length":#})"},
  };
  return kAll;
}

/// The same for what it says by itself.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kNews = {{
    {"server/draining", R"({"reconnectAfterMs":#})"},
    {"workspace/changed",
     R"({"workspace":{"id":"w","name":"W","role":"viewer","createdAt":0}})"},
    {"workspace/changed",
     R"({"workspace":{"id":"w","name":"W","role":"owner","createdAt":0}})"},
    {"document/refused", R"({"channel":#,"update":#,"rule":"quota","reason":""})"},
    {"document/refused", R"({"channel":#,"update":#,"rule":"lease","reason":""})"},
    {"document/touched", R"({"documents":["d#"],"all":?})"},
    {"feed/entries", R"({"entries":[{"seq":#,"time":0,"kind":"x"}]})"},
    {"member/waiting", R"({"members":[]})"},
    {"invite/decided", R"({"workspaceId":"w","approved":?})"},
}};

std::string filled_in(std::string_view text, FuzzInput& in, std::size_t channel = 1) {
  std::string made;
  for (const char c : text) {
    if (c == '#' && !made.ends_with("\"color\":\"")) {
      made += std::to_string(in.below(6));
    } else if (c == '?') {
      made += in.one_in(4) ? "false" : "true";
    } else if (c == '@') {
      made += std::to_string(channel);
    } else {
      made += c;
    }
  }
  return made;
}

/// A session, its host, and the server that a fuzzer plays.
class Story final : private sync::Host, private sync::Line {
 public:
  explicit Story(bool has_invite)
      : session_({.device = device(),
                  .person = "P",
                  .software = {"f", "1"},
                  .workspace = "w",
                  .replica = "r",
                  .invite = has_invite ? std::optional(sync::Invite{}) : std::nullopt,
                  .is_pinned = false,
                  .generation = {}},
                 static_cast<sync::Host&>(*this), clock_) {}
  ~Story() {
    if (is_open_) session_.disconnected({});
  }

  void play(FuzzInput& in) {
    in_ = &in;
    switch (in.below(14)) {
      case 0: return come(in);
      case 1: return session_.received(plait::net::MessageKind::Text, in.bytes(in.below(500)));
      case 2:
        return session_.received(plait::net::MessageKind::Binary, in.bytes(in.below(500)));
      case 3:
      case 4:
      case 5: return answer(in);
      case 6: return say_news(in);
      case 7: return say_frame(in);
      case 8:
        clock_.pass(std::chrono::milliseconds{in.below(40'000)});
        return session_.advance(clock_.now());
      case 9: return cut(plait::net::CloseCode{static_cast<std::uint16_t>(4400 + in.below(9))});
      case 10: return session_.documents().open(some_document(in), sync::Urgency::Later);
      case 11: return session_.documents().close(some_document(in));
      case 12: return session_.documents().send(some_document(in), in.bytes(in.below(20)));
      default: return want(in);
    }
  }

  void check() const {
    PLAIT_ASSERT(session_.documents().open_count() <= sync::kMaxOpenDocuments,
                 "no more documents than there are places");
    PLAIT_ASSERT(asked_.size() < 100, "no more questions than a session has");
  }

 private:
  struct Asked {
    std::int64_t id = 0;
    std::string method;
    std::size_t channel = 1;  ///< of the document that it is about
  };

  static std::string some_document(FuzzInput& in) { return "d" + std::to_string(in.below(6)); }

  void come(FuzzInput& in) {
    if (is_open_) session_.disconnected({});
    asked_.clear();
    is_open_ = true;
    sync::Line& line = *this;
    session_.connected(line, {std::string(32, 'b'), "example.org"});
    // Mostly it gets in.
    if (!in.one_in(4)) {
      for (int i = 0; i < 12 && !asked_.empty(); ++i) answer_well(in, asked_.begin());
    }
  }
  void cut(plait::net::CloseCode code) {
    if (!std::exchange(is_open_, false)) return;
    session_.disconnected({code, "cut"});
    session_.may_try_again();
  }

  void hear(const std::string& text) {
    if (is_open_) session_.received(plait::net::MessageKind::Text, text);
  }
  void answer(FuzzInput& in) {
    if (asked_.empty()) return;
    const std::size_t which = in.one_in(4) ? in.below(asked_.size()) : 0;
    const auto asked = asked_.begin() + static_cast<std::ptrdiff_t>(which);
    if (!in.one_in(6)) return answer_well(in, asked);
    const std::string id = std::to_string(asked->id);
    asked_.erase(asked);
    hear(R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":-)" +
         std::to_string(32'000 + in.below(46)) + R"(,"message":"m"}})");
  }
  void answer_well(FuzzInput& in, const std::deque<Asked>::iterator& which) {
    const Asked asked = *which;
    asked_.erase(which);
    const auto good = good_answers().find(asked.method);
    const std::string_view result = good != good_answers().end() ? good->second : "{}";
    hear(R"({"jsonrpc":"2.0","id":)" + std::to_string(asked.id) + R"(,"result":)" +
         filled_in(result, in, asked.channel) + '}');
  }
  void say_news(FuzzInput& in) {
    const auto& [method, params] = kNews[in.below(kNews.size())];
    hear(R"({"jsonrpc":"2.0","method":")" + std::string(method) + R"(","params":)" +
         filled_in(params, in) + '}');
  }
  void say_frame(FuzzInput& in) {
    std::string frame(1, static_cast<char>(in.one_in(8) ? 0 : 1 + in.below(6)));
    switch (in.below(4)) {
      case 0: frame += '\x10'; break;
      case 1: frame += '\x11'; break;
      case 2: frame += '\x12'; break;
      default: frame += '\0'; frame += static_cast<char>(in.below(3));
    }
    if (frame[1] == '\0') {
      const std::string_view payload = in.bytes(in.below(20));
      frame += static_cast<char>(payload.size());
      frame += payload;
    } else {
      if (frame[1] == '\x10' || frame[1] == '\x11') frame += static_cast<char>(in.below(6));
      if (frame[1] != '\x10') frame.append(32, '\0');
      if (frame[1] == '\x12') frame.append(1, static_cast<char>(in.below(6))) += "bytes";
    }
    if (is_open_) session_.received(plait::net::MessageKind::Binary, frame);
  }
  void want(FuzzInput& in) {
    const crypto::Sha256Digest blob{};
    switch (in.below(5)) {
      case 0: return session_.want_clients(1);
      case 1:
        if (session_.blobs().size() > 8) return;
        return session_.blobs().put(
            blob, 5,
            [](std::uint64_t, std::size_t count) -> plait::Result<std::string> {
              return std::string(count, 'b');
            },
            {});
      case 2:
        if (session_.blobs().size() > 8) return;
        return session_.blobs().get(blob,
                                    [](std::uint64_t, std::uint64_t, std::string_view) {
                                      return plait::Result<void>{};
                                    },
                                    {});
      case 3: return session_.show({});
      default:
        if (in.one_in(2)) {
          session_.fell_behind();
        } else {
          session_.drained();
        }
    }
  }

  // sync::Line
  void send(plait::net::MessageKind kind, std::string_view payload) override {
    PLAIT_ASSERT(is_open_, "nothing to be said on a line that is closed");
    if (kind == plait::net::MessageKind::Binary) return;
    const auto message = jsonrpc::parse_message(payload, connect::kLimitsToServer);
    if (const auto* request = std::get_if<jsonrpc::Request>(&message)) {
      const jsonrpc::Json* document = request->params.find("document");
      const std::string* name = document != nullptr ? document->as_string() : nullptr;
      asked_.push_back(
          {std::get<std::int64_t>(request->id), request->method,
           name != nullptr ? static_cast<std::size_t>(name->back() - '0') + 1 : 1});
      return;
    }
    PLAIT_ASSERT(std::holds_alternative<jsonrpc::Notification>(message),
                 "a client to say what a server can read");
  }
  void close(plait::net::CloseCode /*code*/, std::string_view /*reason*/) override {
    PLAIT_ASSERT(std::exchange(is_open_, false), "a line to be closed once");
  }
  [[nodiscard]] std::size_t queued_bytes() const override { return 0; }

  // sync::Host
  void on_generation_changed(const std::string& /*generation*/) override { feed_ = 0; }
  void on_online(const connect::WorkspaceOpen::Reply& /*workspace*/) override {
    PLAIT_ASSERT(!std::exchange(is_online_, true), "who comes online to have been offline");
  }
  void on_offline(const sync::Offline& /*why*/) override { is_online_ = false; }
  void on_workspace_changed(const connect::Workspace& /*workspace*/) override {}
  void on_draining(std::chrono::milliseconds /*returns_after*/) override {}
  void on_backlog(bool /*behind*/) override {}
  void on_client_ids(std::span<const std::int64_t> /*ids*/) override {}
  void on_participants(const connect::PresenceChanged& /*change*/) override {}
  void on_cursors(const connect::CursorChanged& /*change*/) override {}
  void on_waiting(const connect::MemberWaiting& /*waiting*/) override {}
  std::optional<std::int64_t> feed_seen() override { return feed_; }
  void on_feed(std::span<const connect::FeedEntry> entries) override {
    for (const auto& entry : entries) {
      PLAIT_ASSERT(entry.seq == ++feed_, "a feed without gaps");
    }
  }
  std::string state_vector(const std::string& /*document*/) override {
    return std::string(1, '\0');
  }
  plait::Result<void> take(const std::string& document, std::string_view update) override {
    interfere(document);
    if (update.size() % 8 == 7) return plait::fail(plait::ErrorCode::Malformed, "no");
    return {};
  }
  plait::Result<sync::Answer> answer(const std::string& document,
                                     std::string_view vector) override {
    interfere(document);
    if (vector.empty()) return plait::fail(plait::ErrorCode::Malformed, "no");
    return sync::Answer{std::string(vector), vector.size() % 2 == 0};
  }
  std::optional<crypto::Sha256Digest> text_hash(const std::string& document) override {
    interfere(document);
    crypto::Sha256Digest mine{};
    mine[0] = static_cast<std::uint8_t>(document.back() & 1);
    return mine;
  }
  bool may_close(const std::string& /*document*/) override { return true; }
  void on_synced(const std::string& document, std::optional<std::int64_t>) override {
    interfere(document);
  }
  void on_saved(const std::string& document) override { interfere(document); }
  void on_closed(const std::string& document, std::optional<std::int64_t>) override {
    interfere(document);
  }
  void on_refused(const std::string& document, const std::string& /*rule*/,
                  const std::string& /*reason*/) override {
    interfere(document);
  }
  void on_postponed(const std::string& document, const std::string& /*rule*/,
                    const std::string& /*reason*/) override {
    interfere(document);
  }
  void on_diverged(const std::string& document) override { interfere(document); }
  void on_listed(std::span<const sync::ListedDocument> /*page*/, bool /*more*/) override {}
  void on_touched(std::span<const std::string> documents, bool /*all*/) override {
    for (const std::string& document : documents) interfere(document);
  }

  /// From within a callback the host may do whatever it likes.
  void interfere(const std::string& document) {
    switch (in_ != nullptr ? in_->below(8) : 0) {
      case 1: return session_.documents().open(document, sync::Urgency::Now);
      case 2: return session_.documents().close(document);
      case 3: return session_.documents().send(document, "update");
      default: return;
    }
  }

  SteppedClock clock_;
  FuzzInput* in_ = nullptr;
  bool is_open_ = false;
  bool is_online_ = false;
  std::deque<Asked> asked_;
  std::int64_t feed_ = 0;
  sync::Session session_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  device();
  const plait::support::HeapPeak peak;
  {
    FuzzInput in(data, size);
    Story story(in.one_in(4));
    while (!in.at_end()) {
      story.play(in);
      story.check();
    }
  }
  constexpr std::size_t kMostForAll = std::size_t{1} << 20;
  constexpr std::size_t kMostForEachByte = 1000;
  PLAIT_ASSERT(peak.bytes() <= kMostForAll + kMostForEachByte * size, "bounded memory");
  return 0;
}
