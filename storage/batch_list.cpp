#include "storage/batch_list.hpp"

#include <algorithm>

#include "storage/place.hpp"

namespace jobraker::storage {
namespace {

constexpr std::int64_t limit_max = 200;

constexpr std::string_view list_sql = R"sql(
  SELECT b.id, b.user_id, t.kind, t.status, t.done, t.total,
    (SELECT count(*) FROM batch_items i WHERE i.batch_id = b.id AND i.state = 'failed'),
    t.started_at, t.finished_at, b.created_at
  FROM batches b JOIN tasks t ON t.id = b.id
  WHERE ($1::text IS NULL OR t.status = $1)
    AND ($2::timestamptz IS NULL OR (b.created_at, b.id) < ($2, $3::uuid))
  ORDER BY b.created_at DESC, b.id DESC LIMIT $4
)sql";

}  // namespace

task<Result<BatchPage>> list_batches(Session& session, ListBatches query) {
  const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, limit_max));
  std::optional<Place> place;
  if (query.cursor && !(place = from_cursor(*query.cursor)))
    co_return fail(Errc::invalid, "the cursor is not one of this list");
  auto rows =
    co_await session.query(list_sql, {query.state, place ? std::optional{place->at} : std::nullopt,
                                      place ? std::optional{place->id} : std::nullopt, limit + 1});
  if (!rows)
    co_return fail(std::move(rows.error()));
  BatchPage page;
  Place last;
  for (std::size_t i = 0; i < std::min(rows->size(), limit); ++i) {
    auto& b = page.items.emplace_back();
    (*rows)[i].read(b.id, b.user_id, b.kind, b.state, b.done, b.total, b.failed, b.started_at,
                    b.ended_at, last.at);
    last.id = b.id.uuid;
  }
  if (rows->size() > limit)
    page.next = to_cursor(last);
  co_return page;
}

}  // namespace jobraker::storage
