#include "net/api/workflow_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/api/long_work.hpp"
#include "net/ask.hpp"
#include "net/http/etag.hpp"

namespace jobraker::net {
namespace {

using FindKits = std::function<Result<KitsActor>()>;

/// A file's name in the path: `resume.pdf`, `cover-letter.docx`.
struct FileName {
  std::string kind{};
  DocumentFormat format = DocumentFormat::md;
};

Result<FileName> file_of(const Request& request) {
  const auto& name = request.parameter("file");
  auto dot = name.rfind('.');
  auto stem = name.substr(0, dot);
  auto format =
    dot == std::string::npos ? std::nullopt : enum_from<DocumentFormat>(name.substr(dot + 1));
  if (!format || (stem != "resume" && stem != "cover-letter"))
    return fail(Errc::not_found, "there is resume and cover-letter, each as .md, .docx and .pdf");
  return FileName{stem == "resume" ? "resume" : "cover_letter", *format};
}

std::string_view media_type(DocumentFormat format) {
  switch (format) {
  case DocumentFormat::docx:
    return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  case DocumentFormat::pdf:
    return "application/pdf";
  default:
    return "text/markdown; charset=utf-8";
  }
}

Result<std::string> kind_of(const Request& request) {
  const auto& kind = request.parameter("kind");
  if (kind == "resume" || kind == "cover_letter")
    return std::string{kind};
  return fail(Errc::not_found, "the documents are resume and cover_letter");
}

task<Response> get_kit(FindKits kits, Request& request) {
  auto id = id_of<ApplicationId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto kit = co_await ask(kits, request.context, GetKit{*id});
  co_return answer_rendered(kit, request);
}

task<Response> start_kit(const Actors& actors, FindKits kits, Request& request) {
  auto id = id_of<ApplicationId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto wish = request.body.empty() ? Result<KitWish>{KitWish{}} : body_of<KitWish>(request);
  if (!wish)
    co_return problem(wish.error(), request.context);
  auto begun = co_await ask(kits, to_begin(request), StartKit{*id, *wish});
  auto response = co_await finish_long_work(actors, request, std::move(begun));
  if (response.status != 200)
    co_return response;
  // The kit itself, as a GET shows it.
  auto context = request.context;
  context.deadline = std::max(context.deadline, Context::Clock::now() + std::chrono::seconds{2});
  auto kit = co_await ask(kits, context, GetKit{*id});
  if (!kit)
    co_return problem(kit.error(), request.context);
  co_return Response::shared(200, "application/json", kit->json);
}

task<Response> get_file(FindKits kits, Request& request) {
  auto id = id_of<ApplicationId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto name = file_of(request);
  if (!name)
    co_return problem(name.error(), request.context);
  auto file = co_await ask(kits, request.context, GetDocumentFile{*id, name->kind, name->format});
  if (!file)
    co_return problem(file.error(), request.context);
  auto response = Response::shared(200, media_type(name->format), file->bytes);
  response.headers.set("content-disposition",
                       "attachment; filename=\"" + std::string{request.parameter("file")} + "\"");
  response.headers.set("cache-control", "private, no-cache");
  co_return with_etag(request, std::move(response), etag_of(file->version));
}

Response shown(const Result<DocumentView>& document, const Request& request) {
  if (!document)
    return problem(document.error(), request.context);
  auto response = Response::json(200, json::encode(*document));
  response.headers.set("cache-control", "private, no-cache");
  return with_etag(request, std::move(response), etag_of(document->version));
}

task<Response> get_document(FindKits kits, Request& request) {
  auto id = id_of<ApplicationId>(request, "id");
  auto kind = kind_of(request);
  if (!id || !kind)
    co_return problem(id ? kind.error() : id.error(), request.context);
  co_return shown(co_await ask(kits, request.context, GetDocument{*id, *kind}), request);
}

task<Response> put_document(FindKits kits, Request& request) {
  auto id = id_of<ApplicationId>(request, "id");
  auto kind = kind_of(request);
  if (!id || !kind)
    co_return problem(id ? kind.error() : id.error(), request.context);
  auto text = body_of<DocumentText>(request);
  if (!text)
    co_return problem(text.error(), request.context);
  auto wanted = if_match_versions(request);
  if (!wanted)
    co_return problem(wanted.error(), request.context);
  SaveDocument message{*id, *kind, std::move(*text), *wanted};
  co_return shown(co_await ask(kits, request.context, message), request);
}

}  // namespace

void add_workflow_routes(Router& router, const Actors& actors, FindKits kits) {
  auto with = [&](auto function) {
    return [function, kits](Request& request) { return function(kits, request); };
  };
  // A long wait is the caller's wish (Prefer: wait=N), so the budget must allow for the longest.
  constexpr std::chrono::milliseconds long_budget{150'000};
  router.get("/api/v1/applications/{id}/kit", with(get_kit), {.name = "get_kit"});
  router.post(
    "/api/v1/applications/{id}/kit",
    [actors, kits](Request& request) { return start_kit(actors, kits, request); },
    RouteOptions{.name = "start_kit", .budget = long_budget, .accepts = {"application/json"}});
  router.get("/api/v1/applications/{id}/kit/{file}", with(get_file), {.name = "get_kit_file"});
  router.get("/api/v1/applications/{id}/documents/{kind}", with(get_document),
             {.name = "get_document"});
  router.put("/api/v1/applications/{id}/documents/{kind}", with(put_document),
             {.name = "put_document", .accepts = {"application/json"}});
}

}  // namespace jobraker::net
