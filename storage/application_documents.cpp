#include "storage/application_documents.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view list_sql = R"sql(
  SELECT application_id, kind, markdown, version, updated_at FROM application_documents
  WHERE application_id = $1 ORDER BY kind
)sql";

/// Of another version than the expected one no row comes back.
constexpr std::string_view save_sql = R"sql(
  INSERT INTO application_documents AS d (application_id, kind, markdown, updated_at)
  SELECT $1, $2, $3, $5 WHERE $4::bigint = 0
    OR EXISTS (SELECT FROM application_documents WHERE application_id = $1 AND kind = $2)
  ON CONFLICT (application_id, kind) DO UPDATE SET
    version = d.version + (d.markdown <> excluded.markdown)::int,
    updated_at = CASE WHEN d.markdown <> excluded.markdown THEN excluded.updated_at ELSE d.updated_at END,
    markdown = excluded.markdown
  WHERE $4::bigint IN (0, d.version)
  RETURNING application_id, kind, markdown, version, updated_at
)sql";

ApplicationDocument to_document(const Row& row) {
  ApplicationDocument d;
  row.read(d.application, d.kind, d.markdown, d.version, d.updated_at);
  return d;
}

}  // namespace

task<Result<std::vector<ApplicationDocument>>> application_documents(Session& session,
                                                                     ApplicationId application) {
  auto rows = co_await session.query(list_sql, {application});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<ApplicationDocument> documents;
  for (auto row : *rows)
    documents.push_back(to_document(row));
  co_return documents;
}

task<Result<ApplicationDocument>>
save_application_document(Session& session, ApplicationDocument document, Time now) {
  auto rows = co_await session.query(
    save_sql, {document.application, document.kind, document.markdown, document.version, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::precondition_failed, "the document has changed since it was read");
  co_return to_document(rows->front());
}

}  // namespace jobraker::storage
