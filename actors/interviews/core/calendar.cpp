#include "actors/interviews/core/calendar.hpp"

#include <cstdlib>
#include <memory>
#include <new>
#include <string_view>

#include <libical/ical.h>

namespace jobraker::interviews {
namespace {

using Component = std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)>;

constexpr auto product = "-//Jobraker//Interviews//EN";

icaltimetype utc(Time time) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  return icaltime_from_timet_with_zone(static_cast<std::time_t>(seconds), 0,
                                       icaltimezone_get_utc_timezone());
}

/// TEXT has no form for control characters but the end of a line (§3.3.11).
std::string text_of(std::string_view text) {
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '\n' || (byte >= 0x20 && byte != 0x7F))
      out.push_back(c);
  }
  return out;
}

/// Readers take a blank value for a missing one.
bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \n") == std::string_view::npos;
}

/// A parameter's value can hold neither quotes nor the end of a line (§3.2).
std::string parameter_of(std::string_view text) {
  auto out = text_of(text);
  for (char& c : out)
    if (c == '"')
      c = '\'';
    else if (c == '\n')
      c = ' ';
  return out;
}

/// Who publishes it: the company, known by the employer's account. Mail addresses stay here.
icalproperty* organizer(const Interview& i) {
  auto* property =
    icalproperty_new_organizer(("urn:uuid:" + to_string(i.employer.value_or(i.user_id))).c_str());
  if (auto name = parameter_of(i.company); !is_blank(name))
    icalproperty_add_parameter(property, icalparameter_new_cn(name.c_str()));
  return property;
}

icalcomponent* event_of(const Interview& i) {
  auto summary = "Interview: " + (i.job_title.empty() ? i.company : i.job_title + ", " + i.company);
  bool cancelled = i.status == InterviewStatus::cancelled;
  auto sequence = static_cast<int>(i.version > 0 ? i.version - 1 : 0);
  auto* event = icalcomponent_vanew(
    ICAL_VEVENT_COMPONENT, icalproperty_new_uid(to_string(i.id).c_str()),
    icalproperty_new_sequence(sequence), icalproperty_new_dtstamp(utc(i.updated_at)),
    icalproperty_new_created(utc(i.created_at)), icalproperty_new_lastmodified(utc(i.updated_at)),
    icalproperty_new_dtstart(utc(i.starts_at)), icalproperty_new_dtend(utc(i.ends_at)),
    icalproperty_new_summary(text_of(summary).c_str()),
    icalproperty_new_status(cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED),
    organizer(i), nullptr);
  if (auto location = text_of(i.location); !is_blank(location))
    icalcomponent_add_property(event, icalproperty_new_location(location.c_str()));
  if (auto notes = text_of(i.notes); !is_blank(notes))
    icalcomponent_add_property(event, icalproperty_new_description(notes.c_str()));
  return event;
}

}  // namespace

std::string to_icalendar(const Interview& i) {
  bool cancelled = i.status == InterviewStatus::cancelled;
  Component calendar{
    icalcomponent_vanew(
      ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"), icalproperty_new_prodid(product),
      icalproperty_new_calscale("GREGORIAN"),
      icalproperty_new_method(cancelled ? ICAL_METHOD_CANCEL : ICAL_METHOD_PUBLISH), nullptr),
    icalcomponent_free};
  icalcomponent_add_component(calendar.get(), event_of(i));
  std::unique_ptr<char, decltype(&std::free)> text{icalcomponent_as_ical_string_r(calendar.get()),
                                                   std::free};
  if (!text)
    throw std::bad_alloc{};
  return text.get();
}

}  // namespace jobraker::interviews
