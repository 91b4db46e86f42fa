#include "daemon/store/document_list.h"

#include <cstdint>

#include "daemon/store/limits.h"

namespace plait::store {

Result<std::vector<ListedDocument>> list_documents(Database& database,
                                                   std::string_view workspace,
                                                   std::string_view after, std::size_t limit) {
  if (auto ok = check_at_most("a list", limit, kMaxListedDocuments); !ok) {
    return forward_error(ok);
  }
  std::vector<ListedDocument> documents;
  // Along the index of names. What a name may be is in SQL so that a page is full, however many
  // others lie between: no client could ask for what comes behind an empty one.
  Cursor row = database.query(
      "SELECT name, max(last_sequence, coalesce(newest, 0)) AS version FROM documents "
      "LEFT JOIN (SELECT document, max(sequence) AS newest FROM recent GROUP BY document) "
      "ON document = id WHERE workspace = ? AND name > ? AND version > 0 "
      "AND length(name) <= ? AND name NOT GLOB '*[^-A-Za-z0-9_.]*' ORDER BY name LIMIT ?",
      workspace, after, std::uint64_t{kMaxListedNameBytes}, std::uint64_t{limit});
  while (row.next()) documents.push_back({row.text(0), row.count(1)});
  if (auto status = row.status(); !status) return forward_error(status);
  return documents;
}

}  // namespace plait::store
