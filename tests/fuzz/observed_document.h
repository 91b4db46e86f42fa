#pragma once

#include <string>

#include "daemon/crdt/document.h"
#include "protocol/base/assert.h"
#include "protocol/base/utf8.h"
#include "tests/support/shadow_text.h"

namespace plait::fuzz {

/// A document whose root `text` is checked against the edits that it reports.
class ObservedDocument final : private crdt::Document::Observer {
 public:
  explicit ObservedDocument(crdt::Document::Options options)
      : document(options), text(document.text("text")) {
    document.add_observer(*this);
  }
  ~ObservedDocument() override { document.remove_observer(*this); }

  crdt::Document document;
  const crdt::TypeRef text;

  void check() const {
    document.check_invariants();
    // Objects take room in the document and none in an editor's text.
    PLAIT_ASSERT(had_objects_ || shadow_.text() == document.to_string(text),
                 "the edits to give the text");
  }

 private:
  void committed(crdt::Document&, crdt::Origin) override {
    const auto end = document.end_of(text).offset;
    const std::string now = document.to_string(text);
    had_objects_ = had_objects_ || measure(now) != end;
    for (const crdt::TextEdit& edit : document.edits(text)) {
      const bool done = shadow_.apply(edit);
      PLAIT_ASSERT(done || had_objects_, "the places of an edit to be in the text");
    }
  }

  support::ShadowText shadow_;
  bool had_objects_ = false;
};

}  // namespace plait::fuzz
