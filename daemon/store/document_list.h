#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "daemon/store/database.h"
#include "daemon/store/documents.h"
#include "protocol/base/result.h"

namespace plait::store {

/// What ServerStore::list_documents() answers, from what is in the tables.
[[nodiscard]] Result<std::vector<ListedDocument>> list_documents(Database& database,
                                                                 std::string_view workspace,
                                                                 std::string_view after,
                                                                 std::size_t limit);

}  // namespace plait::store
