#pragma once

#include <span>
#include <string>

#include "daemon/crdt/document.h"
#include "daemon/crdt/state_vector.h"

namespace plait::document {

/// What a device may tell a server that knows `known`: what was inserted under the device's own
/// client ids and the server lacks, and all deletions. Others bring what is theirs: nobody may
/// insert under an id that was leased to somebody else, not even what was on the server before
/// it forgot it.
[[nodiscard]] std::string own_part(const crdt::Document& document,
                                   std::span<const crdt::ClientId> own,
                                   const crdt::StateVector& known);

/// Whether that server has not got what somebody else inserted, and will not get it from here.
[[nodiscard]] bool has_more_of_others(const crdt::Document& document,
                                      std::span<const crdt::ClientId> own,
                                      const crdt::StateVector& known);

}  // namespace plait::document
