#include "daemon/crdt/update_validator.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "daemon/crdt/content_slice.h"
#include "daemon/crdt/document.h"
#include "daemon/crdt/integration_forecast.h"
#include "daemon/crdt/replica.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {
namespace {

Failure refuse(Rule rule, std::string_view why, ErrorCode code = ErrorCode::Refused) {
  return fail(code, std::string("rule ").append(name_of(rule)).append(": ").append(why));
}

Failure too_much(Rule rule, std::string_view why) {
  return refuse(rule, why, ErrorCode::LimitExceeded);
}

Failure no_room() { return too_much(Rule::Quota, "there is no room for anything new"); }

std::string with_client(std::string_view what, ClientId client) {
  return std::string(what).append(" of client ").append(std::to_string(number(client)));
}

/// The content of a struct that is known, to be compared piece by piece with what is stored.
class SentContent {
 public:
  explicit SentContent(const DecodedStruct& s) noexcept : kind_(s.kind), rest_(s.content) {}

  /// Moves over some units without looking at them.
  void skip(std::uint32_t units) {
    if (in_pair_ && units > 0) {
      leave_pair();
      --units;
    }
    if (units == 0 || !is_run()) return;
    const ContentCut cut = cut_content(kind_, rest_, units);
    rest_.remove_prefix(cut.at);
    in_pair_ = cut.inside_pair;
  }

  /// Moves over `units` of stored content that follow its first `skipped`, if they are the
  /// same.
  [[nodiscard]] bool take(std::string_view stored, std::uint32_t skipped, std::uint32_t units) {
    if (!is_run()) return stored == rest_;
    const ContentCut begin = cut_content(kind_, stored, skipped);
    stored.remove_prefix(begin.at);
    const ContentCut end = cut_content(kind_, stored, units);
    if (begin.inside_pair || end.inside_pair) return false;
    stored = stored.substr(0, end.at);
    if (kind_ == ContentKind::String) return take_text(stored);
    const std::string_view sent = rest_;
    skip(units);
    return stored == sent.substr(0, sent.size() - rest_.size());
  }

  /// Whether what was moved over ends between characters.
  [[nodiscard]] bool between_characters() const noexcept { return !in_pair_; }

 private:
  [[nodiscard]] bool is_run() const noexcept {
    return kind_ == ContentKind::String || kind_ == ContentKind::Any ||
           kind_ == ContentKind::Json;
  }
  void leave_pair() noexcept {
    constexpr std::size_t kPairBytes = 4;
    rest_.remove_prefix(kPairBytes);
    in_pair_ = false;
  }

  /// The bytes are the same, or a character beyond the BMP was torn apart after it was stored:
  /// then there is a replacement character for each half.
  [[nodiscard]] bool take_text(std::string_view stored) noexcept {
    if (!in_pair_ && rest_.starts_with(stored)) {
      rest_.remove_prefix(stored.size());
      return true;
    }
    while (!stored.empty()) {
      if (rest_.empty()) return false;
      if (!in_pair_ && stored.front() == rest_.front()) {
        stored.remove_prefix(1);
        rest_.remove_prefix(1);
        continue;
      }
      const bool at_pair = (static_cast<unsigned char>(rest_.front()) & 0xF8) == 0xF0;
      if (!at_pair || !stored.starts_with(kReplacementCharacter)) return false;
      stored.remove_prefix(kReplacementCharacter.size());
      if (in_pair_) {
        leave_pair();
      } else {
        in_pair_ = true;
      }
    }
    return true;
  }

  ContentKind kind_;
  std::string_view rest_;
  bool in_pair_ = false;  ///< the first half of the pair that `rest_` starts with is done
};

/// One update against one document.
class Check {
 public:
  Check(const Document& document, const UpdateRules& rules,
        const DecodedUpdate& update) noexcept
      : replica_(document.replica()),
        rules_(rules),
        update_(update),
        forecast_(replica_, {max_steps(rules), rules.max_siblings, rules.between_origins}) {}

  Result<void> run() {
    if (auto result = check_amounts(); !result) return result;
    if (auto result = check_sections(); !result) return result;
    if (auto result = check_deletes(); !result) return result;
    auto result = integrate_structs();
    if (result && rules_.nothing_new) result = check_nothing_deleted();
    if (rules_.scan_steps_left != nullptr) {
      *rules_.scan_steps_left -= std::min(*rules_.scan_steps_left, forecast_.steps());
    }
    return result;
  }

 private:
  static std::uint64_t max_steps(const UpdateRules& rules) noexcept {
    if (rules.scan_steps_left == nullptr) return rules.max_scan_steps;
    return std::min(rules.max_scan_steps, *rules.scan_steps_left);
  }

  /// A client's structs, and how far they have been played through.
  struct Source {
    ClientId client{};
    ClientRef ref{};  ///< None: this client is new
    std::uint32_t next = 0;
    std::uint32_t end = 0;
    Clock known;     ///< the replica's, and what was played through
    Clock next_end;  ///< what will be known in the end
  };
  struct Waiting {
    std::size_t source = 0;
    std::uint32_t index = 0;
  };

  Result<void> check_amounts() const;
  Result<void> check_sections();
  Result<void> check_kinds(const DecodedSection& section, Clock known);
  [[nodiscard]] bool may_insert(ClientId client) const {
    if (rules_.leased != nullptr && !rules_.leased->contains(client)) return false;
    return rules_.owners == nullptr || rules_.owners->may_insert(client);
  }
  Result<void> check_deletes() const;
  Result<void> check_nothing_deleted() const;
  Result<void> integrate_structs();
  Result<void> integrate(const Source& source, const DecodedStruct& s);
  Result<void> check_new(const Source& source, const DecodedStruct& s, std::uint32_t offset);
  Result<void> check_known(const Source& source, const DecodedStruct& s, Clock end) const;
  [[nodiscard]] bool same_place(const Item& stored, const Source& source,
                                const DecodedStruct& s, Clock clock) const noexcept;
  [[nodiscard]] bool same_parent(const Item& stored, const DecodedStruct& s) const noexcept;
  [[nodiscard]] bool deletes_cover(ClientId client, Clock clock, Clock end) const noexcept;

  [[nodiscard]] const Source* source_of(ClientId client) const noexcept {
    const auto found =
        std::lower_bound(sources_.begin(), sources_.end(), client,
                         [](const Source& source, ClientId id) { return source.client > id; });
    return found != sources_.end() && found->client == client ? &*found : nullptr;
  }
  [[nodiscard]] const ClientId* missing(const Source& source,
                                        const DecodedStruct& s) const noexcept;
  [[nodiscard]] const DecodedParent* parent_of(const DecodedStruct& s) const noexcept {
    return s.parent == DecodedStruct::kNoParent ? nullptr : &update_.parents[s.parent];
  }

  const Replica& replica_;
  const UpdateRules& rules_;
  const DecodedUpdate& update_;
  IntegrationForecast forecast_;
  std::vector<Source> sources_;  ///< the highest client first
  std::uint64_t deleted_units_ = 0;
  std::size_t structs_left_ = 0;
};

Result<void> Check::check_amounts() const {
  if (!update_.canonical) {
    return refuse(Rule::Canonical, "these are not the bytes that Yjs would write",
                  ErrorCode::Malformed);
  }
  if (update_.structs.size() > rules_.max_structs) {
    return too_much(Rule::Structs, "the update has too many structs");
  }
  if (update_.sections.size() > rules_.max_sections) {
    return too_much(Rule::Sections, "the update has structs of too many clients");
  }
  if (update_.deletes.size() > rules_.max_delete_ranges) {
    return too_much(Rule::DeleteRanges, "the update deletes too many ranges");
  }
  return {};
}

Result<void> Check::check_sections() {
  sources_.reserve(update_.sections.size());
  for (const DecodedSection& section : update_.sections) {
    if (!sources_.empty() && section.client >= sources_.back().client) {
      return refuse(Rule::Sections, "each client comes once, the highest first");
    }
    const DecodedStruct& first = update_.structs[section.first];
    const DecodedStruct& last = update_.structs[section.first + section.count - 1];
    const Clock end = last.clock + last.length;
    const ClientRef ref = replica_.clients.find(section.client);
    const Clock known = ref == ClientRef::None ? Clock{} : replica_.clients[ref].runs.end();
    if (first.clock > known) {
      return refuse(Rule::Clock,
                    with_client("there is a gap before the structs", section.client));
    }
    if (end > known && !may_insert(section.client)) {
      return refuse(Rule::Lease, with_client("the sender may not use the id", section.client));
    }
    if (auto result = check_kinds(section, known); !result) return result;
    sources_.push_back({section.client, ref, section.first, section.first + section.count,
                        known, std::max(known, end)});
  }
  structs_left_ = update_.structs.size();
  return {};
}

Result<void> Check::check_kinds(const DecodedSection& section, Clock known) {
  for (std::uint32_t i = section.first; i < section.first + section.count; ++i) {
    const DecodedStruct& s = update_.structs[i];
    const Clock end = s.clock + s.length;
    if (s.kind == ContentKind::Skip) {
      return refuse(Rule::Clock,
                    with_client("there is a gap among the structs", section.client));
    }
    // A client that collected something it has sent may send what is left of it.
    const bool allowed =
        (s.kind == ContentKind::Gc && end <= known) || rules_.kinds.contains(s.kind);
    if (!allowed)
      return refuse(Rule::Kind, with_client("content that is not allowed", section.client));
    if (end > known && (s.kind == ContentKind::Deleted || s.kind == ContentKind::Gc)) {
      deleted_units_ += end - std::max(s.clock, known);
    }
  }
  if (deleted_units_ > rules_.max_deleted_units) {
    return too_much(Rule::Length, "too much of what is new is deleted already");
  }
  return {};
}

Result<void> Check::check_deletes() const {
  const DeleteRange* before = nullptr;
  Clock known;
  for (const DeleteRange& range : update_.deletes) {
    const bool same_client = before != nullptr && before->client == range.client;
    if (before != nullptr &&
        (same_client ? range.clock < before->end() : range.client > before->client)) {
      return refuse(Rule::Deletes, "ranges are in order, the highest client first, and apart");
    }
    if (!same_client) {
      const Source* source = source_of(range.client);
      known = source != nullptr ? source->next_end : replica_.clients.next_clock(range.client);
    }
    if (range.end() > known) {
      return refuse(Rule::Deletes,
                    with_client("a deletion of what is not there", range.client));
    }
    before = &range;
  }
  return {};
}

/// Where nothing new comes, all ranges are of what is there.
Result<void> Check::check_nothing_deleted() const {
  for (const DeleteRange& range : update_.deletes) {
    const RunIndex& runs = replica_.clients[replica_.clients.find(range.client)].runs;
    RunIndex::Position at = runs.find(range.clock);
    do {
      const Item& item = replica_.items[runs.at(at).item];
      if (item.clock >= range.end()) break;
      if (!item.deleted) return no_room();
    } while (runs.advance(at));
  }
  return {};
}

/// The client whose struct has to come first, if any (UpdateApplier::missing).
const ClientId* Check::missing(const Source& source, const DecodedStruct& s) const noexcept {
  const auto lacks = [&](ClientId client, Clock clock) {
    if (client == source.client) return false;  // decoding saw to it that it comes first
    const Source* other = sources_.size() > 1 ? source_of(client) : nullptr;
    return clock >= (other != nullptr ? other->known : replica_.clients.next_clock(client));
  };
  if (s.has_origin && lacks(s.origin_client, s.origin_clock)) return &s.origin_client;
  if (s.has_right_origin && lacks(s.right_origin_client, s.right_origin_clock)) {
    return &s.right_origin_client;
  }
  const DecodedParent* parent = parent_of(s);
  if (parent != nullptr && !parent->root && lacks(parent->item.client, parent->item.clock)) {
    return &parent->item.client;
  }
  return nullptr;
}

/// In the order of UpdateApplier::integrate_structs, which is that of Yjs.
Result<void> Check::integrate_structs() {
  const auto dependency_missing = [](const Source& source) {
    return refuse(Rule::Dependency,
                  with_client("something is missing for the structs", source.client));
  };
  std::vector<Waiting> stack;
  std::size_t first_left = 0;
  while (structs_left_ > 0) {
    Waiting head;
    if (!stack.empty()) {
      head = stack.back();
      stack.pop_back();
    } else {
      while (sources_[first_left].next == sources_[first_left].end) ++first_left;
      head = {first_left, sources_[first_left].next++};
    }
    for (;;) {
      Source& source = sources_[head.source];
      const DecodedStruct& s = update_.structs[head.index];
      // Only if two clients' structs wait for each other's.
      if (s.clock > source.known) return dependency_missing(source);
      const ClientId* wanted = missing(source, s);
      if (wanted == nullptr) {
        --structs_left_;
        if (auto result = integrate(source, s); !result) return result;
        source.known = std::max(source.known, s.clock + s.length);
        break;
      }
      const Source* provider = source_of(*wanted);
      if (provider == nullptr || provider->next == provider->end) {
        return dependency_missing(source);
      }
      stack.push_back(head);
      const auto index = static_cast<std::size_t>(provider - sources_.data());
      head = {index, sources_[index].next++};
    }
  }
  return {};
}

Result<void> Check::integrate(const Source& source, const DecodedStruct& s) {
  const Clock end = s.clock + s.length;
  const Clock known_end = std::min(end, source.known);
  if (s.clock < known_end) {
    if (auto result = check_known(source, s, known_end); !result) return result;
  }
  if (known_end == end) return {};
  return check_new(source, s, known_end - s.clock);
}

Result<void> Check::check_new(const Source& source, const DecodedStruct& s,
                              std::uint32_t offset) {
  if (rules_.nothing_new) return no_room();
  IntegrationForecast::NewItem item;
  item.client = source.client;
  item.clock = s.clock + offset;
  item.length = s.length - offset;
  item.kind = s.kind;
  item.origin = s.origin();
  item.right_origin = s.right_origin();
  item.parent = parent_of(s);
  item.continues = offset > 0;
  const IntegrationForecast::Spot spot = forecast_.spot_for(item);
  if (forecast_.new_roots() > 0 &&
      replica_.roots.size() + forecast_.new_roots() > rules_.max_roots) {
    return too_much(Rule::Roots, "the document would have too many roots");
  }
  using Verdict = IntegrationForecast::Verdict;
  if (rules_.only_root &&
      (spot.verdict == Verdict::Fits || spot.verdict == Verdict::Collected)) {
    const bool inside = spot.verdict == Verdict::Fits && spot.key == NameRef::None &&
                        forecast_.root_of(spot) == rules_.only_root;
    if (!inside)
      return refuse(Rule::Parent, with_client("content outside of the text", source.client));
  }
  switch (forecast_.add(item, spot, /*last=*/structs_left_ == 0)) {
    case Verdict::Fits:
    case Verdict::Collected: return {};
    case Verdict::SeveralLists:
      return refuse(Rule::Origins, with_client("neighbours in different lists", source.client));
    case Verdict::WrongWayRound:
      return refuse(Rule::Origins,
                    with_client("neighbours the wrong way round", source.client));
    case Verdict::NoType:
      return refuse(Rule::Parent, with_client("content in what is no list", source.client));
    case Verdict::AfterCollected:
      return refuse(Rule::Known,
                    with_client("a continuation of what was collected", source.client));
    case Verdict::TooManySteps:
      return too_much(Rule::Steps,
                      with_client("too many others at the place of text", source.client));
    case Verdict::TooManySiblings:
      return too_much(Rule::Siblings, with_client("too many beside new text", source.client));
  }
  return {};
}

/// Whether the units of `s` up to `end` are those that are stored.
Result<void> Check::check_known(const Source& source, const DecodedStruct& s, Clock end) const {
  const auto differs = [&](std::string_view what) {
    return refuse(Rule::Known, with_client(what, source.client));
  };
  const RunIndex& runs = replica_.clients[source.ref].runs;
  RunIndex::Position at = runs.find(s.clock);
  SentContent sent(s);
  const bool nothing_sent = s.kind == ContentKind::Gc || s.kind == ContentKind::Deleted;
  for (Clock clock = s.clock; clock < end; static_cast<void>(runs.advance(at))) {
    const ItemRef ref = runs.at(at).item;
    const Item& stored = replica_.items[ref];
    const std::uint32_t skipped = clock - stored.clock;
    const Clock part_end = std::min(end, stored.end());
    if (s.is_item() && !stored.is_gc() && !same_place(stored, source, s, clock)) {
      return differs("known content at another place");
    }
    if (nothing_sent) {
      if (!stored.deleted && !deletes_cover(source.client, clock, part_end)) {
        return differs("known content as if it were deleted");
      }
    } else if (stored.kind == ContentKind::Gc || stored.kind == ContentKind::Deleted) {
      sent.skip(part_end - clock);
    } else if (stored.kind != s.kind ||
               !sent.take(replica_.content(ref), skipped, part_end - clock)) {
      return differs("other content under a known clock");
    }
    clock = part_end;
  }
  if (!sent.between_characters()) return differs("half a character that is known");
  return {};
}

/// Whether the unit of `s` at `clock` is where a stored item has it.
bool Check::same_place(const Item& stored, const Source& source, const DecodedStruct& s,
                       Clock clock) const noexcept {
  const auto same = [&](Point point, const std::optional<Id>& id) {
    if (point.client == ClientRef::None || !id) return point.client == ClientRef::None && !id;
    return point.clock == id->clock && replica_.clients.id_of(point.client) == id->client;
  };
  if (!same(stored.right_origin(), s.right_origin())) return false;
  const Point before = clock == stored.clock ? stored.origin() : Point{source.ref, clock - 1};
  if (clock > s.clock) return before == Point{source.ref, clock - 1};
  return same(before, s.origin()) && same_parent(stored, s);
}

/// Decided by the neighbours, except at the first item of a list.
bool Check::same_parent(const Item& stored, const DecodedStruct& s) const noexcept {
  const DecodedParent* parent = parent_of(s);
  if (parent == nullptr) return true;
  const SharedType& type = replica_.types[stored.parent];
  if (stored.in_map != parent->key.has_value()) return false;
  if (parent->key && replica_.name(stored.key) != *parent->key) return false;
  if (type.item == ItemRef::None) return parent->root == replica_.name(type.name);
  return !parent->root && replica_.id_of(type.item) == parent->item;
}

bool Check::deletes_cover(ClientId client, Clock clock, Clock end) const noexcept {
  auto range = std::lower_bound(update_.deletes.begin(), update_.deletes.end(),
                                Id{client, clock}, [](const DeleteRange& r, Id id) {
                                  return r.client != id.client ? r.client > id.client
                                                               : r.end() <= id.clock;
                                });
  for (; clock < end; ++range) {
    if (range == update_.deletes.end() || range->client != client || range->clock > clock) {
      return false;
    }
    clock = range->end();
  }
  return true;
}

}  // namespace

std::string_view name_of(Rule rule) noexcept {
  switch (rule) {
    case Rule::Size: return "size";
    case Rule::Format: return "format";
    case Rule::Canonical: return "canonical";
    case Rule::Structs: return "structs";
    case Rule::Sections: return "sections";
    case Rule::Pending: return "pending";
    case Rule::Kind: return "kind";
    case Rule::Lease: return "lease";
    case Rule::Clock: return "clock";
    case Rule::Length: return "length";
    case Rule::Dependency: return "dependency";
    case Rule::Parent: return "parent";
    case Rule::Origins: return "origins";
    case Rule::Roots: return "roots";
    case Rule::Known: return "known";
    case Rule::Deletes: return "deletes";
    case Rule::DeleteRanges: return "delete-ranges";
    case Rule::Steps: return "steps";
    case Rule::Siblings: return "siblings";
    case Rule::Quota: return "quota";
  }
  return "";
}

std::optional<Rule> rule_of(const Error& error) noexcept {
  constexpr std::string_view kPrefix = "rule ";
  std::string_view rest = error.message;
  if (!rest.starts_with(kPrefix)) return std::nullopt;
  rest.remove_prefix(kPrefix.size());
  const std::string_view name = rest.substr(0, rest.find(':'));
  for (std::uint8_t i = 0; i < kRules; ++i) {
    if (name_of(Rule{i}) == name) return Rule{i};
  }
  return std::nullopt;
}

bool asks_for_resync(Rule rule) noexcept {
  switch (rule) {
    case Rule::Clock:
    case Rule::Dependency:
    case Rule::Deletes: return true;
    case Rule::Size:
    case Rule::Format:
    case Rule::Canonical:
    case Rule::Structs:
    case Rule::Sections:
    case Rule::Pending:
    case Rule::Kind:
    case Rule::Lease:
    case Rule::Length:
    case Rule::Parent:
    case Rule::Origins:
    case Rule::Roots:
    case Rule::Known:
    case Rule::DeleteRanges:
    case Rule::Steps:
    case Rule::Siblings:
    case Rule::Quota: return false;
  }
  return false;
}

Result<void> UpdateValidator::decode(std::string_view update, DecodedUpdate& out) const {
  if (update.size() > rules_.max_bytes) {
    return too_much(Rule::Size, "the update has too many bytes");
  }
  if (auto decoded = decode_update(update, out); !decoded) {
    return refuse(Rule::Format, decoded.error().message, decoded.error().code);
  }
  return {};
}

Result<void> UpdateValidator::check(const DecodedUpdate& update) const {
  if (document_.has_pending()) {
    return refuse(Rule::Pending, "the document itself waits for something");
  }
  return Check(document_, rules_, update).run();
}

}  // namespace plait::crdt
