#include "actors/chat/tool_applications.hpp"

#include "actors/applications/auto_apply.hpp"
#include "actors/chat/tool_effect.hpp"
#include "actors/interviews/booking.hpp"
#include "actors/interviews/core/zones.hpp"
#include "actors/notifications/push.hpp"
#include "messages/codec.hpp"
#include "storage/applications.hpp"
#include "storage/databases.hpp"
#include "storage/interviews.hpp"
#include "storage/jobs.hpp"

namespace jobraker::chat {
namespace {

constexpr std::size_t events_shown = 5;

storage::Until session_of(Services& services, const Context& context) {
  return storage::Until{services.databases.here(), context.deadline};
}

void write_application(json::Writer& w, const Application& application) {
  w.member("applicationId", std::string_view{to_string(application.id)});
  w.member("companyName", std::string_view{application.company});
  w.member("jobTitle", std::string_view{application.job_title});
  w.member("status", name_of(application.status));
  w.member("since", std::string_view{to_rfc3339(application.updated_at)});
}

/// An application on its way, and what its person has to approve before anything is sent.
void write_prepared(json::Writer& w, const ApplicationView& view) {
  write_application(w, view);
  if (view.status != ApplicationStatus::draft) {
    w.member("note", "it was prepared before; see its status");
    return;
  }
  const auto& s = view.submission;
  w.key("toApprove").begin_object().key("documents").begin_array();
  for (const auto& document : s.documents)
    w.value(std::string_view{document.kind});
  w.end_array().key("answers").begin_array();
  for (const auto& answer : s.answers)
    w.value(std::string_view{answer.question});
  w.end_array().member("documentsDigest", std::string_view{s.documents_digest}).end_object();
  if (!s.missing.empty())
    w.member("missing", std::string_view{s.missing});
  w.member("note", "a draft: the user has to approve its documents and answers in the application "
                   "before it is sent");
}

/// Beginning and end, in UTC and as clocks there show it.
template <class Timed>
void write_times(json::Writer& w, const Timed& timed) {
  const auto& zone = timed.time_zone;
  w.member("startsAt", std::string_view{to_rfc3339(timed.starts_at)});
  w.member("endsAt", std::string_view{to_rfc3339(timed.ends_at)});
  if (zone.empty())
    return;
  w.member("timeZone", std::string_view{zone});
  w.member("startsAtLocal", std::string_view{interviews::local_rfc3339(timed.starts_at, zone)});
  w.member("endsAtLocal", std::string_view{interviews::local_rfc3339(timed.ends_at, zone)});
}

/// The list's limit, bounded.
std::int64_t limit_of(json::View arguments, std::int64_t otherwise) {
  return std::clamp<std::int64_t>(arguments["limit"].integer().value_or(otherwise), 1, 50);
}

}  // namespace

task<std::string> call_details(Services& services, Context context, std::string name,
                               std::string arguments) {
  auto document = json::Document::parse(arguments);
  if (!document)
    co_return "";
  auto session = session_of(services, context);
  if (auto id = JobId::parse(document->root()["jobId"].string_or(""))) {
    auto jobs = co_await storage::load_jobs(session, {*id});
    if (jobs && !jobs->empty())
      co_return jobs->front().title + ", " + jobs->front().company + ".";
  } else if (auto slot_id = SlotId::parse(document->root()["slotId"].string_or(""))) {
    auto slot = co_await storage::find_slot(session, *slot_id);
    if (slot)
      co_return slot->company + ", " +
        interviews::in_words(slot->starts_at, slot->ends_at, slot->time_zone) + ".";
  }
  co_return "";
}

task<Result<std::string>> application_status(Services& services, Context context, ToolRequest,
                                             json::Document arguments) {
  auto args = arguments.root();
  auto session = session_of(services, context);
  auto user = context.principal.user;
  auto found = co_await storage::find_applications(session, user, args["companyName"].string_or(""),
                                                   args["jobTitle"].string_or(""));
  if (!found)
    co_return fail(std::move(found.error()));
  json::Writer w;
  w.begin_object().key("applications").begin_array();
  for (const auto& application : *found) {
    auto events = co_await storage::application_events(session, application.id, user);
    if (!events)
      co_return fail(std::move(events.error()));
    w.begin_object();
    write_application(w, application);
    w.key("history").begin_array();
    auto first = events->size() > events_shown ? events->size() - events_shown : 0;
    for (auto i = first; i < events->size(); ++i)
      w.raw(json::encode((*events)[i]));
    w.end_array().end_object();
  }
  w.end_array();
  if (found->empty())
    w.member("note", "there is no application to a company of this name");
  w.end_object();
  co_return w.text();
}

task<Result<std::string>> list_applications(Services& services, Context context, ToolRequest,
                                            json::Document arguments) {
  auto args = arguments.root();
  auto session = session_of(services, context);
  ListApplications query;
  query.limit = limit_of(args, 20);
  if (auto status = args["status"].string())
    query.status = enum_from<ApplicationStatus>(*status);
  auto page = co_await storage::list_applications(session, context.principal.user, query);
  if (!page)
    co_return fail(std::move(page.error()));
  json::Writer w;
  w.begin_object().key("applications").begin_array();
  for (const auto& application : page->items) {
    w.begin_object();
    write_application(w, application);
    w.end_object();
  }
  w.end_array().member("more", page->next.has_value()).end_object();
  co_return w.text();
}

task<Result<std::string>> interview_slots(Services& services, Context context, ToolRequest,
                                          json::Document arguments) {
  auto args = arguments.root();
  auto session = session_of(services, context);
  storage::SlotQuery query;
  query.company = args["companyName"].string_or("");
  query.from = now();
  if (auto from = parse_rfc3339(args["from"].string_or("")))
    query.from = std::max(query.from, *from);
  query.limit = static_cast<std::size_t>(limit_of(args, 10));
  auto slots = co_await storage::free_slots(session, std::move(query));
  if (!slots)
    co_return fail(std::move(slots.error()));
  json::Writer w;
  w.begin_object().key("slots").begin_array();
  for (const auto& slot : *slots) {
    w.begin_object()
      .member("slotId", std::string_view{to_string(slot.id)})
      .member("companyName", std::string_view{slot.company});
    write_times(w, slot);
    w.end_object();
  }
  w.end_array().end_object();
  co_return w.text();
}

task<Result<std::string>> schedule_interview(Services& services, Context context,
                                             ToolRequest request, json::Document arguments) {
  auto slot = SlotId::parse(arguments.root()["slotId"].string_or(""));
  if (!slot)
    co_return fail(Errc::not_found, "no such slot");
  storage::SlotBooking booking;
  booking.slot = *slot;
  booking.user = context.principal.user;
  booking.notes = arguments.root()["note"].string_or("");
  // The body may run again when the transaction does; what counts is what was committed.
  auto told = std::make_shared<std::vector<Notification>>();
  auto outcome =
    co_await run_once(services, std::move(context), std::move(request),
                      [booking, told](storage::Session& session) -> task<Result<std::string>> {
                        auto booked = co_await interviews::book(session, booking, now());
                        if (!booked)
                          co_return fail(std::move(booked.error()));
                        *told = std::move(booked->told);
                        json::Writer w;
                        w.begin_object().member("scheduled", true);
                        w.member("interviewId", std::string_view{to_string(booked->interview.id)});
                        w.member("companyName", std::string_view{booked->interview.company});
                        write_times(w, booked->interview);
                        w.end_object();
                        co_return w.text();
                      });
  if (outcome)
    notifications::push(services, *told);
  co_return outcome;
}

task<Result<std::string>> start_auto_apply(Services& services, Context context, ToolRequest request,
                                           json::Document arguments) {
  auto job = JobId::parse(arguments.root()["jobId"].string_or(""));
  if (!job)
    co_return fail(Errc::not_found, "no such posting");
  AutoApplyTo wish{*job, {}};
  if (auto note = arguments.root()["note"].string_or(""); !note.empty())
    wish.body.answers = {{"Message to the company", std::move(note)}};
  auto user = context.principal.user;
  co_return co_await run_once(services, std::move(context), std::move(request),
                              [wish, user](storage::Session& session) -> task<Result<std::string>> {
                                auto prepared = co_await applications::auto_apply(
                                  session, user, wish, "Asked for in a conversation.", now());
                                if (!prepared)
                                  co_return fail(std::move(prepared.error()));
                                json::Writer w;
                                w.begin_object();
                                write_prepared(w, prepared->application);
                                w.end_object();
                                co_return w.text();
                              });
}

}  // namespace jobraker::chat
