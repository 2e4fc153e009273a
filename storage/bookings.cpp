#include "messages/json.hpp"
#include "storage/applications.hpp"
#include "storage/interview_rows.hpp"
#include "storage/interviews.hpp"

namespace jobraker::storage {
namespace {

/// Longer than a transaction lives; a reservation is settled in the one that makes it.
constexpr std::chrono::seconds lease{60};

constexpr std::string_view create_sql =
  "INSERT INTO interviews AS i (id, user_id, employer, application_id, slot_id, company, "
  "job_title, starts_at, ends_at, status, location, notes, time_zone, employer_time_zone, "
  "created_at, updated_at) "
  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'scheduled', $10, $11, $12, $13, $14, $14) "
  "RETURNING " INTERVIEW_COLUMNS;

bool over(const Application& a) {
  return a.status == ApplicationStatus::rejected || a.status == ApplicationStatus::withdrawn;
}

/// The application that is named; or the only one to this company that is not over.
task<Result<std::optional<Application>>> application_for(Session& session, UserId user,
                                                         std::optional<ApplicationId> id,
                                                         std::string company) {
  if (id) {
    auto named = co_await find_application(session, *id, user);
    if (!named)
      co_return fail(std::move(named.error()));
    co_return std::move(*named);
  }
  if (company.empty())
    co_return std::nullopt;
  auto found = co_await find_applications(session, user, company);
  if (!found)
    co_return fail(std::move(found.error()));
  std::erase_if(*found, over);
  if (found->size() != 1)
    co_return std::nullopt;
  co_return std::move(found->front());
}

/// Fills in what the application knows, and moves it on.
task<Done> follow_application(Session& session, NewInterview& n,
                              const std::optional<Application>& application, Time now) {
  if (!application)
    co_return Done{};
  n.application = application->id;
  if (n.company.empty())
    n.company = application->company;
  if (n.job_title.empty())
    n.job_title = application->job_title;
  if (application->status != ApplicationStatus::submitted)
    co_return Done{};
  auto moved = co_await move_application(session, application->id, ApplicationStatus::interviewing,
                                         "An interview has been scheduled.", now);
  if (!moved)
    co_return fail(std::move(moved.error()));
  co_return Done{};
}

task<Result<Interview>> store(Session& session, NewInterview n, std::optional<Slot> slot,
                              Time now) {
  auto application = co_await application_for(session, n.user, n.application, n.company);
  if (!application)
    co_return fail(std::move(application.error()));
  if (auto done = co_await follow_application(session, n, *application, now); !done)
    co_return fail(std::move(done.error()));
  if (n.company.empty() && !slot)
    co_return invalid_member("/company", "is required without an application");
  auto employer = slot ? std::optional{slot->owner} : std::nullopt;
  auto slot_id = slot ? std::optional{slot->id} : std::nullopt;
  auto employer_zone = slot ? slot->time_zone : std::string{};
  co_return to_written(
    co_await session.query(create_sql, {InterviewId::fresh(), n.user, employer, n.application,
                                        slot_id, n.company, n.job_title, n.starts_at, n.ends_at,
                                        n.location, n.notes, n.time_zone, employer_zone, now}));
}

task<Result<Interview>> book(Session& session, SlotBooking booking, Time now) {
  auto slot = co_await take_slot(session, booking.slot, booking.user, std::nullopt, now);
  if (!slot)
    co_return fail(std::move(slot.error()));
  NewInterview n;
  n.user = booking.user;
  n.application = booking.application;
  n.company = slot->company;
  n.job_title = std::move(booking.job_title);
  n.starts_at = slot->starts_at;
  n.ends_at = slot->ends_at;
  n.location = std::move(booking.location);
  n.notes = std::move(booking.notes);
  n.time_zone = booking.time_zone.empty() ? slot->time_zone : std::move(booking.time_zone);
  co_return co_await store(session, std::move(n), std::move(*slot), now);
}

template <class Tag>
std::string text_of(const std::optional<Id<Tag>>& id) {
  return id ? to_string(*id) : std::string{};
}

std::string content_of(const SlotBooking& b) {
  return to_string(effect_key({"slot", to_string(b.slot), to_string(b.user), text_of(b.application),
                               b.job_title, b.location, b.notes, b.time_zone}));
}

std::string content_of(const NewInterview& n) {
  return to_string(
    effect_key({"own", to_string(n.user), text_of(n.application), n.company, n.job_title,
                to_rfc3339(n.starts_at), to_rfc3339(n.ends_at), n.location, n.notes, n.time_zone}));
}

EffectKey request_of(UserId user, const std::string& request_key) {
  return effect_key({"request", to_string(user), request_key});
}

/// What an effect of ours came to.
struct Outcome {
  InterviewId interview{};
  std::string request{};
};

std::string to_json(const Outcome& outcome) {
  json::Writer w;
  w.begin_object()
    .member("interview", std::string_view{to_string(outcome.interview)})
    .member("request", std::string_view{outcome.request})
    .end_object();
  return w.text();
}

Result<Outcome> read_outcome(const std::string& text) {
  auto document = json::Document::parse(text);
  if (!document)
    return fail(std::move(document.error()));
  auto id = InterviewId::parse(document->root()["interview"].string_or(""));
  if (!id)
    return fail(Errc::internal, "a booking's outcome names no interview");
  return Outcome{*id, std::string{document->root()["request"].string_or("")}};
}

task<Result<Interview>> made_before(Session& session, const std::string& text,
                                    const std::string& request) {
  auto outcome = read_outcome(text);
  if (!outcome)
    co_return fail(std::move(outcome.error()));
  if (outcome->request != request)
    co_return fail(Errc::conflict, "this Idempotency-Key was used for another request");
  co_return co_await find_interview(session, outcome->interview, std::nullopt);
}

}  // namespace

task<Result<Interview>> make_once(Session& session, EffectKey key, std::string request, Time now,
                                  std::function<task<Result<Interview>>()> make) {
  auto reserved = co_await reserve_effect(session, booking_effect, key, lease, now);
  if (!reserved)
    co_return fail(std::move(reserved.error()));
  if (const auto* done = reserved->done())
    co_return co_await made_before(session, done->outcome, request);
  const auto* granted = reserved->granted();
  if (granted == nullptr)
    co_return fail(Errc::conflict, "this booking is under way already");
  auto made = co_await make();
  if (!made)
    co_return made;
  auto outcome = to_json({made->id, std::move(request)});
  auto settled =
    co_await settle_effect(session, booking_effect, key, granted->fence, std::move(outcome));
  if (!settled)
    co_return fail(std::move(settled.error()));
  co_return made;
}

task<Result<Interview>> book_slot(Session& session, SlotBooking booking, Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Interview>> {
    auto content = content_of(booking);
    auto key = request_of(booking.user, booking.request_key);
    if (booking.request_key.empty()) {
      // Everybody who wants the slot waits here, before anything else is locked.
      auto round = co_await lock_slot(inside, booking.slot, booking.user, now);
      if (!round)
        co_return fail(std::move(round.error()));
      key = effect_key({"book", content, std::to_string(*round)});
    }
    co_return co_await make_once(inside, key, content, now,
                                 [&]() { return book(inside, booking, now); });
  });
}

task<Result<Interview>> create_interview(Session& session, NewInterview interview, Time now) {
  if (auto good = check_span(interview.starts_at, interview.ends_at); !good)
    co_return fail(std::move(good.error()));
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Interview>> {
    if (interview.request_key.empty())
      co_return co_await store(inside, interview, std::nullopt, now);
    auto key = request_of(interview.user, interview.request_key);
    co_return co_await make_once(inside, key, content_of(interview), now,
                                 [&]() { return store(inside, interview, std::nullopt, now); });
  });
}

}  // namespace jobraker::storage
