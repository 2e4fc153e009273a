#include "net/api/knowledge_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"
#include "net/http/etag.hpp"

namespace jobraker::net {
namespace {

using FindKnowledge = std::function<Result<KnowledgeActor>()>;

task<Response> list_articles(FindKnowledge knowledge, Request& request) {
  auto message = query_of<ListArticles>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto page = co_await ask(knowledge, request.context, *message);
  co_return answer(page, request);
}

task<Response> create_article(FindKnowledge knowledge, Request& request) {
  auto message = body_of<SaveArticle>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto article = co_await ask(knowledge, request.context, *message);
  if (!article)
    co_return problem(article.error(), request.context);
  auto response =
    Response::created("/api/v1/knowledge/" + to_string(article->id), json::encode(*article));
  response.headers.set("etag", etag_of(article->version));
  co_return response;
}

task<Response> get_article(FindKnowledge knowledge, Request& request) {
  auto id = id_of<ArticleId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto article = co_await ask(knowledge, request.context, GetArticle{*id});
  if (!article)
    co_return problem(article.error(), request.context);
  co_return with_etag(request, Response::json(200, json::encode(*article)),
                      etag_of(article->version));
}

task<Response> replace_article(FindKnowledge knowledge, Request& request) {
  auto id = id_of<ArticleId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto versions = if_match_versions(request);
  if (!versions)
    co_return problem(versions.error(), request.context);
  auto body = body_of<SaveArticle>(request);
  if (!body)
    co_return problem(body.error(), request.context);
  auto article =
    co_await ask(knowledge, request.context, ReplaceArticle{*id, *versions, std::move(*body)});
  if (!article)
    co_return problem(article.error(), request.context);
  auto response = Response::json(200, json::encode(*article));
  response.headers.set("etag", etag_of(article->version));
  co_return response;
}

task<Response> delete_article(FindKnowledge knowledge, Request& request) {
  auto id = id_of<ArticleId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto done = co_await ask(knowledge, request.context, DeleteArticle{*id});
  if (!done)
    co_return problem(done.error(), request.context);
  co_return Response::no_content();
}

}  // namespace

void add_knowledge_routes(Router& router, std::function<Result<KnowledgeActor>()> knowledge) {
  auto with = [&](auto function) {
    return [function, knowledge](Request& request) { return function(knowledge, request); };
  };
  // Room for JSON's escapes.
  constexpr std::uint64_t article_bytes_max = 2 << 20;
  router.get("/api/v1/knowledge", with(list_articles), {.name = "list_articles"});
  router.post("/api/v1/knowledge", with(create_article),
              {.name = "create_article",
               .access = Access::admin,
               .body_max = article_bytes_max,
               .accepts = {"application/json"}});
  router.get("/api/v1/knowledge/{id}", with(get_article), {.name = "get_article"});
  router.put("/api/v1/knowledge/{id}", with(replace_article),
             {.name = "replace_article",
              .access = Access::admin,
              .body_max = article_bytes_max,
              .accepts = {"application/json"}});
  router.del("/api/v1/knowledge/{id}", with(delete_article),
             {.name = "delete_article", .access = Access::admin});
}

}  // namespace jobraker::net
