#include "actors/chat/retrieve.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/llm/core/tokens.hpp"
#include "actors/llm/gateway.hpp"
#include "messages/together.hpp"
#include "storage/chunks.hpp"
#include "storage/databases.hpp"
#include "storage/job_search.hpp"
#include "storage/jobs.hpp"
#include "storage/nearest.hpp"

namespace jobraker::chat {
namespace {

constexpr std::size_t hits_each = 12;
constexpr std::size_t posting_bytes = 900;  // of a posting's text in a prompt
constexpr std::chrono::seconds search_budget{5};

std::string_view kind_name(storage::ChunkKind kind) {
  switch (kind) {
  case storage::ChunkKind::article:
    return "article";
  case storage::ChunkKind::company:
    return "company";
  default:
    return "turn";
  }
}

std::string job_text(const Job& job) {
  std::string text = job.title + ", " + job.company;
  if (!job.location.empty())
    text += ", " + job.location;
  text += "\n" + job.description.substr(0, posting_bytes);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80)
    text.pop_back();
  if (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0)
    text.pop_back();
  return text;
}

FoundChunk chunk_of(const Job& job) {
  FoundChunk chunk;
  chunk.kind = "job";
  chunk.ref = to_string(job.id);
  chunk.title = job.title + ", " + job.company;
  chunk.url = job.source_url.empty() ? std::nullopt : std::optional{job.source_url};
  chunk.text = job_text(job);
  return chunk;
}

RankedList ranked(const std::vector<storage::FoundPiece>& pieces,
                  const std::vector<std::string>& known) {
  RankedList list;
  for (const auto& piece : pieces) {
    FoundChunk chunk;
    chunk.kind = kind_name(piece.chunk.kind);
    chunk.ref = to_string(piece.chunk.ref);
    if (std::find(known.begin(), known.end(), chunk.ref) != known.end())
      continue;
    chunk.chunk = piece.chunk.ordinal;
    chunk.title = piece.chunk.title;
    chunk.url = piece.chunk.url;
    chunk.text = piece.chunk.text;
    list.hits.push_back(std::move(chunk));
  }
  return list;
}

void note(const Context& context, std::string_view what, const Error& error) {
  spdlog::warn("event=retrieval.failed search={} why=\"{}\" trace={}", what, error.detail,
               context.trace.id());
}

/// Words that say what is looked for: any of them may match.
std::string any_word(std::string_view question) {
  std::string query;
  std::string word;
  auto flush = [&] {
    if (word.size() > 3)
      query += (query.empty() ? "" : " or ") + word;
    word.clear();
  };
  for (char c : question.substr(0, 250)) {
    auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || byte >= 0x80 || c == '+' || c == '#')
      word.push_back(c);
    else
      flush();
  }
  flush();
  return query;
}

/// Postings like the question; none without a vector.
task<RankedList> jobs_by_vector(storage::Session& session, const Context& context,
                                std::string model, const Embedding& vector) {
  RankedList list;
  if (vector.empty())
    co_return list;
  auto near = co_await storage::nearest_jobs(session, vector, storage::JobVectorKind::description,
                                             std::move(model), {}, hits_each);
  if (!near) {
    note(context, "nearest_jobs", near.error());
    co_return list;
  }
  std::vector<JobId> ids;
  for (const auto& job : near->jobs)
    ids.push_back(job.id);
  auto jobs = co_await storage::load_jobs(session, ids);
  if (!jobs) {
    note(context, "jobs", jobs.error());
    co_return list;
  }
  for (const auto& id : ids)
    for (const auto& job : *jobs)
      if (job.id == id)
        list.hits.push_back(chunk_of(job));
  co_return list;
}

/// Postings that hold the question's words.
task<RankedList> jobs_by_words(storage::Session& session, const Context& context,
                               const std::string& question) {
  RankedList list;
  storage::JobFilter filter;
  filter.q = any_word(question);
  filter.sort = JobSort::relevance;
  if (filter.q.empty())
    co_return list;
  auto page = co_await storage::list_jobs(session, filter, "", hits_each, now());
  if (!page) {
    note(context, "list_jobs", page.error());
    co_return list;
  }
  for (const auto& job : page->items)
    list.hits.push_back(chunk_of(job));
  co_return list;
}

/// The question's vector; empty when there is none to be had.
task<Embedding> vector_of(Services& services, const Context& context, const std::string& question) {
  std::vector<std::string> texts{question};
  auto embedded = co_await llm::embed_texts(services, context, std::move(texts),
                                            context.principal.user, Priority::interactive);
  if (embedded)
    co_return std::move(embedded->front());
  note(context, "embed", embedded.error());
  co_return Embedding{};
}

}  // namespace

task<std::vector<RetrievedSource>> retrieve(Services& services, Context context,
                                            std::string question, std::vector<std::string> known) {
  context.deadline = std::min(context.deadline, Context::Clock::now() + search_budget);
  storage::Until session{services.databases.here(), context.deadline};
  auto [vector, by_words] = co_await together(vector_of(services, context, question),
                                              jobs_by_words(session, context, question));
  storage::ChunkQuery query;
  query.text = question;
  query.embedding = vector;
  query.model = services.config.llm.embedding_model;
  query.user = context.principal.user;
  query.k = hits_each;
  auto [near, hits] =
    co_await together(jobs_by_vector(session, context, services.config.llm.embedding_model, vector),
                      storage::search_chunks(session, std::move(query)));
  std::vector<RankedList> lists;
  lists.push_back(std::move(near));
  lists.push_back(std::move(by_words));
  if (hits) {
    for (const auto& kind : *hits) {
      lists.push_back(ranked(kind.by_vector, known));
      lists.push_back(ranked(kind.by_text, known));
    }
  } else {
    note(context, "chunks", hits.error());
  }
  FuseOptions options;
  options.sources_max = static_cast<std::size_t>(services.config.chat.retrieval_chunks);
  options.budget_tokens = services.config.chat.retrieval_tokens;
  options.kind_caps["turn"] = 2;
  co_return fuse(lists, options, [](std::string_view text) { return llm::estimate_tokens(text); });
}

}  // namespace jobraker::chat
