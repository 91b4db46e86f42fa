#include "daemon/store/verify_job.h"

#include "daemon/store/tables.h"

namespace plait::store {

bool VerifyJob::step(Tables& tables) {
  auto ended = step_of_stage(tables);
  if (!ended) {
    result_ = Failure{std::move(ended).error().with_context("verifying")};
    return true;
  }
  if (!*ended) return false;
  if (stage_ == Stage::Blobs) {
    result_ = std::move(report_);
    return true;
  }
  stage_ = Stage{static_cast<std::uint8_t>(static_cast<std::uint8_t>(stage_) + 1)};
  last_id_ = 0;
  return false;
}

void VerifyJob::abandon() {
  result_ = fail(ErrorCode::System, "the server stopped before everything was verified");
}

Result<bool> VerifyJob::step_of_stage(Tables& tables) {
  switch (stage_) {
    case Stage::Pages: return check_pages(tables);
    case Stage::Search: return check_search(tables);
    case Stage::Documents: return check_document(tables);
    case Stage::Blobs: return check_blob(tables);
  }
  return true;
}

void VerifyJob::found(std::string where, std::string what) {
  if (report_.findings.size() < kMaxFindings) {
    report_.findings.push_back({std::move(where), std::move(what)});
  }
}

Result<bool> VerifyJob::check_pages(Tables& tables) {
  Cursor row = tables.database.query("PRAGMA integrity_check(100)");
  while (row.next()) {
    if (row.bytes(0) != "ok") found("the database file", row.text(0));
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return true;
}

Result<bool> VerifyJob::check_search(Tables& tables) {
  auto done =
      tables.database.run("INSERT INTO message_text (message_text) VALUES ('integrity-check')");
  if (done) return true;
  if (done.error().code != ErrorCode::Damaged) return forward_error(done);
  found("the search index", done.error().message);
  return true;
}

Result<bool> VerifyJob::check_document(Tables& tables) {
  std::string where;
  {
    Cursor row = tables.database.query(
        "SELECT id, workspace, name FROM documents WHERE id > ? ORDER BY id LIMIT 1", last_id_);
    if (!row.next()) {
      if (auto status = row.status(); !status) return forward_error(status);
      return true;
    }
    last_id_ = row.integer(0);
    where = "document " + row.text(2) + " of workspace " + row.text(1);
  }
  report_.documents += 1;
  auto entries = tables.documents.verify(DocumentKey{static_cast<std::uint64_t>(last_id_)});
  if (entries) {
    report_.entries += *entries;
  } else if (entries.error().code == ErrorCode::Damaged) {
    found(std::move(where), entries.error().message);
  } else {
    return forward_error(entries);
  }
  return false;
}

Result<bool> VerifyJob::check_blob(Tables& tables) {
  std::string where;
  {
    Cursor row = tables.database.query(
        "SELECT id, lower(hex(hash)), workspace FROM blobs WHERE id > ? ORDER BY id LIMIT 1",
        last_id_);
    if (!row.next()) {
      if (auto status = row.status(); !status) return forward_error(status);
      return true;
    }
    last_id_ = row.integer(0);
    where = "blob " + row.text(1) + " of workspace " + row.text(2);
  }
  report_.blobs += 1;
  auto whole = tables.blobs.is_whole(last_id_);
  if (!whole && whole.error().code != ErrorCode::Damaged) return forward_error(whole);
  if (!whole) {
    found(std::move(where), whole.error().message);
  } else if (!*whole) {
    found(std::move(where), "its bytes do not have its hash");
  }
  return false;
}

}  // namespace plait::store
