#include "daemon/crdt/any.h"

#include <span>
#include <string>
#include <vector>

#include "daemon/crdt/any_parser.h"
#include "daemon/crdt/object_order.h"

namespace plait::crdt {
namespace {

/// lib0 assigns members to an object, and this one then does not become a member.
bool sets_prototype(std::string_view key) noexcept { return key == "__proto__"; }

/// Finds out whether everything has the form that lib0 writes.
class FormCheck {
 public:
  [[nodiscard]] bool canonical() const noexcept { return canonical_; }

  void undefined() {}
  void null() {}
  void boolean(bool) {}
  void number(AnyTag tag, double value) { canonical_ = canonical_ && tag == any_tag_of(value); }
  void big_integer(std::int64_t) {}
  void string(std::string_view) {}
  void binary(std::string_view) {}
  void begin_array(std::size_t) {}
  void end_array() {}
  void begin_object() { first_keys_.push_back(keys_.size()); }
  void key(std::string_view name) {
    keys_.push_back(name);
    canonical_ = canonical_ && !sets_prototype(name);
  }
  void end_object() {
    const std::size_t first = first_keys_.back();
    first_keys_.pop_back();
    canonical_ = canonical_ && is_object_order(std::span(keys_).subspan(first));
    keys_.resize(first);
  }

 private:
  std::vector<std::string_view> keys_;   ///< of all objects that are open
  std::vector<std::size_t> first_keys_;  ///< where each one's begin
  bool canonical_ = true;
};

/// Writes the value that it is told of as lib0 would.
class Rewriter {
 public:
  explicit Rewriter(ByteWriter& out) noexcept : out_(out) {}

  void undefined() { put(AnyTag::Undefined); }
  void null() { put_any_null(out_); }
  void boolean(bool value) { put_any_bool(out_, value); }
  void number(AnyTag, double value) { put_any_double(out_, value); }
  void big_integer(std::int64_t value) { put_any_big_integer(out_, value); }
  void string(std::string_view value) { put_any_string(out_, value); }
  void binary(std::string_view value) {
    put(AnyTag::Binary);
    out_.put_varbytes(value);
  }
  void begin_array(std::size_t count) {
    put(AnyTag::Array);
    out_.put_varuint(count);
  }
  void end_array() {}
  // How many members an object keeps is known at its end: its count is left out until then.
  void begin_object() {
    put(AnyTag::Object);
    objects_.push_back({keys_.size(), out_.size()});
  }
  void key(std::string_view name) {
    keys_.push_back(name);
    begins_.push_back(out_.size());
    out_.put_varbytes(name);
  }
  void end_object() {
    const Object object = objects_.back();
    objects_.pop_back();
    arrange(object);
    keys_.resize(object.first_member);
    begins_.resize(object.first_member);
  }

 private:
  struct Object {
    std::size_t first_member;
    std::size_t begin;  ///< in the output, of the first member
  };

  void put(AnyTag tag) { out_.put_byte(static_cast<std::uint8_t>(tag)); }

  /// Puts the members of the object that ends here in order, and their count in front of them.
  void arrange(const Object& object) {
    std::vector<std::string_view> keys;
    std::vector<std::string_view> members;
    const std::string copy(out_.view().substr(object.begin));
    const std::string_view written = copy;
    for (std::size_t i = object.first_member; i < keys_.size(); ++i) {
      if (sets_prototype(keys_[i])) continue;
      const std::size_t begin = begins_[i];
      const std::size_t end = i + 1 < begins_.size() ? begins_[i + 1] : out_.size();
      keys.push_back(keys_[i]);
      members.push_back(written.substr(begin - object.begin, end - begin));
    }
    const std::vector<std::uint32_t> order = object_order(keys);
    out_.truncate(object.begin);
    out_.put_varuint(order.size());
    for (const std::uint32_t member : order) out_.put_bytes(members[member]);
  }

  ByteWriter& out_;
  std::vector<Object> objects_;         ///< that are open
  std::vector<std::string_view> keys_;  ///< of their members
  std::vector<std::size_t> begins_;     ///< of their members, in the output
};

}  // namespace

AnyForm skip_any(ByteReader& reader) {
  ByteReader in(reader.rest());
  FormCheck check;
  const bool valid = AnyParser(in, check).run();
  if (!valid) {
    if (!in.ok()) reader.mark_failed();
    return AnyForm::Invalid;
  }
  static_cast<void>(reader.bytes(reader.remaining() - in.remaining()));
  return check.canonical() && in.canonical() ? AnyForm::Canonical : AnyForm::NotCanonical;
}

bool rewrite_any(ByteReader& reader, ByteWriter& out) {
  const std::size_t begin = out.size();
  Rewriter rewriter(out);
  if (AnyParser(reader, rewriter).run()) return true;
  out.truncate(begin);
  return false;
}

}  // namespace plait::crdt
