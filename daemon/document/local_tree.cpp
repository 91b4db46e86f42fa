#include "daemon/document/local_tree.h"

#include <utility>

#include "daemon/document/own_part.h"
#include "daemon/document/stored_updates.h"
#include "protocol/base/bytes.h"

namespace plait::document {

LocalTree::LocalTree() { document_.add_observer(*this); }

LocalTree::~LocalTree() { document_.remove_observer(*this); }

Result<std::unique_ptr<LocalTree>> LocalTree::load(std::string_view snapshot,
                                                   std::span<const std::string> entries,
                                                   std::vector<crdt::ClientId> own) {
  std::unique_ptr<LocalTree> tree(new LocalTree);
  tree->own_ = std::move(own);
  if (auto applied = apply_stored(tree->document_, snapshot, entries); !applied) {
    return forward_error(applied);
  }
  return tree;
}

void LocalTree::set_client(crdt::ClientId client) {
  document_.set_client(client);
  own_.push_back(client);
  has_client_ = true;
}

Result<void> LocalTree::change(std::span<const TreeChange> changes) {
  if (!has_client_) return fail(ErrorCode::Refused, "there is no client id to write under");
  return change_tree(document_, changes, kDisk);
}

Result<void> LocalTree::apply(std::string_view update) {
  return document_.apply(update, kNetwork);
}

const Tree& LocalTree::tree() const {
  if (!tree_) tree_ = Tree::read(document_);
  return *tree_;
}

std::string LocalTree::own_part(const crdt::StateVector& known) const {
  return document::own_part(document_, own_, known);
}

bool LocalTree::has_more_of_others(const crdt::StateVector& known) const {
  return document::has_more_of_others(document_, own_, known);
}

void LocalTree::committed(crdt::Document& document, Origin origin) {
  tree_.reset();
  ByteWriter update;
  if (observer_ == nullptr || !document.encode_change(update)) return;
  observer_->updated(update.view(), origin);
}

}  // namespace plait::document
