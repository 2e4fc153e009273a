#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// A time that an employer offers for an interview.
struct Slot {
  static constexpr auto type_name = "Slot";
  SlotId id{};
  UserId owner{};  ///< the employer's user
  std::optional<CompanyId> company_id{};
  std::string company{};  ///< its name; empty for an employer without one
  Time starts_at{};
  Time ends_at{};
  std::string time_zone{};  ///< IANA name; empty: nobody said
  bool taken = false;
  std::string starts_at_local{};  ///< filled in for answers: RFC 3339 with the zone's offset
  std::string ends_at_local{};

  bool operator==(const Slot&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("id", &Slot::id),
                      field("owner", &Slot::owner),
                      field("company_id", &Slot::company_id),
                      field("company", &Slot::company),
                      field("starts_at", &Slot::starts_at),
                      field("ends_at", &Slot::ends_at),
                      field("time_zone", &Slot::time_zone),
                      field("starts_at_local", &Slot::starts_at_local),
                      field("ends_at_local", &Slot::ends_at_local),
                      field("taken", &Slot::taken)};
  }
};

/// Beginning and end of a time, as people write them: RFC 3339 with an offset, or without one in
/// the request's time zone (`2026-11-20T10:00`).
struct WrittenSpan {
  static constexpr auto type_name = "WrittenSpan";
  std::string starts_at{};
  std::string ends_at{};
  static constexpr auto fields() {
    return std::tuple{field("starts_at", &WrittenSpan::starts_at, {.max_length = 40}),
                      field("ends_at", &WrittenSpan::ends_at, {.max_length = 40})};
  }
};

/// The body of `POST /calendar/slots`. All of them are offered, or none.
struct OfferSlots {
  static constexpr auto type_name = "OfferSlots";
  std::vector<WrittenSpan> slots{};
  std::optional<std::string> time_zone{};  ///< IANA name; the slots keep it
  static constexpr auto fields() {
    return std::tuple{field("slots", &OfferSlots::slots, {.max_items = 200}),
                      field("time_zone", &OfferSlots::time_zone, {.max_length = 64})};
  }
};

/// The query of `GET /calendar/slots`: free ones of a company, soonest first; an employer who names
/// none gets all of his own, taken ones too.
struct ListSlots {
  static constexpr auto type_name = "ListSlots";
  std::optional<CompanyId> company_id{};
  std::optional<std::string> company{};  ///< its name; case and punctuation do not count
  std::optional<Time> from{};            ///< now when left out
  std::optional<Time> to{};
  std::optional<std::string> time_zone{};  ///< of the local times; the slot's when left out
  std::int64_t limit = 50;

  static constexpr auto fields() {
    return std::tuple{field("company_id", &ListSlots::company_id),
                      field("company", &ListSlots::company, {.max_length = 200}),
                      field("from", &ListSlots::from),
                      field("to", &ListSlots::to),
                      field("time_zone", &ListSlots::time_zone, {.max_length = 64}),
                      optional_field("limit", &ListSlots::limit, {.min = 1, .max = 200})};
  }
};

/// Slots, soonest first.
struct SlotList {
  static constexpr auto type_name = "SlotList";
  std::vector<Slot> items{};
  static constexpr auto fields() { return std::tuple{field("items", &SlotList::items)}; }
};

enum class InterviewStatus : std::uint8_t { scheduled, rescheduled, cancelled, done };
template <>
inline constexpr std::string_view enum_names<InterviewStatus>[] = {"scheduled", "rescheduled",
                                                                   "cancelled", "done"};

/// An interview of a person, in a slot or agreed upon elsewhere.
struct Interview {
  static constexpr auto type_name = "Interview";
  InterviewId id{};
  UserId user_id{};
  std::optional<UserId> employer{};  ///< whose slot it is in; not part of the JSON
  std::optional<ApplicationId> application_id{};
  std::optional<SlotId> slot_id{};
  std::string company{};
  std::string job_title{};
  Time starts_at{};
  Time ends_at{};
  std::string time_zone{};           ///< IANA name, the person's or the slot's; empty: nobody said
  std::string employer_time_zone{};  ///< the slot's; not part of the JSON
  std::string starts_at_local{};     ///< filled in for answers: RFC 3339 with the zone's offset
  std::string ends_at_local{};
  InterviewStatus status = InterviewStatus::scheduled;
  std::string location{};  ///< a place or an address to call
  std::string notes{};
  std::int64_t version = 0;  ///< from 1, grows with every change; iCalendar's SEQUENCE
  Time created_at{};
  Time updated_at{};

  bool operator==(const Interview&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("id", &Interview::id),
                      field("user_id", &Interview::user_id),
                      field("application_id", &Interview::application_id),
                      field("slot_id", &Interview::slot_id),
                      field("company", &Interview::company),
                      field("job_title", &Interview::job_title),
                      field("starts_at", &Interview::starts_at),
                      field("ends_at", &Interview::ends_at),
                      field("time_zone", &Interview::time_zone),
                      field("starts_at_local", &Interview::starts_at_local),
                      field("ends_at_local", &Interview::ends_at_local),
                      field("status", &Interview::status),
                      field("location", &Interview::location),
                      field("notes", &Interview::notes, {.max_length = 10000}),
                      field("version", &Interview::version),
                      field("created_at", &Interview::created_at),
                      field("updated_at", &Interview::updated_at)};
  }
};

/// The body of `POST /interviews`: takes a slot, or notes a time agreed upon elsewhere
/// (`starts_at`, `ends_at` and `company` are needed then). Times are written as in WrittenSpan.
struct ScheduleInterview {
  static constexpr auto type_name = "ScheduleInterview";
  std::optional<SlotId> slot_id{};
  std::optional<ApplicationId> application_id{};
  std::optional<std::string> company{};    ///< the application's or slot's when left out
  std::optional<std::string> job_title{};  ///< the application's when left out
  std::optional<std::string> starts_at{};
  std::optional<std::string> ends_at{};
  std::optional<std::string> time_zone{};  ///< IANA name; the slot's when left out
  std::optional<std::string> location{};
  std::optional<std::string> notes{};
  std::string request_key{};  ///< the header Idempotency-Key; not part of the JSON

  static constexpr auto fields() {
    return std::tuple{
      field("slot_id", &ScheduleInterview::slot_id),
      field("application_id", &ScheduleInterview::application_id),
      field("company", &ScheduleInterview::company, {.max_length = 200, .min_length = 1}),
      field("job_title", &ScheduleInterview::job_title, {.max_length = 300}),
      field("starts_at", &ScheduleInterview::starts_at, {.max_length = 40}),
      field("ends_at", &ScheduleInterview::ends_at, {.max_length = 40}),
      field("time_zone", &ScheduleInterview::time_zone, {.max_length = 64}),
      field("location", &ScheduleInterview::location, {.max_length = 1000}),
      field("notes", &ScheduleInterview::notes, {.max_length = 10000})};
  }
};

/// The body of `PATCH /interviews/{id}`; what is left out stays. Another slot or time reschedules;
/// `status` may be cancelled or done, after which nothing but the notes changes.
struct ChangeInterview {
  static constexpr auto type_name = "ChangeInterview";
  std::optional<InterviewStatus> status{};
  std::optional<SlotId> slot_id{};
  std::optional<std::string> starts_at{};  ///< both or none, and not with `slot_id`
  std::optional<std::string> ends_at{};
  std::optional<std::string> time_zone{};  ///< IANA name
  std::optional<std::string> location{};
  std::optional<std::string> notes{};

  static constexpr auto fields() {
    return std::tuple{field("status", &ChangeInterview::status),
                      field("slot_id", &ChangeInterview::slot_id),
                      field("starts_at", &ChangeInterview::starts_at, {.max_length = 40}),
                      field("ends_at", &ChangeInterview::ends_at, {.max_length = 40}),
                      field("time_zone", &ChangeInterview::time_zone, {.max_length = 64}),
                      field("location", &ChangeInterview::location, {.max_length = 1000}),
                      field("notes", &ChangeInterview::notes, {.max_length = 10000})};
  }
};

/// Changes this interview.
struct ChangeThisInterview {
  static constexpr auto type_name = "ChangeThisInterview";
  InterviewId id{};
  ChangeInterview change{};
  std::optional<std::vector<std::int64_t>> versions{};  ///< only if it has one of these (If-Match)
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks for one interview.
struct GetInterview {
  static constexpr auto type_name = "GetInterview";
  InterviewId id{};
  std::optional<std::string> time_zone{};  ///< of the local times; the interview's when left out
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks for one interview as an iCalendar object.
struct GetInterviewCalendar {
  static constexpr auto type_name = "GetInterviewCalendar";
  InterviewId id{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// An interview as an iCalendar object (RFC 5545).
struct InterviewCalendar {
  static constexpr auto type_name = "InterviewCalendar";
  std::int64_t version = 0;
  std::string text{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// The query of `GET /interviews`: soonest first.
struct ListInterviews {
  static constexpr auto type_name = "ListInterviews";
  std::optional<InterviewStatus> status{};
  std::optional<Time> from{};              ///< ends after this
  std::optional<Time> to{};                ///< begins before this
  std::optional<std::string> time_zone{};  ///< of the local times; each interview's when left out
  std::int64_t limit = 50;

  static constexpr auto fields() {
    return std::tuple{field("status", &ListInterviews::status),
                      field("from", &ListInterviews::from), field("to", &ListInterviews::to),
                      field("time_zone", &ListInterviews::time_zone, {.max_length = 64}),
                      optional_field("limit", &ListInterviews::limit, {.min = 1, .max = 200})};
  }
};

/// Interviews, soonest first.
struct InterviewList {
  static constexpr auto type_name = "InterviewList";
  std::vector<Interview> items{};
  static constexpr auto fields() { return std::tuple{field("items", &InterviewList::items)}; }
};

}  // namespace jobraker
