#include "net/api/calendar.hpp"

#include <string_view>

namespace jobraker::net {
namespace {

constexpr std::size_t octets_max = 75;

bool goes_on(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// A content line, folded (§3.1): what follows begins with a space, which counts.
void add_line(std::string& out, std::string_view line) {
  auto room = octets_max;
  while (line.size() > room) {
    auto end = room;
    while (end > 0 && goes_on(line[end]))
      --end;
    if (end == 0)
      end = room;  // no UTF-8: anywhere will do
    out.append(line.substr(0, end)).append("\r\n ");
    line.remove_prefix(end);
    room = octets_max - 1;
  }
  out.append(line).append("\r\n");
}

/// TEXT (§3.3.11): other control characters have no form there.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "\\n";
    else if (c == '\\' || c == ';' || c == ',')
      out.append("\\").push_back(c);
    else if (byte >= 0x20 && byte != 0x7F)
      out.push_back(c);
  }
  return out;
}

/// `2026-11-20T19:02:00Z` as `20261120T190200Z` (§3.3.5, form 2).
std::string utc(Time time) {
  std::string out;
  for (char c : to_rfc3339(std::chrono::floor<std::chrono::seconds>(time)))
    if (c != '-' && c != ':')
      out.push_back(c);
  return out;
}

}  // namespace

std::string to_icalendar(const Interview& i) {
  std::string out;
  auto add = [&](std::string_view name, const std::string& value) {
    add_line(out, std::string{name} + ":" + value);
  };
  auto summary = "Interview: " + (i.job_title.empty() ? i.company : i.job_title + ", " + i.company);
  add("BEGIN", "VCALENDAR");
  add("VERSION", "2.0");
  add("PRODID", "-//Jobraker//Interviews//EN");
  add("CALSCALE", "GREGORIAN");
  add("METHOD", "PUBLISH");
  add("BEGIN", "VEVENT");
  add("UID", to_string(i.id));
  add("DTSTAMP", utc(i.updated_at));
  add("CREATED", utc(i.created_at));
  add("LAST-MODIFIED", utc(i.updated_at));
  add("SEQUENCE", std::to_string(i.version > 0 ? i.version - 1 : 0));
  add("DTSTART", utc(i.starts_at));
  add("DTEND", utc(i.ends_at));
  add("SUMMARY", escaped(summary));
  if (!i.location.empty())
    add("LOCATION", escaped(i.location));
  if (!i.notes.empty())
    add("DESCRIPTION", escaped(i.notes));
  add("STATUS", i.status == InterviewStatus::cancelled ? "CANCELLED" : "CONFIRMED");
  add("END", "VEVENT");
  add("END", "VCALENDAR");
  return out;
}

}  // namespace jobraker::net
