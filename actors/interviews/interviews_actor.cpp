#include "actors/interviews/interviews_actor.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/interviews/booking.hpp"
#include "actors/interviews/core/calendar.hpp"
#include "actors/interviews/core/local_times.hpp"
#include "actors/interviews/core/requests.hpp"
#include "actors/notifications/push.hpp"
#include "actors/system/observed.hpp"
#include "storage/databases.hpp"

namespace jobraker {
namespace {

using interviews::Booked;
using storage::Until;

constexpr std::chrono::hours forget_after{180 * 24};
constexpr std::chrono::hours forget_every{1};
constexpr std::int64_t forget_limit = 10'000;

struct InterviewsState {
  static inline const char* name = "interviews";
};

using Self = Shell<InterviewsState, InterviewsActor>;

/// Whose things the caller may see: admins everybody's.
std::optional<UserId> owner_of(const Context& c) {
  if (c.principal.role == Role::admin)
    return std::nullopt;
  return c.principal.user;
}

Result<SlotList> to_list(Result<std::vector<Slot>> slots, std::string_view zone) {
  if (!slots)
    return fail(std::move(slots.error()));
  for (auto& slot : *slots)
    interviews::show_in(slot, zone);
  return SlotList{std::move(*slots)};
}

/// As the caller sees it: in the zone they ask for, or the one that was theirs when it was agreed.
Interview shown(Interview i, const Context& c, const std::optional<std::string>& zone) {
  if (zone)
    interviews::show_in(i, *zone);
  else if (i.employer == c.principal.user)
    interviews::show_in(i, i.employer_time_zone);
  else
    interviews::show_in(i, "");
  return i;
}

task<Result<SlotList>> offer(Services& services, Context c, OfferSlots m) {
  if (c.principal.role == Role::seeker)
    co_return fail(Errc::forbidden, "only employers may do this");
  auto spans = interviews::read_spans(m);
  if (!spans)
    co_return fail(std::move(spans.error()));
  std::vector<storage::SlotTime> times;
  for (const auto& span : *spans)
    times.push_back({span.starts_at, span.ends_at});
  Until session{services.databases.here(), c.deadline};
  co_return to_list(co_await storage::offer_slots(session, c.principal.user, std::move(times),
                                                  m.time_zone.value_or(""), now()),
                    "");
}

task<Result<SlotList>> list_slots(Services& services, Context c, ListSlots m) {
  if (auto good = interviews::check_zone(m.time_zone); !good)
    co_return fail(std::move(good.error()));
  Until session{services.databases.here(), c.deadline};
  auto limit = static_cast<std::size_t>(m.limit);
  auto from = m.from.value_or(now());
  auto zone = m.time_zone.value_or("");
  if (c.principal.role == Role::employer && !m.company_id && !m.company)
    co_return to_list(co_await storage::slots_of(session, c.principal.user, from, m.to, limit),
                      zone);
  // What is over cannot be taken.
  storage::SlotQuery query{m.company_id, m.company.value_or(""), std::max(from, now()), m.to,
                           limit};
  co_return to_list(co_await storage::free_slots(session, std::move(query)), zone);
}

/// Runs `work(transaction) -> task<Result<Booked>>`; what it told is shown once it has committed.
template <class Work>
task<Result<Interview>> committed(Services& services, Context c, Work work) {
  Until session{services.databases.here(), c.deadline};
  auto done = co_await session.transaction(work);
  if (!done)
    co_return fail(std::move(done.error()));
  notifications::push(services, done->told);
  co_return std::move(done->interview);
}

storage::SlotBooking booking_of(const Context& c, const ScheduleInterview& m) {
  storage::SlotBooking booking;
  booking.slot = *m.slot_id;
  booking.user = c.principal.user;
  booking.application = m.application_id;
  booking.job_title = m.job_title.value_or("");
  booking.location = m.location.value_or("");
  booking.notes = m.notes.value_or("");
  booking.time_zone = m.time_zone.value_or("");
  booking.request_key = m.request_key;
  return booking;
}

storage::NewInterview new_interview_of(const Context& c, const ScheduleInterview& m,
                                       const interviews::Span& span) {
  storage::NewInterview n;
  n.user = c.principal.user;
  n.application = m.application_id;
  n.company = m.company.value_or("");
  n.job_title = m.job_title.value_or("");
  n.starts_at = span.starts_at;
  n.ends_at = span.ends_at;
  n.location = m.location.value_or("");
  n.notes = m.notes.value_or("");
  n.time_zone = m.time_zone.value_or("");
  n.request_key = m.request_key;
  return n;
}

task<Result<Interview>> schedule(Services& services, Context c, ScheduleInterview m) {
  auto span = interviews::read_span(m);
  if (!span)
    co_return fail(std::move(span.error()));
  auto made =
    co_await committed(services, c, [&](storage::Transaction& inside) -> task<Result<Booked>> {
      if (m.slot_id)
        co_return co_await interviews::book(inside, booking_of(c, m), now());
      co_return co_await interviews::add(inside, new_interview_of(c, m, **span), now());
    });
  if (!made)
    co_return made;
  co_return shown(std::move(*made), c, m.time_zone);
}

task<Result<Interview>> change(Services& services, Context c, ChangeThisInterview m) {
  auto span = interviews::read_span(m.change);
  if (!span)
    co_return fail(std::move(span.error()));
  storage::InterviewChange change;
  change.status = m.change.status;
  change.slot_id = m.change.slot_id;
  if (*span) {
    change.starts_at = (*span)->starts_at;
    change.ends_at = (*span)->ends_at;
  }
  change.time_zone = m.change.time_zone;
  change.location = m.change.location;
  change.notes = m.change.notes;
  change.versions = m.versions;
  auto made =
    co_await committed(services, c, [&](storage::Transaction& inside) -> task<Result<Booked>> {
      co_return co_await interviews::change(inside, m.id, owner_of(c), change, c.principal.user,
                                            now());
    });
  if (!made)
    co_return made;
  co_return shown(std::move(*made), c, m.change.time_zone);
}

task<Result<Interview>> get(Services& services, Context c, GetInterview m) {
  if (auto good = interviews::check_zone(m.time_zone); !good)
    co_return fail(std::move(good.error()));
  Until session{services.databases.here(), c.deadline};
  auto found = co_await storage::find_interview(session, m.id, owner_of(c));
  if (!found)
    co_return found;
  co_return shown(std::move(*found), c, m.time_zone);
}

task<Result<InterviewCalendar>> calendar(Services& services, Context c, InterviewId id) {
  Until session{services.databases.here(), c.deadline};
  auto found = co_await storage::find_interview(session, id, owner_of(c));
  if (!found)
    co_return fail(std::move(found.error()));
  co_return InterviewCalendar{found->version, interviews::to_icalendar(*found)};
}

task<Result<InterviewList>> list(Services& services, Context c, ListInterviews m) {
  if (auto good = interviews::check_zone(m.time_zone); !good)
    co_return fail(std::move(good.error()));
  Until session{services.databases.here(), c.deadline};
  auto found = co_await storage::list_interviews(session, c.principal.user, m);
  if (!found)
    co_return fail(std::move(found.error()));
  for (auto& interview : *found)
    interview = shown(std::move(interview), c, m.time_zone);
  co_return InterviewList{std::move(*found)};
}

void forget_old(Self* self, Services& services) {
  self->await<std::size_t>(
    services.io,
    [&services] {
      return storage::forget_effects(services.databases.here(), storage::booking_effect,
                                     now() - forget_after, forget_limit);
    },
    [self](Result<std::size_t> gone) {
      if (!gone)
        spdlog::warn("event=bookings.not_forgotten why=\"{}\"", gone.error().detail);
      self->delayed_send(self, forget_every, Tick{});
    });
}

InterviewsActor::behavior_type interviews_actor(Self* self, Services* services) {
  auto& io = services->io;
  forget_old(self, *services);
  return {
    [=, &io](const Context& c, const OfferSlots& m) {
      return self->answer<SlotList>(io, [=] { return offer(*services, c, m); });
    },
    [=, &io](const Context& c, const ListSlots& m) {
      return self->answer<SlotList>(io, [=] { return list_slots(*services, c, m); });
    },
    [=, &io](const Context& c, const ScheduleInterview& m) {
      return self->answer<Interview>(io, [=] { return schedule(*services, c, m); });
    },
    [=, &io](const Context& c, const GetInterview& m) {
      return self->answer<Interview>(io, [=] { return get(*services, c, m); });
    },
    [=, &io](const Context& c, const GetInterviewCalendar& m) {
      return self->answer<InterviewCalendar>(io, [=] { return calendar(*services, c, m.id); });
    },
    [=, &io](const Context& c, const ListInterviews& m) {
      return self->answer<InterviewList>(io, [=] { return list(*services, c, m); });
    },
    [=, &io](const Context& c, const ChangeThisInterview& m) {
      return self->answer<Interview>(io, [=] { return change(*services, c, m); });
    },
    [=](const Tick&) { forget_old(self, *services); },
  };
}

}  // namespace

InterviewsActor start_interviews(Services& services, const std::string& path) {
  return services.system.spawn(path, "interviews", interviews_actor, &services);
}

}  // namespace jobraker
