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
  bool taken = false;

  bool operator==(const Slot&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("id", &Slot::id),
                      field("owner", &Slot::owner),
                      field("company_id", &Slot::company_id),
                      field("company", &Slot::company),
                      field("starts_at", &Slot::starts_at),
                      field("ends_at", &Slot::ends_at),
                      field("taken", &Slot::taken)};
  }
};

/// Beginning and end of a time on offer.
struct SlotTime {
  static constexpr auto type_name = "SlotTime";
  Time starts_at{};
  Time ends_at{};
  static constexpr auto fields() {
    return std::tuple{field("starts_at", &SlotTime::starts_at),
                      field("ends_at", &SlotTime::ends_at)};
  }
};

/// The body of `POST /calendar/slots`. All of them are offered, or none.
struct OfferSlots {
  static constexpr auto type_name = "OfferSlots";
  std::vector<SlotTime> slots{};
  static constexpr auto fields() {
    return std::tuple{field("slots", &OfferSlots::slots, {.max_items = 200})};
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
  std::int64_t limit = 50;

  static constexpr auto fields() {
    return std::tuple{field("company_id", &ListSlots::company_id),
                      field("company", &ListSlots::company, {.max_length = 200}),
                      field("from", &ListSlots::from), field("to", &ListSlots::to),
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
  std::optional<ApplicationId> application_id{};
  std::optional<SlotId> slot_id{};
  std::string company{};
  std::string job_title{};
  Time starts_at{};
  Time ends_at{};
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
                      field("status", &Interview::status),
                      field("location", &Interview::location),
                      field("notes", &Interview::notes, {.max_length = 10000}),
                      field("version", &Interview::version),
                      field("created_at", &Interview::created_at),
                      field("updated_at", &Interview::updated_at)};
  }
};

/// The body of `POST /interviews`: takes a slot, or notes a time agreed upon elsewhere
/// (`starts_at`, `ends_at` and `company` are needed then).
struct ScheduleInterview {
  static constexpr auto type_name = "ScheduleInterview";
  std::optional<SlotId> slot_id{};
  std::optional<ApplicationId> application_id{};
  std::optional<std::string> company{};    ///< the application's or slot's when left out
  std::optional<std::string> job_title{};  ///< the application's when left out
  std::optional<Time> starts_at{};
  std::optional<Time> ends_at{};
  std::optional<std::string> location{};
  std::optional<std::string> notes{};

  static constexpr auto fields() {
    return std::tuple{
      field("slot_id", &ScheduleInterview::slot_id),
      field("application_id", &ScheduleInterview::application_id),
      field("company", &ScheduleInterview::company, {.max_length = 200, .min_length = 1}),
      field("job_title", &ScheduleInterview::job_title, {.max_length = 300}),
      field("starts_at", &ScheduleInterview::starts_at),
      field("ends_at", &ScheduleInterview::ends_at),
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
  std::optional<Time> starts_at{};  ///< both or none, and not with `slot_id`
  std::optional<Time> ends_at{};
  std::optional<std::string> location{};
  std::optional<std::string> notes{};

  static constexpr auto fields() {
    return std::tuple{field("status", &ChangeInterview::status),
                      field("slot_id", &ChangeInterview::slot_id),
                      field("starts_at", &ChangeInterview::starts_at),
                      field("ends_at", &ChangeInterview::ends_at),
                      field("location", &ChangeInterview::location, {.max_length = 1000}),
                      field("notes", &ChangeInterview::notes, {.max_length = 10000})};
  }
};

/// Changes this interview.
struct ChangeThisInterview {
  static constexpr auto type_name = "ChangeThisInterview";
  InterviewId id{};
  ChangeInterview change{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks for one interview.
struct GetInterview {
  static constexpr auto type_name = "GetInterview";
  InterviewId id{};
  static constexpr auto fields() { return std::tuple{field("id", &GetInterview::id)}; }
};

/// The query of `GET /interviews`: soonest first.
struct ListInterviews {
  static constexpr auto type_name = "ListInterviews";
  std::optional<InterviewStatus> status{};
  std::optional<Time> from{};  ///< ends after this
  std::optional<Time> to{};    ///< begins before this
  std::int64_t limit = 50;

  static constexpr auto fields() {
    return std::tuple{field("status", &ListInterviews::status),
                      field("from", &ListInterviews::from), field("to", &ListInterviews::to),
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
