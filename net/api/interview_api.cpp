#include "net/api/interview_api.hpp"

#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"
#include "net/http/etag.hpp"

namespace jobraker::net {
namespace {

using FindActor = std::function<Result<InterviewsActor>()>;

constexpr std::string_view calendar_suffix = ".ics";
constexpr std::size_t request_key_max = 200;

/// GET of a list that the query describes.
template <class Message>
task<Response> list_by_query(FindActor actor, Request& request) {
  auto message = query_of<Message>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto list = co_await ask(actor, request.context, *message);
  co_return answer(list, request);
}

task<Response> offer_slots(FindActor actor, Request& request) {
  auto message = body_of<OfferSlots>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto slots = co_await ask(actor, request.context, *message);
  co_return answer(slots, request, 201);
}

/// The header Idempotency-Key; empty when there is none.
Result<std::string> request_key(const Request& request) {
  std::string key{request.headers.value("idempotency-key")};
  if (key.size() > request_key_max)
    return fail(Errc::invalid, "Idempotency-Key must not be longer than 200 bytes");
  return key;
}

task<Response> schedule_interview(FindActor actor, Request& request) {
  auto message = body_of<ScheduleInterview>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto key = request_key(request);
  if (!key)
    co_return problem(key.error(), request.context);
  message->request_key = std::move(*key);
  auto made = co_await ask(actor, request.context, *message);
  if (!made)
    co_return problem(made.error(), request.context);
  auto response =
    Response::created("/api/v1/interviews/" + to_string(made->id), json::encode(*made));
  response.headers.set("etag", etag_of(made->version));
  co_return response;
}

bool wants_calendar(const Request& request) {
  return request.headers.value("accept").find("text/calendar") != std::string_view::npos;
}

task<Response> get_calendar(FindActor actor, Request& request, InterviewId id) {
  auto found = co_await ask(actor, request.context, GetInterviewCalendar{id});
  if (!found)
    co_return problem(found.error(), request.context);
  auto etag = "\"v" + std::to_string(found->version) + "-ics\"";
  auto response =
    Response::of(200, "text/calendar; charset=utf-8; component=VEVENT", std::move(found->text));
  response.headers.set("content-disposition", "attachment; filename=\"interview.ics\"");
  response.headers.set("cache-control", "private, no-cache");
  response.headers.set("vary", "Accept");
  co_return with_etag(request, std::move(response), etag);
}

/// `/interviews/{id}` as JSON, or as iCalendar for who accepts that; `/interviews/{id}.ics`.
task<Response> get_interview(FindActor actor, Request& request) {
  auto name = request.parameter("id");
  bool file = name.ends_with(calendar_suffix);
  if (file)
    name.remove_suffix(calendar_suffix.size());
  auto id = InterviewId::parse(name);
  if (!id)
    co_return problem(Error{Errc::not_found, "there is nothing at this address", {}, {}},
                      request.context);
  if (file || wants_calendar(request))
    co_return co_await get_calendar(std::move(actor), request, *id);
  GetInterview message{*id, std::nullopt};
  if (auto zone = request.query_value("time_zone"))
    message.time_zone = std::string{zone->substr(0, 100)};
  auto found = co_await ask(actor, request.context, std::move(message));
  if (!found)
    co_return problem(found.error(), request.context);
  auto response = Response::json(200, json::encode(*found));
  response.headers.set("cache-control", "private, no-cache");
  response.headers.set("vary", "Accept");
  co_return with_etag(request, std::move(response), etag_of(found->version));
}

task<Response> change_interview(FindActor actor, Request& request) {
  auto id = id_of<InterviewId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto body = body_of<ChangeInterview>(request);
  if (!body)
    co_return problem(body.error(), request.context);
  auto versions = if_match_versions(request);
  if (!versions)
    co_return problem(versions.error(), request.context);
  auto changed = co_await ask(actor, request.context,
                              ChangeThisInterview{*id, std::move(*body), std::move(*versions)});
  auto response = answer(changed, request);
  if (changed)
    response.headers.set("etag", etag_of(changed->version));
  co_return response;
}

}  // namespace

void add_interview_routes(Router& router, std::function<Result<InterviewsActor>()> actor) {
  auto with = [&](auto function) {
    return [function, actor](Request& request) { return function(actor, request); };
  };
  router.get("/api/v1/calendar/slots", with(list_by_query<ListSlots>), {.name = "list_slots"});
  router.post("/api/v1/calendar/slots", with(offer_slots),
              {.name = "offer_slots", .accepts = {"application/json"}});
  router.get("/api/v1/interviews", with(list_by_query<ListInterviews>),
             {.name = "list_interviews"});
  router.post("/api/v1/interviews", with(schedule_interview),
              {.name = "schedule_interview", .accepts = {"application/json"}});
  router.get("/api/v1/interviews/{id}", with(get_interview), {.name = "get_interview"});
  router.patch(
    "/api/v1/interviews/{id}", with(change_interview),
    {.name = "change_interview", .accepts = {"application/json", "application/merge-patch+json"}});
}

}  // namespace jobraker::net
