#include "tests/support/gardener.h"

#include "daemon/crdt/any_value.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"

namespace plait::support {
namespace {

void must(const Result<void>& result) {
  PLAIT_ASSERT(result.has_value(), "a change of one's own to be possible");
}

}  // namespace

void Gardener::plants(std::string_view id, const Fields& fields) {
  must(document_.transact(0, [&](crdt::Document::Editor& editor) -> Result<void> {
    auto entry = editor.set_type(files(), id, crdt::TypeKind::Map);
    if (!entry) return forward_error(entry);
    entries_.insert_or_assign(std::string(id), *entry);
    for (const auto& [name, value] : fields) must(editor.set(*entry, name, value));
    return {};
  }));
}

void Gardener::plants_text(std::string_view id, std::string_view path) {
  plants(id, {{"path", any_text(path)}, {"kind", any_text("text")}});
}

void Gardener::plants_folder(std::string_view id, std::string_view path) {
  plants(id, {{"path", any_text(path)}, {"kind", any_text("folder")}});
}

void Gardener::plants_binary(std::string_view id, std::string_view path) {
  plants(id, {{"path", any_text(path)},
              {"kind", any_text("binary")},
              {"blob", any_text(std::string(64, 'a'))}});
}

void Gardener::sets(std::string_view id, const std::string& field, std::string_view value) {
  must(document_.transact(0, [&](crdt::Document::Editor& editor) {
    return editor.set(entries_.find(id)->second, field, value);
  }));
}

void Gardener::renames(std::string_view id, std::string_view path) {
  sets(id, "path", any_text(path));
}

void Gardener::deletes(std::string_view id) {
  must(document_.transact(
      0, [&](crdt::Document::Editor& editor) { return editor.unset(files(), id); }));
}

void Gardener::hears(const Gardener& other) { must(document_.apply(other.state())); }

std::string any_text(std::string_view value) {
  ByteWriter out;
  crdt::put_any_string(out, value);
  return out.str();
}

std::string any_flag(bool value) {
  ByteWriter out;
  crdt::put_any_bool(out, value);
  return out.str();
}

}  // namespace plait::support
