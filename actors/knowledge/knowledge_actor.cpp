#include "actors/knowledge/knowledge_actor.hpp"

#include <algorithm>
#include <deque>
#include <set>

#include <spdlog/spdlog.h>

#include "actors/knowledge/index_work.hpp"
#include "actors/system/observed.hpp"
#include "storage/databases.hpp"
#include "storage/knowledge.hpp"

namespace jobraker {
namespace {

using knowledge::IndexItem;
using storage::ChunkKind;
using storage::Until;

/// Articles and companies beyond this are left to the next sweep, turns to nobody.
constexpr std::size_t waiting_max = 5000;
constexpr std::size_t sweep_page = 20;
constexpr std::chrono::minutes sweep_every{10};
/// A turn is worth that many tries; what has rows of its own is tried until it works.
constexpr int turn_tries_max = 8;
constexpr std::chrono::milliseconds first_rest{500};
constexpr std::chrono::milliseconds longest_rest{60'000};

struct IndexState {
  static inline const char* name = "knowledge";
  Services* services = nullptr;
  std::deque<IndexItem> waiting;
  std::set<std::pair<ChunkKind, Uuid>> known;  ///< those in `waiting`
  bool running = false;
  bool resting = false;  ///< after a failure, until IndexNext
  int failed_in_row = 0;
  bool sweeping = false;
  ChunkKind sweep_kind = ChunkKind::article;
  std::optional<Uuid> swept;
  KnowledgeState report{};
};

using Self = Shell<IndexState, KnowledgeActor>;

tl::unexpected<Error> not_admin() {
  return fail(Errc::forbidden, "only administrators may write articles");
}

Done check(const Context& context, const SaveArticle& article) {
  if (context.principal.role != Role::admin)
    return not_admin();
  if (article.url && !article.url->starts_with("https://") && !article.url->starts_with("http://"))
    return fail(
      Error{Errc::invalid, "url must be http or https", {{"/url", "must be http or https"}}, {}});
  return {};
}

void run_next(Self* self);

void push(Self* self, IndexItem item) {
  auto& state = self->state;
  auto key = std::pair{item.kind, item.ref};
  if (state.known.contains(key)) {
    // A turn's newest text counts; the others are read again anyway.
    for (auto& other : state.waiting)
      if (item.turn && other.kind == item.kind && other.ref == item.ref)
        other.turn = std::move(item.turn);
    return;
  }
  if (state.waiting.size() >= waiting_max) {
    if (item.kind == ChunkKind::turn)
      ++state.report.dropped;
    return;
  }
  state.known.insert(key);
  state.waiting.push_back(std::move(item));
}

void rest(Self* self) {
  auto& state = self->state;
  auto doublings = std::min(state.failed_in_row - 1, 10);
  state.resting = true;
  self->delayed_send(self, std::min(longest_rest, first_rest * (1 << doublings)), IndexNext{});
}

void failed(Self* self, IndexItem item, const Error& error) {
  auto& state = self->state;
  ++state.report.failures;
  ++state.failed_in_row;
  ++item.tries;
  spdlog::warn("event=knowledge.index_failed kind={} ref={} tries={} why=\"{}\"",
               static_cast<int>(item.kind), to_string(item.ref), item.tries, error.detail);
  if (item.kind == ChunkKind::turn && item.tries >= turn_tries_max)
    ++state.report.dropped;
  else
    push(self, std::move(item));  // behind the others: one that always fails holds up nobody
  rest(self);
}

void run_next(Self* self) {
  auto& state = self->state;
  if (state.running || state.resting || state.waiting.empty())
    return;
  state.running = true;
  auto item = std::move(state.waiting.front());
  state.waiting.pop_front();
  state.known.erase({item.kind, item.ref});
  self->await<bool>(
    state.services->io, [&s = *state.services, item] { return knowledge::embed(s, item); },
    [self, item](Result<bool> done) {
      auto& after = self->state;
      after.running = false;
      if (done) {
        after.failed_in_row = 0;
        after.report.indexed += *done ? 1 : 0;
      } else {
        failed(self, item, done.error());
      }
      run_next(self);
    });
}

/// Words first, so that the thing is found while it waits for its vectors.
void index(Self* self, IndexItem item) {
  if (self->state.waiting.size() >= waiting_max)
    return push(self, std::move(item));
  self->await<bool>(
    self->state.services->io,
    [&s = *self->state.services, item] { return knowledge::store_words(s, item); },
    [self, item](Result<bool> kept) {
      if (kept && !*kept)
        return;  // gone, or not to be kept
      push(self, item);
      run_next(self);
    });
}

void sweep(Self* self) {
  auto& state = self->state;
  self->await<knowledge::Stale>(
    state.services->io,
    [&s = *state.services, kind = state.sweep_kind, after = state.swept] {
      return knowledge::find_stale(s, kind, after, sweep_page);
    },
    [self](Result<knowledge::Stale> stale) {
      auto& now_state = self->state;
      if (!stale) {
        spdlog::warn("event=knowledge.sweep_failed why=\"{}\"", stale.error().detail);
        now_state.sweeping = false;
        return self->delayed_send(self, std::chrono::seconds{5}, IndexSweep{});
      }
      for (auto& item : stale->items)
        index(self, std::move(item));
      now_state.swept = stale->last;
      if (!now_state.swept && now_state.sweep_kind == ChunkKind::company) {
        now_state.sweeping = false;
        return self->delayed_send(self, sweep_every, IndexSweep{});
      }
      if (!now_state.swept)
        now_state.sweep_kind = ChunkKind::company;
      sweep(self);
    });
}

void start_sweep(Self* self) {
  auto& state = self->state;
  if (std::exchange(state.sweeping, true))
    return;
  state.sweep_kind = ChunkKind::article;
  state.swept.reset();
  sweep(self);
}

/// Commits a change of an article by `write`, makes words find it, answers, and has it embedded.
template <class Write>
caf::result<Article> write_article(Self* self, Write write) {
  auto promise = self->template make_response_promise<Article>();
  auto& services = *self->state.services;
  self->template await<Article>(
    services.io,
    [&services, write = std::move(write)]() -> task<Result<Article>> {
      auto article = co_await write();
      if (!article)
        co_return article;
      IndexItem item{ChunkKind::article, article->id.uuid, std::nullopt, 0};
      if (auto words = co_await knowledge::store_words(services, item); !words)
        spdlog::warn("event=knowledge.words_failed ref={} why=\"{}\"", to_string(article->id),
                     words.error().detail);
      co_return article;
    },
    [self, promise](Result<Article> article) mutable {
      if (article) {
        push(self, {ChunkKind::article, article->id.uuid, std::nullopt, 0});
        run_next(self);
      }
      settle(promise, std::move(article));
    });
  return promise;
}

caf::result<Article> create(Self* self, const Context& c, const SaveArticle& m) {
  if (auto good = check(c, m); !good)
    return to_caf(good.error());
  return write_article(self, [s = self->state.services, c, m]() -> task<Result<Article>> {
    Until session{s->databases.here(), c.deadline};
    co_return co_await storage::create_article(session, m, c.principal.user, now());
  });
}

caf::result<Article> replace(Self* self, const Context& c, const ReplaceArticle& m) {
  if (auto good = check(c, m.article); !good)
    return to_caf(good.error());
  return write_article(self, [s = self->state.services, c, m]() -> task<Result<Article>> {
    Until session{s->databases.here(), c.deadline};
    co_return co_await storage::replace_article(session, m.id, m.versions, m.article, now());
  });
}

task<Result<Ok>> remove(Services& services, Context c, ArticleId id) {
  if (c.principal.role != Role::admin)
    co_return not_admin();
  Until session{services.databases.here(), c.deadline};
  auto done = co_await storage::delete_article(session, id);
  if (!done)
    co_return fail(std::move(done.error()));
  co_return Ok{};
}

KnowledgeActor::behavior_type knowledge_actor(Self* self, Services* services) {
  self->state.services = services;
  auto& io = services->io;
  start_sweep(self);
  return {
    [=](const Context& c, const SaveArticle& m) { return create(self, c, m); },
    [=](const Context& c, const ReplaceArticle& m) { return replace(self, c, m); },
    [=, &io](const Context& c, const GetArticle& m) {
      return self->answer<Article>(io, [=]() -> task<Result<Article>> {
        Until session{services->databases.here(), c.deadline};
        co_return co_await storage::find_article(session, m.id, c.principal.role);
      });
    },
    [=, &io](const Context& c, const DeleteArticle& m) {
      return self->answer<Ok>(io, [=] { return remove(*services, c, m.id); });
    },
    [=, &io](const Context& c, const ListArticles& m) {
      return self->answer<ArticlePage>(io, [=]() -> task<Result<ArticlePage>> {
        Until session{services->databases.here(), c.deadline};
        co_return co_await storage::list_articles(session, c.principal.role, m);
      });
    },
    [=](const Context&, const IndexTurn& m) {
      index(self, {ChunkKind::turn, m.message.uuid, m, 0});
    },
    [=](const Context&, const IndexCompany& m) {
      index(self, {ChunkKind::company, m.id.uuid, std::nullopt, 0});
    },
    [=](const Context&, const GetKnowledgeState&) {
      auto report = self->state.report;
      report.waiting =
        static_cast<std::int64_t>(self->state.waiting.size()) + (self->state.running ? 1 : 0);
      return report;
    },
    [=](const IndexNext&) {
      self->state.resting = false;
      run_next(self);
    },
    [=](const IndexSweep&) { start_sweep(self); },
  };
}

}  // namespace

KnowledgeActor start_knowledge(Services& services, const std::string& path) {
  return services.system.spawn(path, "knowledge", knowledge_actor, &services);
}

}  // namespace jobraker
