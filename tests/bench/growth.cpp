#include "tests/bench/growth.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>

#include "daemon/crdt/document.h"
#include "protocol/base/bytes.h"
#include "tests/bench/stopwatch.h"
#include "tests/bench/update_log.h"

namespace plait::bench {
namespace {

constexpr std::size_t kLargeText = 10'000'000;
/// A curve goes no further than the first point that takes longer.
constexpr double kLongPointMs = 20'000;
constexpr std::uint32_t kSeed = 20'210'419;

using Random = std::mt19937;

Utf16Offset random_place(Random& random, Utf16Offset length) {
  return Utf16Offset{std::uniform_int_distribution<std::uint32_t>(0, length.value())(random)};
}

/// A document and its text; the first error of any call sticks.
class Typist {
 public:
  explicit Typist(std::uint64_t client) : doc_({.client = crdt::ClientId{client}}) {}

  void insert(Utf16Offset at, std::string_view content) {
    check(doc_.insert(text_, at, content));
  }
  void erase(Utf16Offset at) { check(doc_.erase(text_, at, Utf16Offset{1})); }
  void apply(std::string_view update) { check(doc_.apply(update)); }
  void log_change(UpdateLog& log) {
    change_.clear();
    if (doc_.encode_change(change_)) log.add(change_.view());
  }
  /// The latest change, until the next one.
  std::string_view change() {
    change_.clear();
    return doc_.encode_change(change_) ? change_.view() : std::string_view();
  }
  [[nodiscard]] std::size_t count_edits() const { return doc_.edits(text_).size(); }
  [[nodiscard]] Utf16Offset length() const { return doc_.length(text_); }
  [[nodiscard]] std::string state() const { return doc_.encode_state(); }
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  void check(const Result<void>& done) {
    if (!done && !failure_) failure_ = done.error();
  }

  crdt::Document doc_;
  crdt::TypeRef text_ = doc_.text("content");
  ByteWriter change_;
  std::optional<Error> failure_;
};

/// Ten megabytes of lines, typed in pieces by nobody in particular.
void fill(Typist& typist) {
  std::string piece;
  while (piece.size() < 100'000) piece += "The quick brown fox jumps over the lazy dog.\n";
  while (typist.length().value() < kLargeText) typist.insert(typist.length(), piece);
}

void edit_somewhere(Typist& typist, Random& random) {
  if (random() % 4 == 0) {
    typist.erase(random_place(random, typist.length() - Utf16Offset{1}));
  } else {
    typist.insert(random_place(random, typist.length()), "x");
  }
}

/// Runs one point: gives the milliseconds for so many operations, or the error.
using Point = std::function<Result<double>(std::size_t operations)>;

Result<double> checked(double taken, std::initializer_list<const Typist*> typists) {
  for (const Typist* typist : typists) {
    if (typist->failure()) return Failure{*typist->failure()};
  }
  return taken;
}

Result<double> edit_large_text(std::size_t operations) {
  Typist typist(1);
  fill(typist);
  Random random(kSeed);
  const double taken = time_ms([&] {
    for (std::size_t i = 0; i < operations; ++i) edit_somewhere(typist, random);
  });
  return checked(taken, {&typist});
}

Result<double> follow_large_text(std::size_t operations) {
  Typist author(1);
  Typist reader(2);
  fill(author);
  reader.apply(author.state());
  Random random(kSeed);
  UpdateLog log;
  for (std::size_t i = 0; i < operations; ++i) {
    edit_somewhere(author, random);
    author.log_change(log);
  }
  std::size_t edits = 0;
  const double taken = time_ms([&] {
    for (std::size_t i = 0; i < log.size(); ++i) {
      reader.apply(log[i]);
      edits += reader.count_edits();
    }
  });
  if (edits != operations) return fail(ErrorCode::Malformed, "edits were lost");
  return checked(taken, {&author, &reader});
}

constexpr std::size_t kBranchLength = 100;

/// Branches from one text, each typing some characters at a place that `place` gives.
template <class Place>
Result<double> merge_branches(std::size_t branches, Place place) {
  Typist base(1);
  base.insert(Utf16Offset{0}, std::string(10'000, '.'));
  const std::string state = base.state();
  UpdateLog log;
  for (std::size_t i = 0; i < branches; ++i) {
    Typist author(i + 2);
    author.apply(state);
    const Utf16Offset start = place(author.length());
    for (std::uint32_t at = 0; at < kBranchLength; ++at) {
      author.insert(start + Utf16Offset{at}, "x");
      author.log_change(log);
    }
    if (author.failure()) return Failure{*author.failure()};
  }
  Typist reader(0);
  reader.apply(state);
  const double taken = time_ms([&] {
    // Round robin, so that branches meet half-typed.
    for (std::size_t at = 0; at < kBranchLength; ++at) {
      for (std::size_t i = 0; i < branches; ++i) reader.apply(log[i * kBranchLength + at]);
    }
  });
  return checked(taken, {&base, &reader});
}

Result<double> branches_anywhere(std::size_t operations) {
  Random random(kSeed);
  return merge_branches(operations / kBranchLength,
                        [&](Utf16Offset length) { return random_place(random, length); });
}

Result<double> branches_at_one_place(std::size_t operations) {
  return merge_branches(operations / kBranchLength,
                        [](Utf16Offset) { return Utf16Offset{5'000}; });
}

/// Two clients type in turn at the same place, each seeing what the other did.
Result<double> alternate_seen(std::size_t operations) {
  std::array<Typist, 2> typists{Typist(1), Typist(2)};
  typists[0].insert(Utf16Offset{0}, "[]");
  typists[1].apply(typists[0].change());
  const double taken = time_ms([&] {
    for (std::size_t i = 0; i < operations; ++i) {
      Typist& author = typists[i % 2];
      author.insert(Utf16Offset{1}, "x");
      typists[1 - i % 2].apply(author.change());
    }
  });
  return checked(taken, {&typists[0], &typists[1]});
}

/// The same without seeing each other; a third replica receives from both in turn.
Result<double> alternate_unseen(std::size_t operations) {
  std::array<Typist, 2> typists{Typist(1), Typist(2)};
  Typist reader(3);
  typists[0].insert(Utf16Offset{0}, "[]");
  const std::string start(typists[0].change());
  typists[1].apply(start);
  reader.apply(start);
  UpdateLog log;
  for (std::size_t i = 0; i < operations; ++i) {
    typists[i % 2].insert(Utf16Offset{1}, "x");
    typists[i % 2].log_change(log);
  }
  const double taken = time_ms([&] {
    for (std::size_t i = 0; i < log.size(); ++i) reader.apply(log[i]);
  });
  return checked(taken, {&typists[0], &typists[1], &reader});
}

/// As many keys of one map, each set twice and received elsewhere.
Result<double> fill_map(std::size_t operations) {
  crdt::Document author({.client = crdt::ClientId{1}});
  crdt::Document reader({.client = crdt::ClientId{2}});
  const crdt::TypeRef map = author.map("files");
  ByteWriter change;
  Result<void> done;
  const double taken = time_ms([&] {
    for (std::size_t i = 0; i < operations && done; ++i) {
      const std::string key = "folder/file " + std::to_string(i / 2);
      done = author.transact(
          0, [&](crdt::Document::Editor& edit) { return edit.set(map, key, "\x78"); });
      change.clear();
      if (done && author.encode_change(change)) done = reader.apply(change.view());
    }
  });
  if (!done) return forward_error(done);
  return taken;
}

Result<void> add_curve(std::vector<GrowthPoint>& curves, const std::string& name,
                       std::span<const std::size_t> sizes, const Point& point) {
  for (const std::size_t operations : sizes) {
    auto taken = point(operations);
    if (!taken) return Failure{std::move(taken).error().with_context(name)};
    curves.push_back({.curve = name,
                      .operations = operations,
                      .ns_per_op = *taken * 1e6 / static_cast<double>(operations)});
    if (*taken > kLongPointMs) break;
  }
  return {};
}

}  // namespace

Result<std::vector<GrowthPoint>> measure_growth() {
  constexpr std::array<std::size_t, 4> kEdits{1'000, 10'000, 100'000, 1'000'000};
  constexpr std::array<std::size_t, 3> kInBranches{10 * kBranchLength, 100 * kBranchLength,
                                                   1'000 * kBranchLength};
  constexpr std::array<std::size_t, 3> kInTurn{1'000, 10'000, 100'000};

  struct Curve {
    const char* name;
    std::span<const std::size_t> sizes;
    Result<double> (*point)(std::size_t);
  };
  const std::array<Curve, 7> curves{{
      {"10 MB text, local edits at random places", kEdits, edit_large_text},
      {"10 MB text, the same received, with edits()", kEdits, follow_large_text},
      {"10 to 1,000 branches of 100 characters, anywhere", kInBranches, branches_anywhere},
      {"10 to 1,000 branches of 100, all at one place", kInBranches, branches_at_one_place},
      {"two clients in turn at one place, in sync", kInTurn, alternate_seen},
      {"two clients in turn at one place, unseen", kInTurn, alternate_unseen},
      {"a map, each key set twice and received", kInTurn, fill_map},
  }};

  std::vector<GrowthPoint> points;
  for (const Curve& curve : curves) {
    auto added = add_curve(points, curve.name, curve.sizes, curve.point);
    if (!added) return forward_error(added);
  }
  return points;
}

}  // namespace plait::bench
