#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace plait::store {

/// What a person typed, as an FTS5 query: every word has to be there, and the last one may go
/// on, so that results come while it is being typed. All of FTS5's operators lose their
/// meaning. Malformed if there is no word in it.
Result<std::string> fts_query(std::string_view typed);

}  // namespace plait::store
