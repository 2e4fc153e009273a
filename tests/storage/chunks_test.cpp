#include "storage/chunks.hpp"

#include <cmath>
#include <random>

#include "storage/companies.hpp"
#include "storage/knowledge.hpp"
#include "tests/storage/chat_samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;
using test::start;

/// A reproducible unit vector near an axis, or anywhere.
Embedding unit(unsigned seed, int axis = -1) {
  std::mt19937 random{seed};
  std::normal_distribution<float> normal{0, 0.02f};
  Embedding v(embedding_dimensions);
  for (auto& element : v)
    element = normal(random);
  if (axis >= 0)
    v[static_cast<std::size_t>(axis)] += 1;
  double sum = 0;
  for (float element : v)
    sum += double(element) * double(element);
  for (auto& element : v)
    element = static_cast<float>(element / std::sqrt(sum));
  return v;
}

struct ChunksTest : test::ChatTest {
  Uuid article(const std::string& title = "An article") {
    return must(run(create_article(*db, {title, "x", {}, {}, {}}, ada, start))).id.uuid;
  }
  static Chunk piece(const std::string& text, Embedding embedding = {}, std::int64_t ordinal = 0) {
    Chunk chunk;
    chunk.title = "Title";
    chunk.text = text;
    chunk.embedding = std::move(embedding);
    chunk.ordinal = ordinal;
    return chunk;
  }
  void put(ChunkKind kind, Uuid ref, std::vector<Chunk> chunks, const std::string& model = "m") {
    must(run(replace_chunks(*db, kind, ref, std::move(chunks), model, "h")));
  }
  /// An answer of a conversation of this person, indexed.
  Uuid turn(UserId owner, const std::string& text, Embedding embedding = {}) {
    auto conversation = converse(owner);
    auto id = MessageId::fresh();
    auto turn_id = TurnId::fresh();
    sql("INSERT INTO chat_turns (id, conversation_id, accepted_epoch, accepted_seq) "
        "VALUES ($1, $2, 1, 1)",
        {turn_id, conversation});
    sql("INSERT INTO chat_messages (id, conversation_id, turn_id, role, position, content, state, "
        "created_at) VALUES ($1, $2, $3, 'assistant', 1, 'x', 'done', now())",
        {id, conversation, turn_id});
    auto chunk = piece(text, std::move(embedding));
    chunk.owner = owner;
    put(ChunkKind::turn, id.uuid, {chunk});
    return id.uuid;
  }
  ChunkHits search(ChunkKind kind, ChunkQuery query) {
    auto hits = must(run(search_chunks(*db, std::move(query))));
    EXPECT_EQ(hits.size(), 3u);
    return hits.at(static_cast<std::size_t>(kind));
  }
  ChunkQuery ask(const std::string& text, Embedding embedding = {}, std::size_t k = 12) {
    ChunkQuery query;
    query.text = text;
    query.embedding = std::move(embedding);
    query.model = "m";
    query.user = ada;
    query.k = k;
    return query;
  }
  static std::vector<std::string> texts(const std::vector<FoundPiece>& pieces) {
    std::vector<std::string> list;
    for (auto& found : pieces)
      list.push_back(found.chunk.text);
    return list;
  }
  using Texts = std::vector<std::string>;
};

TEST_F(ChunksTest, AreReplacedAsAWhole) {
  auto ref = article();
  EXPECT_EQ(must(run(chunks_hash(*db, ChunkKind::article, ref, "m"))), std::nullopt);
  put(ChunkKind::article, ref, {piece("One", unit(1), 0), piece("Two", unit(2), 1)});
  EXPECT_EQ(must(run(chunks_hash(*db, ChunkKind::article, ref, "m"))), "h");
  EXPECT_EQ(must(run(chunks_hash(*db, ChunkKind::article, ref, "another"))), std::nullopt);
  must(run(replace_chunks(*db, ChunkKind::article, ref, {piece("Three")}, "", "h2")));
  EXPECT_EQ(must(run(chunks_hash(*db, ChunkKind::article, ref, "m"))), std::nullopt);
  EXPECT_EQ(must(run(chunks_hash(*db, ChunkKind::article, ref, ""))), "h2");
  EXPECT_EQ(texts(search(ChunkKind::article, ask("three one two")).by_text), Texts{"Three"});
  must(run(replace_chunks(*db, ChunkKind::article, ref, {}, "", "")));
  EXPECT_EQ(must(run(chunks_hash(*db, ChunkKind::article, ref, ""))), std::nullopt);
}

TEST_F(ChunksTest, ThatCannotBeStoredLeaveTheOldOnes) {
  auto ref = article();
  put(ChunkKind::article, ref, {piece("Old", unit(1))});
  auto bad = [&](Chunk chunk) {
    return error_of(run(
      replace_chunks(*db, ChunkKind::article, ref, {piece("New", unit(1), 0), chunk}, "m", "h2")));
  };
  EXPECT_EQ(bad(piece("x", Embedding(5, 0.1f), 1)), Errc::invalid);
  EXPECT_EQ(bad(piece("x", unit(1), 0)), Errc::conflict) << "the same ordinal twice";
  auto owned = piece("x", unit(1), 1);
  owned.owner = ada;
  EXPECT_EQ(bad(owned), Errc::invalid) << "only turns are somebody's";
  EXPECT_EQ(error_of(run(replace_chunks(*db, ChunkKind::article, Uuid{}, {piece("x")}, "", "h"))),
            Errc::invalid)
    << "of an article that is not there";
  EXPECT_EQ(must(run(chunks_hash(*db, ChunkKind::article, ref, "m"))), "h");
  EXPECT_EQ(texts(search(ChunkKind::article, ask("old new")).by_text), Texts{"Old"});
}

TEST_F(ChunksTest, OfTwoThatReplaceAtOnceOneStays) {
  auto ref = article();
  auto some = [&](const std::string& text) {
    std::vector<Chunk> chunks;
    for (int i = 0; i < 20; ++i)
      chunks.push_back(piece(text, unit(1), i));
    return replace_chunks(*db, ChunkKind::article, ref, chunks, "m", text);
  };
  auto a = loop.spawn(some("alpha"));
  auto b = loop.spawn(some("beta"));
  loop.run_until([&] { return a->has_value() && b->has_value(); });
  must(**a);
  must(**b);
  auto rows = sql("SELECT count(*), count(DISTINCT content_hash) FROM chunks");
  EXPECT_EQ(rows.front().get<int>(0), 20);
  EXPECT_EQ(rows.front().get<int>(1), 1);
}

TEST_F(ChunksTest, ComeBackAsTheyWereStored) {
  auto ref = article();
  auto chunk = piece("How to weld ✓", unit(3), 4);
  chunk.title = "Welding › Steel";
  chunk.url = "https://example.com";
  chunk.audience = Audience::seeker;
  put(ChunkKind::article, ref, {chunk});
  for (auto& hits : {search(ChunkKind::article, ask("weld")).by_text,
                     search(ChunkKind::article, ask("", unit(3))).by_vector}) {
    ASSERT_EQ(hits.size(), 1u);
    auto& found = hits[0].chunk;
    EXPECT_EQ(found.kind, ChunkKind::article);
    EXPECT_EQ(found.ref, ref);
    EXPECT_EQ(found.ordinal, 4);
    EXPECT_EQ(found.owner, std::nullopt);
    EXPECT_EQ(found.title, chunk.title);
    EXPECT_EQ(found.url, chunk.url);
    EXPECT_EQ(found.text, chunk.text);
    EXPECT_EQ(found.audience, Audience::seeker);
    EXPECT_TRUE(found.embedding.empty());
  }
  EXPECT_NEAR(search(ChunkKind::article, ask("", unit(3))).by_vector[0].score, 1, 1e-3);
}

TEST_F(ChunksTest, AnyWordOfTheQuestionFindsButThoseThatSayNothing) {
  auto ref = article();
  put(ChunkKind::article, ref,
      {piece("Negotiating a salary takes preparation.", {}, 0),
       piece("The weather is fine.", {}, 1),
       piece("Salary and salary negotiation: prepare, then negotiate the salary.", {}, 2)});
  auto found =
    search(ChunkKind::article, ask("How should I negotiate about the salary with my boss?"));
  EXPECT_EQ(found.by_text.size(), 2u);
  EXPECT_EQ(found.by_text.at(0).chunk.ordinal, 2);
  EXPECT_TRUE(found.by_vector.empty());
  for (const char* nothing : {"", "   ", "how is the", "&|!:*()'\\", "' & '", "%_"})
    EXPECT_TRUE(search(ChunkKind::article, ask(nothing)).by_text.empty()) << nothing;
  EXPECT_EQ(search(ChunkKind::article, ask("weather's & 'fine' | !salary:*")).by_text.size(), 3u);
  std::string text;
  while (text.size() < 20000)
    text += "ünïcödé ";
  EXPECT_TRUE(search(ChunkKind::article, ask(text)).by_text.empty());
  EXPECT_TRUE(search(ChunkKind::article, ask(std::string("a\0b", 3))).by_text.empty());
}

TEST_F(ChunksTest, TurnsAreFoundByTheirOwnerAlone) {
  turn(ada, "I weld pipes.", unit(1, 5));
  auto bobs = turn(bob, "I weld frames.", unit(1, 5));
  auto query = ask("weld", unit(1, 5));
  auto found = search(ChunkKind::turn, query);
  EXPECT_EQ(texts(found.by_text), Texts{"I weld pipes."});
  EXPECT_EQ(texts(found.by_vector), Texts{"I weld pipes."});
  query.user = bob;
  EXPECT_EQ(texts(search(ChunkKind::turn, query).by_vector), Texts{"I weld frames."});
  query.not_ref = bobs;
  EXPECT_TRUE(search(ChunkKind::turn, query).by_vector.empty());
  EXPECT_TRUE(search(ChunkKind::turn, query).by_text.empty());
  query.user = UserId::fresh();
  query.not_ref.reset();
  EXPECT_TRUE(search(ChunkKind::turn, query).by_vector.empty());
}

TEST_F(ChunksTest, OfAnotherModelAreNotCompared) {
  put(ChunkKind::article, article(), {piece("old", unit(1))}, "before");
  put(ChunkKind::article, article(), {piece("new", unit(1))}, "m");
  put(ChunkKind::article, article(), {piece("none")}, "");
  auto found = search(ChunkKind::article, ask("old new none", unit(1)));
  EXPECT_EQ(texts(found.by_vector), Texts{"new"});
  EXPECT_EQ(found.by_text.size(), 3u) << "words find what is not embedded yet";
}

TEST_F(ChunksTest, ForOtherReadersAreNotFound) {
  auto chunk = piece("for employers", unit(1));
  chunk.audience = Audience::employer;
  put(ChunkKind::article, article(), {chunk});
  auto query = ask("employers", unit(1));
  EXPECT_TRUE(search(ChunkKind::article, query).by_vector.empty());
  EXPECT_TRUE(search(ChunkKind::article, query).by_text.empty());
  query.user = must(run(create_account(*db, "boss@example.com", "hash", Role::employer))).id;
  EXPECT_EQ(search(ChunkKind::article, query).by_vector.size(), 1u);
  EXPECT_EQ(search(ChunkKind::article, query).by_text.size(), 1u);
}

TEST_F(ChunksTest, EachKindHasHitsOfItsOwn) {
  auto company = must(run(save_company_of(*db, bob, {"Acme", {}, "We weld."}, start))).id.uuid;
  for (int i = 0; i < 4; ++i)
    put(ChunkKind::article, article(),
        {piece("Weld " + std::to_string(i), unit(10u + unsigned(i)))});
  put(ChunkKind::company, company, {piece("We weld.", unit(1))});
  turn(ada, "I weld.", unit(2));
  auto hits = must(run(search_chunks(*db, ask("weld", unit(3), 3))));
  ASSERT_EQ(hits.size(), 3u);
  EXPECT_EQ(hits[0].kind, ChunkKind::article);
  EXPECT_EQ(hits[0].by_vector.size(), 3u);
  EXPECT_EQ(hits[0].by_text.size(), 3u);
  EXPECT_EQ(texts(hits[1].by_vector), Texts{"We weld."});
  EXPECT_EQ(texts(hits[2].by_text), Texts{"I weld."});
  EXPECT_EQ(error_of(run(search_chunks(*db, ask("x", {}, 0)))), Errc::invalid);
  EXPECT_EQ(error_of(run(search_chunks(*db, ask("x", {}, 101)))), Errc::invalid);
  EXPECT_EQ(error_of(run(search_chunks(*db, ask("x", Embedding(5, 1.0f))))), Errc::invalid);
}

TEST_F(ChunksTest, OfTurnsGoWithTheMessageAndThePerson) {
  auto first = turn(ada, "One");
  turn(ada, "Two");
  turn(bob, "Three");
  sql("DELETE FROM chat_messages WHERE id = $1", {first});
  EXPECT_EQ(sql("SELECT count(*) FROM chunks").front().get<int>(0), 2);
  sql("DELETE FROM conversations WHERE user_id = $1", {ada});
  EXPECT_EQ(sql("SELECT count(*) FROM chunks").front().get<int>(0), 1);
  sql("DELETE FROM users WHERE id = $1", {bob});
  EXPECT_EQ(sql("SELECT count(*) FROM chunks").front().get<int>(0), 0);
}

/// Ten thousand passages, of which one in five hundred is for the one who asks, and those are the
/// farthest from the question.
struct ManyChunksTest : ChunksTest {
  static constexpr int articles = 10;
  static constexpr int passages = 1000;
  static constexpr int rare = 500;

  void SetUp() override {
    ChunksTest::SetUp();
    if (!db)
      return;
    settings.statement_timeout = std::chrono::minutes{1};
    reconnect();
    // An index that is built at once takes seconds, one that grows by rows minutes.
    sql("CREATE TABLE kept AS SELECT pg_get_indexdef('chunks_article_vectors'::regclass) AS how");
    sql("DROP INDEX chunks_article_vectors");
    for (int i = 0; i < articles; ++i)
      add_article(i * passages);
    sql("DO $$ BEGIN EXECUTE (SELECT how FROM kept); END $$");
    sql("ANALYZE chunks");
  }
  void add_article(int first) {
    std::vector<Chunk> chunks;
    for (int i = first; i < first + passages; ++i) {
      bool mine = i % rare == 0;
      auto chunk = piece("passage " + std::to_string(i),
                         unit(static_cast<unsigned>(i), mine ? 700 : i % 8), i);
      chunk.audience = mine ? Audience::seeker : Audience::employer;
      chunks.push_back(std::move(chunk));
    }
    put(ChunkKind::article, article(), std::move(chunks));
  }
  /// New connections, with the settings of now.
  void reconnect() {
    db.reset();
    db = std::make_unique<Database>(loop.io, settings);
  }
  /// What comparing everything gives.
  std::vector<std::int64_t> nearest(const Embedding& to, Audience audience, std::size_t k) {
    std::vector<std::int64_t> ordinals;
    for (auto row : sql("SELECT ordinal FROM chunks WHERE audience = $2 "
                        "ORDER BY (embedding <#> $1::halfvec) + 0, ref, ordinal LIMIT $3",
                        {to, audience, k}))
      ordinals.push_back(row.get<std::int64_t>(0));
    return ordinals;
  }
  static std::vector<std::int64_t> found(const ChunkHits& hits) {
    std::vector<std::int64_t> ordinals;
    for (auto& hit : hits.by_vector)
      ordinals.push_back(hit.chunk.ordinal);
    return ordinals;
  }
};

TEST_F(ManyChunksTest, AFilterNeverLeavesTheListShort) {
  for (unsigned seed : {1u, 2u, 3u}) {
    auto question = unit(seed, static_cast<int>(seed));
    auto hits = search(ChunkKind::article, ask("passage", question));
    EXPECT_EQ(found(hits), nearest(question, Audience::seeker, 12));
    EXPECT_EQ(hits.by_vector.size(), 12u);
    EXPECT_EQ(hits.by_text.size(), 12u);
  }

  // Where the scan may not go on after its first candidates, all of those are for somebody else.
  sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET hnsw.max_scan_tuples = 1', "
      "current_database()); END $$");
  reconnect();
  for (unsigned seed : {1u, 2u, 3u}) {
    auto question = unit(seed, static_cast<int>(seed));
    auto hits = search(ChunkKind::article, ask("", question));
    EXPECT_TRUE(hits.exact);
    EXPECT_EQ(found(hits), nearest(question, Audience::seeker, 12));
  }
  EXPECT_EQ(search(ChunkKind::article, ask("", unit(1, 1), 30)).by_vector.size(),
            static_cast<std::size_t>(articles * passages / rare))
    << "no more than there are";

  // For whom nearly all of it is, HNSW is enough.
  sql("UPDATE users SET role = 'employer' WHERE id = $1", {ada});
  auto question = unit(4, 4);
  auto hits = search(ChunkKind::article, ask("", question));
  EXPECT_FALSE(hits.exact);
  auto best = nearest(question, Audience::employer, 12);
  auto list = found(hits);
  EXPECT_GE(std::count_if(list.begin(), list.end(),
                          [&](auto ordinal) {
                            return std::find(best.begin(), best.end(), ordinal) != best.end();
                          }),
            6)
    << "approximate, but not just anything";
}

}  // namespace
}  // namespace jobraker
