#include "daemon/server/talk.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "daemon/server/activity.h"
#include "daemon/server/audit_words.h"
#include "daemon/server/chat_export.h"
#include "daemon/server/feed_words.h"
#include "daemon/server/limits.h"
#include "protocol/messages/connect/errors.h"

namespace plait::server {
namespace {

namespace connect = messages::connect;
using connect::ConnectError;

constexpr std::size_t kDefaultPage = 50;

std::size_t page_size(const std::optional<std::int64_t>& limit) {
  return limit ? static_cast<std::size_t>(*limit) : kDefaultPage;
}

std::uint64_t before_or_newest(const std::optional<std::int64_t>& before) {
  // What SQLite counts up to.
  constexpr auto kNewest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  return before ? static_cast<std::uint64_t>(*before) : kNewest;
}

std::optional<std::uint64_t> as_sequence(const std::optional<std::int64_t>& seq) {
  if (!seq) return std::nullopt;
  return static_cast<std::uint64_t>(*seq);
}

std::optional<WallTime> as_time(const std::optional<std::int64_t>& ms) {
  if (!ms) return std::nullopt;
  return WallTime{*ms};
}

/// The newest of what was found comes first there, and last here. One more than asked for was
/// looked for, to know whether there is more.
connect::MessagePage page_of(const FeedWords& words, const std::vector<store::Message>& found,
                             std::size_t limit) {
  connect::MessagePage page;
  const std::size_t count = fitting(found, limit);
  page.more = count < found.size();
  for (std::size_t i = count; i > 0; --i) page.messages.push_back(words.message(found[i - 1]));
  return page;
}

/// The entry that was written; 0 if nothing was.
std::uint64_t sequence_of(const Result<std::uint64_t>& result) { return result ? *result : 0; }
std::uint64_t sequence_of(const Result<store::Posted>& result) {
  return result && result->is_new ? result->sequence : 0;
}

std::string_view kind_of(connect::FileActivity kind) { return jsonrpc::name_of(kind); }

}  // namespace

template <class M>
bool Talk::may_post(const Responder<M>& responder) {
  return may_go_on(posts_, kPosts, caller_.host.clock().now(), responder);
}

template <class M>
bool Talk::may_search(const Responder<M>& responder) {
  return may_go_on(caller_.searches, kSearches, caller_.host.clock().now(), responder);
}

template <class Call>
auto Talk::written(Call call) const {
  return [grew = caller_.live->feed_growth(),
          answer = caller_.while_here(std::move(call))](const auto& result) {
    if (const std::uint64_t sequence = sequence_of(result); sequence != 0) grew(sequence);
    answer(result);
  };
}

// The feed ------------------------------------------------------------------------------------

void Talk::handle(const connect::FeedSince& question,
                  const Responder<connect::FeedSince>& responder) {
  const std::size_t limit = page_size(question.limit);
  caller_.host.store().feed_since(
      caller_.workspace, static_cast<std::uint64_t>(question.after), limit + 1,
      caller_.while_here(
          [this, limit, responder](const Result<std::vector<store::FeedEntry>>& entries) {
            if (!entries) return responder.refuse(entries.error());
            const FeedWords words(caller_.directory(), caller_.workspace);
            connect::FeedSince::Reply reply;
            const std::size_t count = fitting(*entries, limit);
            reply.more = count < entries->size();
            for (std::size_t i = 0; i < count; ++i) {
              reply.entries.push_back(words.entry((*entries)[i]));
            }
            responder.answer(reply);
          }));
}

void Talk::handle(const connect::ActivityRecord& news,
                  const Responder<connect::ActivityRecord>& responder) {
  if (!may_post(responder)) return;
  ActivityWords words;
  words.kind = kind_of(news.kind);
  words.path = news.path;
  words.former_path = news.former_path;
  caller_.host.store().add_activity(
      {caller_.workspace, caller_.member, caller_.host.clock().wall(), write_activity(words),
       news.id},
      written([responder](const Result<std::uint64_t>& sequence) {
        if (!sequence) return responder.refuse(sequence.error());
        responder.answer({static_cast<std::int64_t>(*sequence)});
      }));
}

void Talk::handle(const connect::AuditList& question,
                  const Responder<connect::AuditList>& responder) {
  const std::size_t limit = page_size(question.limit);
  caller_.host.store().audit_before(
      caller_.workspace, before_or_newest(question.before), limit + 1,
      caller_.while_here(
          [this, limit, responder](const Result<std::vector<store::AuditEntry>>& entries) {
            if (!entries) return responder.refuse(entries.error());
            connect::AuditList::Reply reply;
            reply.more = entries->size() > limit;
            for (std::size_t i = 0; i < std::min(limit, entries->size()); ++i) {
              auto entry = shown((*entries)[i], caller_.directory());
              if (!entry) return responder.refuse(entry.error());
              reply.entries.push_back(*std::move(entry));
            }
            responder.answer(reply);
          }));
}

// Chat ----------------------------------------------------------------------------------------

void Talk::handle(const connect::ChatSend& wish,
                  const Responder<connect::ChatSend>& responder) {
  if (!may_post(responder)) return;
  store::NewMessage message;
  message.workspace = caller_.workspace;
  message.author = caller_.member;
  message.time = caller_.host.clock().wall();
  message.nonce = wish.id;
  message.text = wish.text;
  message.reply_to = as_sequence(wish.reply_to);
  message.anchor = write_anchor(wish.anchor);
  caller_.host.store().post_message(
      std::move(message), written([this, wish, responder](const Result<store::Posted>& result) {
        posted(wish, result, responder);
      }));
}

void Talk::posted(const connect::ChatSend& wish, const Result<store::Posted>& result,
                  const Responder<connect::ChatSend>& responder) {
  if (!result) return responder.refuse(result.error());
  if (result->is_new) {
    if (caller_.place != nullptr) caller_.live->stopped_typing(*caller_.place);
    return answer_with(result->sequence, responder);
  }
  caller_.host.store().message(
      caller_.workspace, result->sequence,
      caller_.while_here([this, text = wish.text,
                          responder](const Result<store::Message>& known) {
        if (!known) return responder.refuse(known.error());
        // What was changed since says nothing about what was sent then.
        const bool as_sent = !known->edited && !known->deleted;
        if (as_sent && known->text != text) {
          return responder.refuse(people::conflict("the id was used for another message"));
        }
        responder.answer({FeedWords(caller_.directory(), caller_.workspace).message(*known)});
      }));
}

store::MessageAction Talk::action(std::int64_t message) const {
  return {caller_.workspace, static_cast<std::uint64_t>(message), caller_.member,
          caller_.host.clock().wall()};
}

template <class M>
void Talk::answer_with(std::uint64_t message, const Responder<M>& responder) {
  caller_.host.store().message(
      caller_.workspace, message,
      caller_.while_here([this, responder](const Result<store::Message>& found) {
        if (!found) return responder.refuse(found.error());
        responder.answer({FeedWords(caller_.directory(), caller_.workspace).message(*found)});
      }));
}

template <class M>
store::Answer<std::uint64_t> Talk::done_to(std::uint64_t message,
                                           const Responder<M>& responder) {
  return written([this, message, responder](const Result<std::uint64_t>& sequence) {
    if (!sequence && sequence.error().code == ErrorCode::Refused) {
      return responder.refuse(rpc_error(ConnectError::Forbidden, sequence.error().message));
    }
    if (!sequence) return responder.refuse(sequence.error());
    answer_with(message, responder);
  });
}

void Talk::handle(const connect::ChatEdit& wish,
                  const Responder<connect::ChatEdit>& responder) {
  if (!may_post(responder)) return;
  store::MessageAction edit = action(wish.seq);
  edit.own_only = true;
  const std::uint64_t message = edit.message;
  caller_.host.store().edit_message(std::move(edit), wish.text, done_to(message, responder));
}

void Talk::handle(const connect::ChatDelete& wish,
                  const Responder<connect::ChatDelete>& responder) {
  if (!may_post(responder)) return;
  store::MessageAction deletion = action(wish.seq);
  deletion.own_only = caller_.role != connect::Role::Owner;
  const std::uint64_t message = deletion.message;
  caller_.host.store().delete_message(std::move(deletion), done_to(message, responder));
}

void Talk::handle(const connect::ChatReact& wish,
                  const Responder<connect::ChatReact>& responder) {
  if (!may_post(responder)) return;
  store::MessageAction reaction = action(wish.seq);
  const std::uint64_t message = reaction.message;
  caller_.host.store().react(std::move(reaction), wish.emoji, !wish.remove.value_or(false),
                             done_to(message, responder));
}

// What was said -------------------------------------------------------------------------------

void Talk::handle(const connect::ChatHistory& question,
                  const Responder<connect::ChatHistory>& responder) {
  const std::size_t limit = page_size(question.limit);
  caller_.host.store().messages_before(
      caller_.workspace, before_or_newest(question.before), limit + 1,
      caller_.while_here(
          [this, limit, responder](const Result<std::vector<store::Message>>& found) {
            if (!found) return responder.refuse(found.error());
            responder.answer(
                page_of(FeedWords(caller_.directory(), caller_.workspace), *found, limit));
          }));
}

void Talk::handle(const connect::ChatSearch& question,
                  const Responder<connect::ChatSearch>& responder) {
  if (!may_search(responder)) return;
  const std::size_t limit = page_size(question.limit);
  store::Search search;
  search.workspace = caller_.workspace;
  search.words = question.query;
  search.author = question.author;
  search.from = as_time(question.since);
  search.until = as_time(question.until);
  search.before = as_sequence(question.before);
  search.limit = limit + 1;
  caller_.host.store().search(
      std::move(search),
      caller_.while_here(
          [this, limit, responder](const Result<std::vector<store::Message>>& found) {
            if (!found) return responder.refuse(found.error());
            responder.answer(
                page_of(FeedWords(caller_.directory(), caller_.workspace), *found, limit));
          }));
}

void Talk::handle(const connect::ChatExport& question,
                  const Responder<connect::ChatExport>& responder) {
  if (!may_search(responder)) return;
  const ExportPlace place(question.after);
  caller_.host.store().feed_since(
      caller_.workspace, place.after(), store::kMaxPage,
      caller_.while_here([this, format = question.format, place,
                          responder](const Result<std::vector<store::FeedEntry>>& entries) {
        if (!entries) return responder.refuse(entries.error());
        const FeedWords words(caller_.directory(), caller_.workspace);
        responder.answer(export_piece(words, format, place, *entries));
      }));
}

}  // namespace plait::server
