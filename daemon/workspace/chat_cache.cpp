#include "daemon/workspace/chat_cache.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "protocol/jsonrpc/fields.h"
#include "protocol/jsonrpc/json.h"

namespace plait::workspace {
namespace {

/// What SQLite counts up to.
constexpr auto kNewest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
constexpr auto kDefaultPage = std::size_t{50};

/// As the store keeps it. The reactions of a crowd are left to the server.
std::string written(const connect::ChatMessage& message) {
  std::string bytes = jsonrpc::write_json(jsonrpc::write_fields(message));
  if (bytes.size() <= store::kMaxCachedMessageBytes) return bytes;
  connect::ChatMessage smaller = message;
  smaller.reactions.clear();
  return jsonrpc::write_json(jsonrpc::write_fields(smaller));
}

Result<connect::ChatMessage> read(std::string_view bytes) {
  auto json = jsonrpc::parse_json(bytes, {.max_bytes = store::kMaxCachedMessageBytes});
  if (!json) return forward_error(json);
  return jsonrpc::read_fields<connect::ChatMessage>(*json, "message");
}

/// Upper and lower case are the same, as far as ASCII has them.
std::string folded(std::string_view text) {
  std::string folded(text);
  for (char& letter : folded) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return folded;
}

/// Letters beyond ASCII belong to words.
bool is_in_word(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool goes_on = false;
  for (const char letter : folded(text)) {
    if (is_in_word(letter)) {
      if (!goes_on) words.emplace_back();
      words.back() += letter;
    }
    goes_on = is_in_word(letter);
  }
  return words;
}

/// All words are there, the last of which may go on.
bool has_words(std::string_view text, const std::vector<std::string>& wanted) {
  const std::vector<std::string> words = words_of(text);
  return std::ranges::all_of(wanted, [&](const std::string& word) {
    const bool may_go_on = &word == &wanted.back();
    return std::ranges::any_of(words, [&](const std::string& each) {
      return may_go_on ? each.starts_with(word) : each == word;
    });
  });
}

}  // namespace

ChatCache::ChatCache(store::ReplicaStore& store, std::string workspace)
    : store_(store),
      workspace_(std::move(workspace)),
      self_(std::make_shared<ChatCache*>(this)) {}

ChatCache::~ChatCache() { *self_ = nullptr; }

// Keeping -------------------------------------------------------------------------------------

void ChatCache::load(const std::function<void(Result<void>)>& then) {
  load_before(kNewest, then);
}

void ChatCache::load_before(std::uint64_t before,
                            const std::function<void(Result<void>)>& then) {
  store_.messages_before(
      workspace_, before, store::kMaxCachedPage,
      [self = self_, then](Result<std::vector<store::CachedMessage>> page) {
        if (*self == nullptr) return;
        ChatCache& cache = **self;
        if (!page) return then(forward_error(page));
        for (const store::CachedMessage& kept : *page) {
          auto message = read(kept.bytes);
          // What is behind it would be behind a gap.
          if (!message) return then({});
          const std::int64_t number = message->seq;
          cache.messages_.insert_or_assign(number, *std::move(message));
        }
        if (page->size() < store::kMaxCachedPage || cache.messages_.size() >= kKeptMessages) {
          return then({});
        }
        cache.load_before(page->back().sequence, then);
      });
}

void ChatCache::drop() {
  messages_.clear();
  is_whole_ = false;
  store_.drop_messages(workspace_, {});
}

void ChatCache::take(const connect::ChatMessage& message) {
  const auto known = messages_.find(message.seq);
  if (known != messages_.end() && known->second == message) return;
  // Without the newest page nothing follows on from it.
  const bool is_older = messages_.empty() || message.seq < messages_.begin()->first;
  if (is_older && !is_whole_) return;
  keep({&message, 1});
  if (messages_.size() > kKeptMessages) {
    messages_.erase(messages_.begin());
    is_whole_ = false;
  }
}

void ChatCache::take(const connect::MessagePage& page, std::optional<std::int64_t> before) {
  const bool goes_on = !before || (!messages_.empty() && *before >= messages_.begin()->first);
  if (!goes_on || messages_.size() + page.messages.size() > kKeptMessages) return;
  const bool reaches_back = messages_.empty() || page.messages.empty() ||
                            page.messages.front().seq <= messages_.begin()->first;
  keep(page.messages);
  if (reaches_back) is_whole_ = !page.more;
}

void ChatCache::keep(std::span<const connect::ChatMessage> messages) {
  std::vector<store::CachedMessage> rows;
  for (const connect::ChatMessage& message : messages) {
    rows.push_back({static_cast<std::uint64_t>(message.seq), written(message)});
    messages_.insert_or_assign(message.seq, message);
  }
  if (!rows.empty()) store_.put_messages(workspace_, std::move(rows), {});
}

// Looking -------------------------------------------------------------------------------------

const connect::ChatMessage* ChatCache::find(std::int64_t number) const {
  const auto found = messages_.find(number);
  return found == messages_.end() ? nullptr : &found->second;
}

const connect::ChatMessage* ChatCache::find(std::string_view author,
                                            std::string_view name) const {
  // What is looked for is mostly new.
  for (auto at = messages_.rbegin(); at != messages_.rend(); ++at) {
    if (at->second.id == name && at->second.author.id == author) return &at->second;
  }
  return nullptr;
}

connect::MessagePage ChatCache::page(std::optional<std::int64_t> before,
                                     std::size_t limit) const {
  connect::MessagePage page;
  auto at = before ? messages_.lower_bound(*before) : messages_.end();
  while (at != messages_.begin() && page.messages.size() < limit) {
    page.messages.push_back((--at)->second);
  }
  page.more = at != messages_.begin();
  std::ranges::reverse(page.messages);
  return page;
}

connect::MessagePage ChatCache::search(const connect::ChatSearch& wish) const {
  const std::vector<std::string> words = words_of(wish.query);
  connect::MessagePage found;
  if (words.empty()) return found;
  for (auto at = messages_.rbegin(); at != messages_.rend(); ++at) {
    const connect::ChatMessage& message = at->second;
    if ((wish.author && message.author.id != *wish.author) ||
        (wish.since && message.created_at < *wish.since) ||
        (wish.until && message.created_at >= *wish.until) || !has_words(message.text, words)) {
      continue;
    }
    if (found.messages.size() == kDefaultPage) {
      found.more = true;
      break;
    }
    found.messages.push_back(message);
  }
  std::ranges::reverse(found.messages);
  return found;
}

}  // namespace plait::workspace
