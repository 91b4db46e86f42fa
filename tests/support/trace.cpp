#include "tests/support/trace.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include <zlib.h>

namespace plait::support {
namespace {

/// Ten times the largest trace there is.
constexpr std::size_t kMaxJsonBytes = std::size_t{256} << 20;

Result<std::string> read_gzip(const std::string& path) {
  struct Close {
    void operator()(gzFile file) const noexcept { gzclose(file); }
  };
  const std::unique_ptr<gzFile_s, Close> file(gzopen(path.c_str(), "rb"));
  if (file == nullptr) return fail(ErrorCode::NotFound, "cannot be opened");

  std::string text;
  std::vector<char> piece(std::size_t{1} << 18);
  for (;;) {
    const int count = gzread(file.get(), piece.data(), static_cast<unsigned>(piece.size()));
    if (count < 0) return fail(ErrorCode::Malformed, "is not sound gzip");
    if (count == 0) break;
    text.append(piece.data(), static_cast<std::size_t>(count));
    if (text.size() > kMaxJsonBytes) return fail(ErrorCode::LimitExceeded, "is too large");
  }
  return text;
}

}  // namespace

Result<Trace> read_trace(const std::string& path) {
  auto text = read_gzip(path);
  if (!text) return Failure{std::move(text).error().with_context(path)};
  auto trace = parse_trace(*text);
  if (!trace) return Failure{std::move(trace).error().with_context(path)};
  trace->name = std::filesystem::path(path).stem().stem().string();
  return trace;
}

void repeat_trace(Trace& trace, std::uint32_t times) {
  const std::size_t txn_count = trace.txns.size();
  const std::size_t patch_count = trace.patches.size();
  const std::string once = trace.end_content;
  trace.txns.reserve(txn_count * times);
  trace.patches.reserve(patch_count * times);
  for (std::uint32_t copy = 1; copy < times; ++copy) {
    const std::size_t shift = copy * txn_count;
    for (std::size_t i = 0; i < patch_count; ++i) {
      const Patch patch = trace.patches[i];
      trace.patches.push_back(patch);
    }
    for (std::size_t i = 0; i < txn_count; ++i) {
      Txn txn = trace.txns[i];
      for (std::uint32_t& parent : txn.parents) parent += static_cast<std::uint32_t>(shift);
      if (txn.parents.empty()) txn.parents.push_back(static_cast<std::uint32_t>(shift - 1));
      txn.first_patch += copy * patch_count;
      trace.txns.push_back(std::move(txn));
    }
    trace.end_content += once;
  }
}

Result<void> to_utf16(Trace& trace) {
  const auto is_wide = [](char byte) { return static_cast<unsigned char>(byte) >= 0xF0; };
  if (std::none_of(trace.arena.begin(), trace.arena.end(), is_wide)) return {};
  if (trace.concurrent) {
    return fail(ErrorCode::Unsupported, "is concurrent and has characters beyond the BMP");
  }
  std::vector<std::uint32_t> wide;  // places of such characters now in the document, in order
  for (Patch& patch : trace.patches) {
    const std::uint32_t start = patch.position;
    const std::uint32_t deleted = patch.deleted;
    const auto first = std::lower_bound(wide.begin(), wide.end(), start);
    const auto last = std::lower_bound(first, wide.end(), start + deleted);
    patch.position += static_cast<std::uint32_t>(first - wide.begin());
    patch.deleted += static_cast<std::uint32_t>(last - first);

    std::vector<std::uint32_t> added;
    std::uint32_t count = 0;
    for (const char byte : patch.inserted) {
      if (is_wide(byte)) added.push_back(start + count);
      if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) ++count;
    }
    for (auto later = last; later != wide.end(); ++later) *later += count - deleted;
    wide.insert(wide.erase(first, last), added.begin(), added.end());
  }
  return {};
}

}  // namespace plait::support
