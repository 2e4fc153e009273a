#include "actors/knowledge/index_work.hpp"

#include "actors/knowledge/core/chunker.hpp"
#include "actors/llm/gateway.hpp"
#include "actors/system/work_pool.hpp"
#include "storage/companies.hpp"
#include "storage/consents.hpp"
#include "storage/databases.hpp"
#include "storage/effects.hpp"
#include "storage/knowledge.hpp"

namespace jobraker::knowledge {
namespace {

using storage::ChunkKind;

/// Another way to split is another content: everything is indexed again.
constexpr std::string_view splitter_version = "1";

constexpr std::chrono::minutes embed_budget{2};
constexpr std::size_t turn_bytes_max = 20000;

std::vector<storage::Chunk> chunks_of(std::string_view title, std::string_view text) {
  std::vector<storage::Chunk> chunks;
  for (auto& passage : split_text(title, text)) {
    auto& chunk = chunks.emplace_back();
    chunk.ordinal = static_cast<std::int64_t>(chunks.size()) - 1;
    chunk.title = std::move(passage.title);
    chunk.text = std::move(passage.text);
  }
  return chunks;
}

std::string hash_of(std::initializer_list<std::string_view> parts) {
  return to_string(storage::effect_key(parts));
}

std::string content_hash(const Article& a) {
  return hash_of({splitter_version, a.title, a.body, a.url.value_or(""), name_of(a.audience)});
}

std::string content_hash(const Company& c) {
  return hash_of({splitter_version, c.name, c.profile, c.website.value_or("")});
}

task<Result<bool>> may_keep_turns(storage::Session& session, UserId user) {
  auto chat = co_await storage::has_consent(session, user, ConsentPurpose::ai_chat);
  if (!chat || *chat)
    co_return chat;
  co_return co_await storage::has_consent(session, user, ConsentPurpose::embeddings);
}

template <class T>
Result<std::optional<Indexable>> if_found(Result<T> found) {
  if (found)
    return indexable(*found);
  if (found.error().code == Errc::not_found)
    return std::nullopt;
  return fail(std::move(found.error()));
}

/// The thing as it is now; none when it is gone, or may not be kept.
task<Result<std::optional<Indexable>>> read(Services& services, const IndexItem& item) {
  auto& session = services.databases.here();
  if (item.kind == ChunkKind::company)
    co_return if_found(co_await storage::find_company(session, CompanyId{item.ref}));
  if (item.kind == ChunkKind::article) {
    auto article = co_await storage::find_article(session, ArticleId{item.ref});
    if (!article)
      co_return if_found(std::move(article));
    // Long texts are split where they hold up nobody.
    co_return co_await services.work.run<std::optional<Indexable>>([article = std::move(*article)] {
      return Result<std::optional<Indexable>>{indexable(article)};
    });
  }
  auto may = co_await may_keep_turns(session, item.turn->user);
  if (!may)
    co_return fail(std::move(may.error()));
  if (!*may)
    co_return std::nullopt;
  co_return indexable(*item.turn);
}

/// A thing that went while it was indexed leaves nothing to do.
Result<bool> stored(Done done) {
  if (done)
    return true;
  if (done.error().code == Errc::invalid)
    return false;
  return fail(std::move(done.error()));
}

}  // namespace

Indexable indexable(const Article& a) {
  Indexable out;
  out.chunks = chunks_of(a.title, a.body);
  for (auto& chunk : out.chunks) {
    chunk.url = a.url;
    chunk.audience = a.audience;
  }
  out.hash = content_hash(a);
  return out;
}

Indexable indexable(const Company& c) {
  Indexable out;
  out.hash = content_hash(c);
  if (c.profile.empty())
    return out;
  out.chunks = chunks_of(c.name, c.profile);
  for (auto& chunk : out.chunks)
    chunk.url = c.website;
  return out;
}

Indexable indexable(const IndexTurn& turn) {
  Indexable out;
  std::string_view text = turn.text;
  if (text.size() > turn_bytes_max) {
    auto end = turn_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
      --end;
    text = text.substr(0, end);
  }
  out.chunks = chunks_of(turn.title, text);
  for (auto& chunk : out.chunks)
    chunk.owner = turn.user;
  out.hash = hash_of({splitter_version, turn.title, text});
  out.payer = turn.user;
  return out;
}

task<Result<bool>> store_words(Services& services, IndexItem item) {
  auto present = co_await read(services, item);
  if (!present)
    co_return fail(std::move(present.error()));
  if (!*present)
    co_return false;
  auto& session = services.databases.here();
  for (const auto& model : {services.config.llm.embedding_model, std::string{}}) {
    auto hash = co_await storage::chunks_hash(session, item.kind, item.ref, model);
    if (!hash)
      co_return fail(std::move(hash.error()));
    if (*hash == (*present)->hash)
      co_return true;
  }
  co_return stored(co_await storage::replace_chunks(
    session, item.kind, item.ref, std::move((*present)->chunks), "", (*present)->hash));
}

task<Result<bool>> embed(Services& services, IndexItem item) {
  auto present = co_await read(services, item);
  if (!present)
    co_return fail(std::move(present.error()));
  if (!*present)
    co_return false;
  auto& thing = **present;
  const auto& model = services.config.llm.embedding_model;
  auto hash = co_await storage::chunks_hash(services.databases.here(), item.kind, item.ref, model);
  if (!hash)
    co_return fail(std::move(hash.error()));
  if (*hash == thing.hash)
    co_return true;
  std::vector<std::string> texts;
  for (const auto& chunk : thing.chunks)
    texts.push_back(chunk.title + "\n" + chunk.text);
  if (!texts.empty()) {
    auto vectors = co_await llm::embed_texts(services, Context::system(embed_budget),
                                             std::move(texts), thing.payer);
    if (!vectors)
      co_return fail(std::move(vectors.error()));
    for (std::size_t i = 0; i < thing.chunks.size(); ++i)
      thing.chunks[i].embedding = std::move((*vectors)[i]);
  }
  co_return stored(co_await storage::replace_chunks(services.databases.here(), item.kind, item.ref,
                                                    std::move(thing.chunks), model, thing.hash));
}

namespace {

/// Which of these are not indexed as they are now.
template <class T>
task<Result<Stale>> stale_of(Services& services, ChunkKind kind, Result<std::vector<T>> page,
                             std::size_t limit) {
  if (!page)
    co_return fail(std::move(page.error()));
  Stale stale;
  for (const auto& thing : *page) {
    auto hash = co_await storage::chunks_hash(services.databases.here(), kind, thing.id.uuid,
                                              services.config.llm.embedding_model);
    if (!hash)
      co_return fail(std::move(hash.error()));
    if (*hash != content_hash(thing))
      stale.items.push_back({kind, thing.id.uuid, std::nullopt, 0});
  }
  if (page->size() == limit)
    stale.last = page->back().id.uuid;
  co_return stale;
}

template <class IdType>
std::optional<IdType> id_in(std::optional<Uuid> uuid) {
  if (!uuid)
    return std::nullopt;
  return IdType{*uuid};
}

}  // namespace

task<Result<Stale>> find_stale(Services& services, ChunkKind kind, std::optional<Uuid> after,
                               std::size_t limit) {
  auto& session = services.databases.here();
  if (kind == ChunkKind::company)
    co_return co_await stale_of(
      services, kind, co_await storage::companies_page(session, id_in<CompanyId>(after), limit),
      limit);
  co_return co_await stale_of(
    services, kind, co_await storage::articles_page(session, id_in<ArticleId>(after), limit),
    limit);
}

}  // namespace jobraker::knowledge
