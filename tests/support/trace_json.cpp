#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "protocol/base/utf8.h"
#include "tests/support/trace.h"

namespace plait::support {
namespace {

/// Deeper than any trace, whatever its unknown fields hold.
constexpr unsigned kMaxIgnoredDepth = 16;

/// Turns the reader's events into a Trace. Fields it does not know are skipped.
class TraceHandler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, TraceHandler> {
 public:
  bool Default() { return is_ignored() || refuse("a value of another type"); }

  bool Uint(unsigned value) {
    if (is_ignored()) return true;
    switch (where_) {
      case Where::Top:
        if (field_ != Field::Agents) return refuse("a number");
        agents_ = value;
        return true;
      case Where::Txn:
        if (field_ != Field::Agent) return refuse("a number");
        txn_.agent = value;
        return true;
      case Where::Parents:
        if (value >= trace_.txns.size()) return refuse("a parent that does not come before");
        txn_.parents.push_back(value);
        return true;
      case Where::Patch:
        if (part_ > 1) return refuse("a number");
        (part_++ == 0 ? patch_.position : patch_.deleted) = value;
        return true;
      case Where::Outside:
      case Where::Txns:
      case Where::Patches: return refuse("a number");
    }
    return false;
  }

  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    if (is_ignored()) return true;
    const std::string_view value(text, length);
    if (!is_valid_utf8(value)) return refuse("text that is not UTF-8");
    if (where_ == Where::Top && field_ == Field::StartContent) {
      trace_.start_content = value;
    } else if (where_ == Where::Top && field_ == Field::EndContent) {
      trace_.end_content = value;
    } else if (where_ == Where::Patch && part_ == 2) {
      // The arena still moves as it grows; finish() makes views of these lengths.
      trace_.arena.insert(trace_.arena.end(), value.begin(), value.end());
      inserted_lengths_.push_back(value.size());
      ++part_;
    } else {
      return refuse("a string");
    }
    return true;
  }

  bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    if (ignored_depth_ > 0) return true;
    const std::string_view key(text, length);
    field_ = Field::Ignored;
    if (where_ == Where::Top) {
      if (key == "startContent") field_ = Field::StartContent;
      if (key == "endContent") field_ = Field::EndContent;
      if (key == "numAgents") field_ = Field::Agents;
      if (key == "txns") field_ = Field::Txns;
    } else if (where_ == Where::Txn) {
      if (key == "agent") field_ = Field::Agent;
      if (key == "parents") field_ = Field::Parents;
      if (key == "patches") field_ = Field::Patches;
    }
    return true;
  }

  bool StartObject() {
    if (is_ignored()) return open_ignored();
    if (where_ == Where::Outside) {
      where_ = Where::Top;
    } else if (where_ == Where::Txns) {
      where_ = Where::Txn;
      txn_ = Txn{.agent = 0, .parents = {}, .first_patch = patch_count(), .patch_count = 0};
      has_parents_ = false;
    } else {
      return refuse("an object");
    }
    field_ = Field::Ignored;
    return true;
  }

  bool EndObject(rapidjson::SizeType /*members*/) {
    if (close_ignored()) return true;
    if (where_ == Where::Top) {
      where_ = Where::Outside;
      return true;
    }
    if (!has_parents_ && !trace_.txns.empty()) {
      txn_.parents.push_back(static_cast<std::uint32_t>(trace_.txns.size() - 1));
    }
    txn_.patch_count = patch_count() - txn_.first_patch;
    trace_.txns.push_back(std::move(txn_));
    where_ = Where::Txns;
    return true;
  }

  bool StartArray() {
    if (is_ignored()) return open_ignored();
    if (where_ == Where::Top && field_ == Field::Txns) {
      where_ = Where::Txns;
    } else if (where_ == Where::Txn && field_ == Field::Parents) {
      where_ = Where::Parents;
      has_parents_ = true;
    } else if (where_ == Where::Txn && field_ == Field::Patches) {
      where_ = Where::Patches;
    } else if (where_ == Where::Patches) {
      where_ = Where::Patch;
      part_ = 0;
    } else {
      return refuse("an array");
    }
    return true;
  }

  bool EndArray(rapidjson::SizeType /*elements*/) {
    if (close_ignored()) return true;
    switch (where_) {
      case Where::Txns: where_ = Where::Top; return true;
      case Where::Parents:
      case Where::Patches: where_ = Where::Txn; return true;
      case Where::Patch:
        if (part_ != 3) return refuse("a patch without position, count and text");
        trace_.patches.push_back(patch_);
        where_ = Where::Patches;
        return true;
      case Where::Outside:
      case Where::Top:
      case Where::Txn: break;
    }
    return refuse("the end of an array");
  }

  [[nodiscard]] const std::string& complaint() const { return complaint_; }

  /// To be called once, after the whole text went through.
  Result<Trace> finish() {
    trace_.agents = agents_.value_or(1);
    trace_.concurrent = trace_.agents > 1;
    for (const Txn& txn : trace_.txns) {
      if (txn.agent >= trace_.agents) {
        return fail(ErrorCode::Malformed, "an agent beyond numAgents");
      }
    }
    const char* next = trace_.arena.data();
    for (std::size_t i = 0; i < trace_.patches.size(); ++i) {
      trace_.patches[i].inserted = std::string_view(next, inserted_lengths_[i]);
      next += inserted_lengths_[i];
    }
    return std::move(trace_);
  }

 private:
  enum class Where : std::uint8_t { Outside, Top, Txns, Txn, Parents, Patches, Patch };
  enum class Field : std::uint8_t {
    Ignored,
    StartContent,
    EndContent,
    Agents,
    Txns,
    Agent,
    Parents,
    Patches,
  };

  [[nodiscard]] bool is_ignored() const {
    const bool in_object = where_ == Where::Top || where_ == Where::Txn;
    return ignored_depth_ > 0 || (in_object && field_ == Field::Ignored);
  }

  bool open_ignored() {
    if (ignored_depth_ == kMaxIgnoredDepth) return refuse("too many levels");
    ++ignored_depth_;
    return true;
  }

  bool close_ignored() {
    if (ignored_depth_ == 0) return false;
    --ignored_depth_;
    return true;
  }

  bool refuse(std::string_view what) {
    complaint_ = std::string(what) + " where there should be something else";
    return false;
  }

  [[nodiscard]] std::size_t patch_count() const { return trace_.patches.size(); }

  Trace trace_;
  std::optional<std::uint32_t> agents_;
  std::vector<std::size_t> inserted_lengths_;
  std::string complaint_;

  Where where_ = Where::Outside;
  Field field_ = Field::Ignored;
  unsigned ignored_depth_ = 0;  ///< containers open inside of an unknown field
  Txn txn_{};
  bool has_parents_ = false;
  Patch patch_{};
  int part_ = 0;  ///< how much of the patch has been read
};

}  // namespace

Result<Trace> parse_trace(std::string_view json) {
  rapidjson::MemoryStream stream(json.data(), json.size());
  rapidjson::Reader reader;
  TraceHandler handler;
  const auto parsed = reader.Parse<rapidjson::kParseIterativeFlag>(stream, handler);
  if (parsed.IsError()) {
    const std::string at = " at byte " + std::to_string(parsed.Offset());
    if (!handler.complaint().empty())
      return fail(ErrorCode::Malformed, handler.complaint() + at);
    return fail(ErrorCode::Malformed, "is not JSON" + at);
  }
  return handler.finish();
}

}  // namespace plait::support
