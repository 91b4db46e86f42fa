#include "daemon/document/tree_change.h"

#include <string_view>

#include "daemon/crdt/any_value.h"
#include "protocol/base/bytes.h"

namespace plait::document {
namespace {

using crdt::TypeRef;

std::string any(std::string_view text) {
  ByteWriter out;
  crdt::put_any_string(out, text);
  return out.str();
}

std::string any(bool flag) {
  ByteWriter out;
  crdt::put_any_bool(out, flag);
  return out.str();
}

std::string_view word_for(FileKind kind) {
  switch (kind) {
    case FileKind::Text: return "text";
    case FileKind::Binary: return "binary";
    case FileKind::Folder: return "folder";
  }
  return {};
}

std::string_view word_for(LineEnding eol) { return eol == LineEnding::Crlf ? "crlf" : "lf"; }

/// Applies one kind of change after the other inside of a transaction.
class Writer {
 public:
  Writer(crdt::Document& tree, TypeRef files, crdt::Document::Editor& editor)
      : replica_(tree.replica()), files_(files), editor_(editor) {}

  Result<void> operator()(const MakeFile& made) {
    const TreeEntry& entry = made.entry;
    auto fields = editor_.set_type(files_, entry.id, crdt::TypeKind::Map);
    if (!fields) return forward_error(fields);
    if (auto set = editor_.set(*fields, "path", any(entry.path)); !set) return set;
    if (auto set = editor_.set(*fields, "kind", any(word_for(entry.kind))); !set) return set;
    if (entry.eol != LineEnding::Lf) {
      if (auto set = editor_.set(*fields, "eol", any(word_for(entry.eol))); !set) return set;
    }
    if (entry.executable) {
      if (auto set = editor_.set(*fields, "executable", any(true)); !set) return set;
    }
    if (entry.kind != FileKind::Binary) return {};
    return editor_.set(*fields, "blob", any(entry.blob));
  }

  Result<void> operator()(const RenameFile& renamed) {
    return set(renamed.id, "path", any(renamed.path));
  }
  Result<void> operator()(const SetBlob& changed) {
    return set(changed.id, "blob", any(changed.blob));
  }
  Result<void> operator()(const SetExecutable& changed) {
    return set(changed.id, "executable", any(changed.executable));
  }
  Result<void> operator()(const SetLineEnding& changed) {
    return set(changed.id, "eol", any(word_for(changed.eol)));
  }
  Result<void> operator()(const DeleteFile& deleted) {
    if (fields_of(deleted.id) == TypeRef::None) return {};
    return editor_.unset(files_, deleted.id);
  }

 private:
  Result<void> set(std::string_view id, std::string_view field, const std::string& value) {
    const TypeRef fields = fields_of(id);
    if (fields == TypeRef::None) return {};
    return editor_.set(fields, field, value);
  }

  /// None if there is no such file.
  [[nodiscard]] TypeRef fields_of(std::string_view id) const {
    const crdt::ItemRef item = replica_.newest(replica_.types[files_], replica_.find_name(id));
    if (item == crdt::ItemRef::None || replica_.items[item].deleted) return TypeRef::None;
    const TypeRef type = replica_.type_of(item);
    if (type == TypeRef::None || replica_.types[type].kind != crdt::TypeKind::Map) {
      return TypeRef::None;
    }
    return type;
  }

  const crdt::Replica& replica_;
  const TypeRef files_;
  crdt::Document::Editor& editor_;
};

}  // namespace

Result<void> change_tree(crdt::Document& tree, std::span<const TreeChange> changes,
                         crdt::Origin origin) {
  const TypeRef files = tree.map(kFilesRoot);
  return tree.transact(origin, [&](crdt::Document::Editor& editor) -> Result<void> {
    Writer writer(tree, files, editor);
    for (const TreeChange& change : changes) {
      if (auto done = std::visit(writer, change); !done) return done;
    }
    return {};
  });
}

}  // namespace plait::document
