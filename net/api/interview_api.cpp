#include "net/api/answers.hpp"
#include "net/api/application_api.hpp"
#include "net/api/calendar.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"

namespace jobraker::net {
namespace {

using FindActor = std::function<Result<ApplicationsActor>()>;

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

task<Response> schedule_interview(FindActor actor, Request& request) {
  auto message = body_of<ScheduleInterview>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto made = co_await ask(actor, request.context, *message);
  if (!made)
    co_return problem(made.error(), request.context);
  co_return Response::created("/api/v1/interviews/" + to_string(made->id), json::encode(*made));
}

task<Response> get_interview(FindActor actor, Request& request) {
  auto id = id_of<InterviewId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto found = co_await ask(actor, request.context, GetInterview{*id});
  co_return answer(found, request);
}

task<Response> change_interview(FindActor actor, Request& request) {
  auto id = id_of<InterviewId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto body = body_of<ChangeInterview>(request);
  if (!body)
    co_return problem(body.error(), request.context);
  auto changed = co_await ask(actor, request.context, ChangeThisInterview{*id, std::move(*body)});
  co_return answer(changed, request);
}

task<Response> get_calendar(FindActor actor, Request& request) {
  auto id = id_of<InterviewId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto found = co_await ask(actor, request.context, GetInterview{*id});
  if (!found)
    co_return problem(found.error(), request.context);
  auto response = Response::of(200, "text/calendar; charset=utf-8", to_icalendar(*found));
  response.headers.set("content-disposition", "attachment; filename=\"interview.ics\"");
  response.headers.set("cache-control", "private, no-cache");
  co_return response;
}

}  // namespace

void add_interview_routes(Router& router, std::function<Result<ApplicationsActor>()> actor) {
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
  router.get("/api/v1/interviews/{id}/calendar.ics", with(get_calendar),
             {.name = "interview_calendar"});
}

}  // namespace jobraker::net
