#include "net/api/profile_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/api/long_work.hpp"
#include "net/ask.hpp"
#include "net/http/etag.hpp"
#include "net/http/forms.hpp"

namespace jobraker::net {
namespace {

using FindUser = std::function<Result<UserActor>(const UserId&)>;

/// The `file` part of a multipart upload.
Result<SubmitResume> uploaded(const Request& request, std::uint64_t bytes_max) {
  FormLimits limits;
  limits.part_max = bytes_max;
  auto form = parse_form(request, limits);
  if (!form)
    return fail(std::move(form.error()));
  auto* part = find(*form, "file");
  if (!part)
    return fail(
      Error{Errc::invalid, "the form has no part named file", {{"file", "is required"}}, {}});
  if (part->data.empty())
    return fail(Error{Errc::invalid, "the file is empty", {{"file", "is empty"}}, {}});
  SubmitResume message;
  message.file_name = part->filename.value_or("");
  message.content_type = part->content_type;
  message.bytes = std::make_shared<const std::string>(part->data);
  return message;
}

/// `resume_text` of a form, or of a JSON object.
Result<SubmitResume> pasted(const Request& request) {
  std::optional<std::string> text;
  if (request.media_type() == "application/json") {
    auto document = json::Document::parse(request.body);
    if (!document)
      return fail(std::move(document.error()));
    if (auto value = document->root()["resume_text"].string())
      text = std::string{*value};
  } else {
    FormLimits limits;
    auto form = parse_form(request, limits);
    if (!form)
      return fail(std::move(form.error()));
    if (auto* part = find(*form, "resume_text"))
      text = part->data;
  }
  if (!text || text->empty())
    return fail(
      Error{Errc::invalid, "resume_text is required", {{"resume_text", "is required"}}, {}});
  SubmitResume message;
  message.plain_text = true;
  message.bytes = std::make_shared<const std::string>(std::move(*text));
  return message;
}

task<Response> submit(const Actors& actors, Request& request, Result<SubmitResume> message) {
  if (!message)
    co_return problem(message.error(), request.context);
  auto user = user_of(request);
  if (!user)
    co_return problem(user.error(), request.context);
  message->task = TaskId::fresh();
  auto begun = co_await ask([&] { return actors.user(*user); }, to_begin(request), *message);
  co_return co_await finish_long_work(actors, request, std::move(begun));
}

task<Response> get_profile(const FindUser& find_user, Request& request) {
  auto user = user_of(request);
  if (!user)
    co_return problem(user.error(), request.context);
  auto profile = co_await ask([&] { return find_user(*user); }, request.context, GetProfile{});
  co_return answer_rendered(profile, request);
}

task<Response> put_profile(const FindUser& find_user, Request& request) {
  auto user = user_of(request);
  if (!user)
    co_return problem(user.error(), request.context);
  UpdateProfile message;
  auto wanted = if_match_versions(request);
  if (!wanted)
    co_return problem(wanted.error(), request.context);
  message.if_versions = *wanted;
  message.patch = std::move(request.body);
  auto profile = co_await ask([&] { return find_user(*user); }, request.context, message);
  if (!profile)
    co_return problem(profile.error(), request.context);
  auto response = Response::shared(200, "application/json", profile->json);
  response.headers.set("etag", etag_of(profile->version));
  co_return response;
}

task<Response> get_matches(const FindUser& find_user, double threshold, Request& request) {
  auto user = user_of(request);
  if (!user)
    co_return problem(user.error(), request.context);
  auto limit = query_number(request, "limit", 20, 1, 100);
  if (!limit)
    co_return problem(limit.error(), request.context);
  auto skip = query_number(request, "skip", 0, 0, 100000);
  if (!skip)
    co_return problem(skip.error(), request.context);
  // Where a page said that the next one begins; it counts before `skip`.
  auto place = query_number(request, "cursor", *skip, 0, 100000);
  if (!place)
    co_return problem(place.error(), request.context);
  GetMatches message;
  message.limit = *limit;
  message.skip = *place;
  message.min_score = threshold;
  if (request.query_value("min_score")) {
    auto score = query_number(request, "min_score", 0, 0, 100);
    if (!score)
      co_return problem(score.error(), request.context);
    message.min_score = static_cast<double>(*score);
  }
  auto matches = co_await ask([&] { return find_user(*user); }, request.context, message);
  if (!matches)
    co_return problem(matches.error(), request.context);
  co_return Response::shared(200, "application/json", matches->json);
}

task<Response> score_jobs(const Actors& actors, Request& request) {
  auto user = user_of(request);
  if (!user)
    co_return problem(user.error(), request.context);
  auto message = query_of<ScoreJobs>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto begun = co_await ask([&] { return actors.user(*user); }, to_begin(request), *message);
  co_return co_await finish_long_work(actors, request, std::move(begun));
}

}  // namespace

void add_profile_routes(Router& router, const Actors& actors, const ApiSettings& settings) {
  // A long wait is the caller's wish (Prefer: wait=N), so the budget must allow for the longest.
  constexpr std::chrono::milliseconds long_budget{150'000};
  RouteOptions upload;
  upload.name = "upload_resume";
  upload.body_max = settings.document_bytes_max + (64 << 10);
  upload.budget = long_budget;
  upload.accepts = {"multipart/form-data"};
  router.post(
    "/api/v1/profiles/upload-resume/{user_id}",
    [actors, bytes_max = settings.document_bytes_max](Request& request) -> task<Response> {
      return submit(actors, request, uploaded(request, bytes_max));
    },
    upload);
  RouteOptions text;
  text.name = "parse_text";
  text.body_max = 2 << 20;
  text.budget = long_budget;
  text.accepts = {"application/x-www-form-urlencoded", "multipart/form-data", "application/json"};
  router.post(
    "/api/v1/profiles/parse-text/{user_id}",
    [actors](Request& request) -> task<Response> {
      return submit(actors, request, pasted(request));
    },
    text);
  router.get(
    "/api/v1/profiles/profile/{user_id}",
    [find_user = actors.user](Request& request) { return get_profile(find_user, request); },
    RouteOptions{.name = "get_profile"});
  router.put(
    "/api/v1/profiles/profile/{user_id}",
    [find_user = actors.user](Request& request) { return put_profile(find_user, request); },
    RouteOptions{.name = "put_profile", .accepts = {"application/json"}});
  router.get(
    "/api/v1/profiles/matches/{user_id}",
    [find_user = actors.user, threshold = settings.match_threshold](Request& request) {
      return get_matches(find_user, threshold, request);
    },
    RouteOptions{.name = "get_matches"});
  router.post(
    "/api/v1/profiles/score-jobs/{user_id}",
    [actors](Request& request) { return score_jobs(actors, request); },
    RouteOptions{.name = "score_jobs", .budget = long_budget});
}

}  // namespace jobraker::net
