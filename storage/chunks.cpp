#include "storage/chunks.hpp"

#include <algorithm>

#include "storage/vector_check.hpp"

namespace jobraker {
template <>
inline constexpr std::string_view enum_names<storage::ChunkKind>[] = {"article", "company", "turn"};
}  // namespace jobraker

namespace jobraker::storage {
namespace {

constexpr std::size_t k_max = 100;
constexpr std::size_t question_bytes_max = 4000;
constexpr std::size_t kinds = 3;

/// The search keeps at most ef_search candidates, and dead rows take places among them.
constexpr std::size_t ef_search_min = 80;

// Held to the end of the transaction: of two that replace the same thing one waits.
constexpr std::string_view lock_sql = R"sql(
  SELECT pg_advisory_xact_lock(hashtextextended($1::text || $2::text, 11))
)sql";

constexpr std::string_view forget_sql = R"sql(
  DELETE FROM chunks WHERE kind = $1 AND ref = $2
)sql";

constexpr std::string_view add_sql = R"sql(
  INSERT INTO chunks (kind, ref, ordinal, owner, audience, title, url, text, embedding, model,
    content_hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::halfvec, $10, $11)
)sql";

constexpr std::string_view hash_sql = R"sql(
  SELECT min(content_hash) FROM chunks WHERE kind = $1 AND ref = $2 AND model = $3
)sql";

constexpr std::string_view settings_sql = R"sql(
  SELECT set_config('hnsw.ef_search', $1, true),
         set_config('hnsw.iterative_scan', 'relaxed_order', true)
)sql";

#define CHUNK_COLUMNS "c.kind, c.ref, c.ordinal, c.owner, c.audience, c.title, c.url, c.text"

/// Parameters of all searches: the vector, its model, who asks, what to leave out, how many, and
/// the question's words. $6 is bound everywhere so that one list of values will do.
#define SEARCH_BY(kind, mine, score, more, order)                                                  \
  "(SELECT " CHUNK_COLUMNS ", " score " AS score FROM chunks c WHERE c.kind = '" kind              \
  "' AND " mine                                                                                    \
  " AND (c.audience = 'all' OR c.audience = (SELECT role FROM users WHERE id = $3)) "              \
  "AND ($4::uuid IS NULL OR c.ref <> $4) AND " more " ORDER BY " order " LIMIT $5)"

#define EVERYBODYS "c.owner IS NULL"
#define OWN "c.owner = $3"

// The kind is a literal, because each has an index of its own. `+ 0` keeps the planner off it.
#define DISTANCE "(c.embedding <#> $1::halfvec)"
#define BY_VECTOR(kind, mine, order)                                                               \
  SEARCH_BY(kind, mine, "-" DISTANCE, "c.model = $2 AND c.embedding IS NOT NULL", order)
#define NEAR(kind) BY_VECTOR(kind, EVERYBODYS, DISTANCE)
#define EXACT(kind, mine) BY_VECTOR(kind, mine, DISTANCE " + 0, c.ref, c.ordinal")

// Any of the words, without those that say nothing. The text form of a query quotes its words, and
// none holds a space.
#define ANY_WORD "replace(plainto_tsquery('english', $6)::text, ' & ', ' | ')::tsquery"
#define BY_TEXT(kind, mine)                                                                        \
  SEARCH_BY(kind, mine, "ts_rank_cd(c.tsv, " ANY_WORD ", 1)::double precision",                    \
            "c.tsv @@ " ANY_WORD, "score DESC, c.ref, c.ordinal")

constexpr std::
  string_view
    both_sql =
      "SELECT true, v.* FROM (" NEAR("article") " UNION ALL " NEAR("company") " UNION ALL " EXACT("turn", OWN) ") v UNION ALL SELECT false, t.* FROM (" BY_TEXT(
        "article", EVERYBODYS) " UNION ALL " BY_TEXT("company",
                                                     EVERYBODYS) " UNION ALL " BY_TEXT("turn",
                                                                                       OWN) ") t";

constexpr std::string_view text_sql =
  "SELECT false, t.* FROM (" BY_TEXT("article", EVERYBODYS) " UNION ALL " BY_TEXT(
    "company",
    EVERYBODYS) " UNION ALL " BY_TEXT("turn",
                                      OWN) ") t WHERE $1::halfvec IS NULL AND $2::text IS NOT NULL";

constexpr std::string_view exact_sql[] = {
  "SELECT true, v.* FROM " EXACT("article", EVERYBODYS) " v WHERE $6::text IS NOT NULL",
  "SELECT true, v.* FROM " EXACT("company", EVERYBODYS) " v WHERE $6::text IS NOT NULL"};

FoundPiece to_piece(const Row& row) {
  FoundPiece piece;
  auto& c = piece.chunk;
  row.read_from(1, c.kind, c.ref, c.ordinal, c.owner, c.audience, c.title, c.url, c.text,
                piece.score);
  return piece;
}

void best_first(std::vector<FoundPiece>& pieces) {
  std::sort(pieces.begin(), pieces.end(), [](const FoundPiece& a, const FoundPiece& b) {
    if (a.score != b.score)
      return a.score > b.score;
    return std::tie(a.chunk.ref, a.chunk.ordinal) < std::tie(b.chunk.ref, b.chunk.ordinal);
  });
}

std::vector<ChunkHits> to_hits(const Rows& rows) {
  std::vector<ChunkHits> hits(kinds);
  for (std::size_t i = 0; i < kinds; ++i)
    hits[i].kind = static_cast<ChunkKind>(i);
  for (auto row : rows) {
    auto piece = to_piece(row);
    auto& of_kind = hits[static_cast<std::size_t>(piece.chunk.kind)];
    (row.get<bool>(0) ? of_kind.by_vector : of_kind.by_text).push_back(std::move(piece));
  }
  // A relaxed scan may give neighbours out of order, and UNION ALL promises none.
  for (auto& of_kind : hits) {
    best_first(of_kind.by_vector);
    best_first(of_kind.by_text);
  }
  return hits;
}

/// The question's words, cut where a character begins.
std::string words_of(std::string text) {
  if (text.size() > question_bytes_max) {
    auto end = question_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
      --end;
    text.resize(end);
  }
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

task<Done> add_all(Session& session, ChunkKind kind, Uuid ref, const std::vector<Chunk>& chunks,
                   const std::string& model, const std::string& content_hash) {
  for (const auto& c : chunks) {
    auto rows = co_await session.query(add_sql, {kind, ref, c.ordinal, c.owner, c.audience, c.title,
                                                 c.url, c.text, c.embedding, model, content_hash});
    if (!rows)
      co_return fail(std::move(rows.error()));
  }
  co_return Done{};
}

/// Where HNSW came back short: either no more match, or the scan gave up before it had found them.
/// Only looking at all tells.
task<Done> make_whole(Session& session, std::vector<ChunkHits>& hits, const Params& params,
                      std::size_t k) {
  for (std::size_t i = 0; i < std::size(exact_sql); ++i) {
    if (hits[i].by_vector.size() >= k)
      continue;
    auto rows = co_await session.query(exact_sql[i], params);
    if (!rows)
      co_return fail(std::move(rows.error()));
    if (rows->size() > hits[i].by_vector.size()) {
      hits[i].exact = true;
      hits[i].by_vector = std::move(to_hits(*rows)[i].by_vector);
    }
  }
  co_return Done{};
}

}  // namespace

task<Done> replace_chunks(Session& session, ChunkKind kind, Uuid ref, std::vector<Chunk> chunks,
                          std::string model, std::string content_hash) {
  for (const auto& chunk : chunks)
    if (auto good = check_unit(chunk.embedding); !good)
      co_return fail(std::move(good.error()));
  auto done = co_await session.transaction([&](Transaction& inside) -> task<Result<bool>> {
    auto locked = co_await inside.query(lock_sql, {kind, ref});
    if (!locked)
      co_return fail(std::move(locked.error()));
    auto gone = co_await inside.query(forget_sql, {kind, ref});
    if (!gone)
      co_return fail(std::move(gone.error()));
    if (auto added = co_await add_all(inside, kind, ref, chunks, model, content_hash); !added)
      co_return fail(std::move(added.error()));
    co_return true;
  });
  if (!done)
    co_return fail(std::move(done.error()));
  co_return Done{};
}

task<Result<std::optional<std::string>>> chunks_hash(Session& session, ChunkKind kind, Uuid ref,
                                                     std::string model) {
  auto rows = co_await session.query(hash_sql, {kind, ref, model});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->front().get<std::optional<std::string>>(0);
}

task<Result<std::vector<ChunkHits>>> search_chunks(Session& session, ChunkQuery query) {
  if (query.k == 0 || query.k > k_max)
    co_return fail(Errc::invalid, "a search has from 1 to 100 results");
  if (auto good = check_unit(query.embedding); !good)
    co_return fail(std::move(good.error()));
  Params params{query.embedding, query.model, query.user,
                query.not_ref,   query.k,     words_of(std::move(query.text))};
  if (query.embedding.empty()) {
    auto rows = co_await session.query(text_sql, std::move(params));
    if (!rows)
      co_return fail(std::move(rows.error()));
    co_return to_hits(*rows);
  }
  auto ef_search = std::to_string(std::max(2 * query.k, ef_search_min));
  auto found = co_await session.transaction([&](Transaction& inside) -> task<Result<Rows>> {
    auto set = co_await inside.query(settings_sql, {ef_search});
    if (!set)
      co_return fail(std::move(set.error()));
    co_return co_await inside.query(both_sql, params);
  });
  if (!found)
    co_return fail(std::move(found.error()));
  auto hits = to_hits(*found);
  if (auto whole = co_await make_whole(session, hits, params, query.k); !whole)
    co_return fail(std::move(whole.error()));
  co_return hits;
}

}  // namespace jobraker::storage
