#include "daemon/document/tree.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "daemon/crdt/any_value.h"
#include "daemon/crdt/document.h"
#include "daemon/document/shown_paths.h"
#include "protocol/base/bytes.h"
#include "protocol/base/hex.h"
#include "protocol/base/relative_path.h"

namespace plait::document {
namespace {

using crdt::ItemRef;
using crdt::NameRef;
using crdt::SharedType;

/// As in all messages.
constexpr std::size_t kMaxIdBytes = 64;
constexpr std::size_t kBlobDigits = 64;

bool is_id(std::string_view id) noexcept {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  return !id.empty() && id.size() <= kMaxIdBytes && id != kTreeDocument &&
         id.find_first_not_of(kLetters) == std::string_view::npos;
}

/// A field of an entry: a string, a boolean, or something else.
struct Value {
  std::optional<std::string_view> text;
  std::optional<bool> flag;
};

/// Keeps the last of the values that it is told.
class LastValue final : public crdt::AnyVisitor {
 public:
  void undefined() override { keep({}); }
  void null() override { keep({}); }
  void boolean(bool value) override { keep({{}, value}); }
  void number(double) override { keep({}); }
  void big_integer(std::int64_t) override { keep({}); }
  void string(std::string_view value) override { keep({value, {}}); }
  void binary(std::string_view) override { keep({}); }
  void begin_array() override { ++depth_; }
  void end_array() override { end(); }
  void begin_object() override { ++depth_; }
  void key(std::string_view) override {}
  void end_object() override { end(); }

  [[nodiscard]] const Value& value() const noexcept { return value_; }

 private:
  void keep(const Value& value) {
    if (depth_ == 0) value_ = value;
  }
  void end() {
    --depth_;
    keep({});
  }

  Value value_;
  std::size_t depth_ = 0;
};

/// Takes entries out of the map of files.
class EntryReader {
 public:
  explicit EntryReader(const crdt::Replica& replica)
      : replica_(replica),
        path_(replica.find_name("path")),
        kind_(replica.find_name("kind")),
        eol_(replica.find_name("eol")),
        executable_(replica.find_name("executable")),
        blob_(replica.find_name("blob")) {}

  /// Nothing if this is no file.
  [[nodiscard]] std::optional<TreeEntry> read(const crdt::MapEntries::Entry& at) const {
    const std::string_view id = replica_.name(at.key);
    if (replica_.items[at.newest].deleted || !is_id(id)) return std::nullopt;
    const crdt::TypeRef type = replica_.type_of(at.newest);
    if (type == crdt::TypeRef::None || replica_.types[type].kind != crdt::TypeKind::Map) {
      return std::nullopt;
    }
    const SharedType& fields = replica_.types[type];
    const auto path = value(fields, path_).text;
    const auto kind = kind_of(value(fields, kind_).text.value_or(""));
    if (!path || !check_relative_path(*path) || !kind) return std::nullopt;

    TreeEntry entry;
    entry.id = id;
    entry.path = *path;
    entry.kind = *kind;
    if (value(fields, eol_).text == "crlf") entry.eol = LineEnding::Crlf;
    entry.executable = value(fields, executable_).flag.value_or(false);
    if (entry.kind == FileKind::Binary) {
      const auto blob = value(fields, blob_).text;
      if (!blob || blob->size() != kBlobDigits || !parse_hex(*blob)) return std::nullopt;
      entry.blob = *blob;
    }
    return entry;
  }

 private:
  static std::optional<FileKind> kind_of(std::string_view name) noexcept {
    if (name == "text") return FileKind::Text;
    if (name == "binary") return FileKind::Binary;
    if (name == "folder") return FileKind::Folder;
    return std::nullopt;
  }

  [[nodiscard]] Value value(const SharedType& fields, NameRef field) const {
    const ItemRef item = replica_.newest(fields, field);
    if (item == ItemRef::None || replica_.items[item].deleted ||
        replica_.items[item].kind != crdt::ContentKind::Any) {
      return {};
    }
    LastValue last;
    for (ByteReader reader(replica_.content(item)); !reader.at_end();) {
      if (!walk_any(reader, last)) return {};
    }
    return last.value();
  }

  const crdt::Replica& replica_;
  const NameRef path_;
  const NameRef kind_;
  const NameRef eol_;
  const NameRef executable_;
  const NameRef blob_;
};

}  // namespace

Tree Tree::read(const crdt::Document& document) {
  const crdt::Replica& replica = document.replica();
  std::vector<TreeEntry> entries;
  const crdt::TypeRef files = replica.find_root(kFilesRoot);
  if (files == crdt::TypeRef::None) return Tree({});
  const EntryReader reader(replica);
  for (const crdt::MapEntries::Entry& at : replica.types[files].entries) {
    if (auto entry = reader.read(at)) entries.push_back(*std::move(entry));
  }
  return Tree(std::move(entries));
}

Tree::Tree(std::vector<TreeEntry> entries) : entries_(std::move(entries)) {
  std::ranges::sort(entries_, {}, &TreeEntry::id);
  choose_shown_paths(entries_);
  by_shown_path_.resize(entries_.size());
  std::iota(by_shown_path_.begin(), by_shown_path_.end(), 0U);
  std::ranges::stable_sort(by_shown_path_, {}, [this](std::uint32_t i) -> const std::string& {
    return entries_[i].shown_path;
  });
}

const TreeEntry* Tree::find(std::string_view id) const noexcept {
  const auto found = std::ranges::lower_bound(entries_, id, {}, &TreeEntry::id);
  return found != entries_.end() && found->id == id ? &*found : nullptr;
}

const TreeEntry* Tree::at(std::string_view shown_path) const noexcept {
  const auto found = std::ranges::lower_bound(
      by_shown_path_, shown_path, {},
      [this](std::uint32_t i) -> std::string_view { return entries_[i].shown_path; });
  if (found == by_shown_path_.end()) return nullptr;
  const TreeEntry& entry = entries_[*found];
  return entry.shown_path == shown_path ? &entry : nullptr;
}

}  // namespace plait::document
