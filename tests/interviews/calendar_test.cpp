#include "actors/interviews/core/calendar.hpp"

#include <memory>

#include <gtest/gtest.h>
#include <libical/ical.h>
#include <rapidcheck/gtest.h>

#include "messages/json.hpp"

namespace jobraker::interviews {
namespace {

using namespace std::chrono_literals;

Interview interview() {
  Interview i;
  i.id = *InterviewId::parse("0190a5d0-0000-7000-8000-000000000001");
  i.user_id = *UserId::parse("0190a5d0-0000-7000-8000-000000000002");
  i.employer = *UserId::parse("0190a5d0-0000-7000-8000-000000000003");
  i.company = "Acme GmbH";
  i.job_title = "Welder";
  i.starts_at = *parse_rfc3339("2026-11-20T09:00:00Z");
  i.ends_at = i.starts_at + 30min;
  i.created_at = *parse_rfc3339("2026-11-01T08:00:00.5Z");
  i.updated_at = i.created_at + 1h;
  i.version = 1;
  return i;
}

/// Physical lines; each must end in CR LF.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    auto end = text.find("\r\n", begin);
    if (end == std::string::npos)
      throw std::runtime_error("a line that does not end");
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return lines;
}

/// Content lines: what was folded is whole again (RFC 5545 §3.1).
std::vector<std::string> unfolded(const std::string& text) {
  std::vector<std::string> lines;
  for (auto& line : lines_of(text))
    if (!line.empty() && line.front() == ' ' && !lines.empty())
      lines.back() += line.substr(1);
    else
      lines.push_back(line);
  return lines;
}

/// The value of the line that begins with `name:` or `name;`; it must be there once.
std::string value_of(const std::string& text, const std::string& name) {
  std::vector<std::string> found;
  for (auto& line : unfolded(text))
    if (line.starts_with(name + ":") || line.starts_with(name + ";"))
      found.push_back(line.substr(name.size() + 1));
  return found.size() == 1 ? found.front() : std::to_string(found.size()) + " of " + name;
}

bool valid_utf8(const std::string& text) {
  json::Writer writer;
  writer.begin_array().value(std::string_view{text}).end_array();
  return json::Document::parse(writer.text()).has_value();
}

/// TEXT read by hand (§3.3.11), so that libical does not judge itself.
std::string unescaped(const std::string& value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\') {
      out.push_back(value[i]);
      continue;
    }
    ++i;
    out.push_back(value.at(i) == 'n' || value.at(i) == 'N' ? '\n' : value.at(i));
  }
  return out;
}

TEST(Calendar, IsOneEventInUtc) {
  auto text = to_icalendar(interview());
  auto lines = unfolded(text);
  EXPECT_EQ(lines.front(), "BEGIN:VCALENDAR");
  EXPECT_EQ(lines.back(), "END:VCALENDAR");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "BEGIN:VEVENT"), 1);
  const std::pair<const char*, const char*> expected[] = {
    {"VERSION", "2.0"},
    {"PRODID", "-//Jobraker//Interviews//EN"},
    {"CALSCALE", "GREGORIAN"},
    {"METHOD", "PUBLISH"},
    {"UID", "0190a5d0-0000-7000-8000-000000000001"},
    {"SEQUENCE", "0"},
    {"DTSTAMP", "20261101T090000Z"},
    {"CREATED", "20261101T080000Z"},
    {"LAST-MODIFIED", "20261101T090000Z"},
    {"DTSTART", "20261120T090000Z"},
    {"DTEND", "20261120T093000Z"},
    {"SUMMARY", "Interview: Welder\\, Acme GmbH"},
    {"STATUS", "CONFIRMED"},
    {"ORGANIZER", "CN=Acme GmbH:urn:uuid:0190a5d0-0000-7000-8000-000000000003"},
    {"LOCATION", "0 of LOCATION"},
    {"DESCRIPTION", "0 of DESCRIPTION"},
  };
  for (auto& [name, value] : expected)
    EXPECT_EQ(value_of(text, name), value) << name;
}

TEST(Calendar, AMovedOneReplacesTheFirst) {
  auto i = interview();
  auto first = to_icalendar(i);
  i.status = InterviewStatus::rescheduled;
  i.version = 2;
  i.starts_at += 1h;
  auto second = to_icalendar(i);
  EXPECT_EQ(value_of(second, "UID"), value_of(first, "UID"));
  EXPECT_EQ(value_of(second, "SEQUENCE"), "1");
  EXPECT_EQ(value_of(second, "DTSTART"), "20261120T100000Z");
  EXPECT_EQ(value_of(second, "METHOD"), "PUBLISH");
  EXPECT_EQ(value_of(second, "STATUS"), "CONFIRMED");
  i.status = InterviewStatus::cancelled;
  i.version = 3;
  auto gone = to_icalendar(i);
  EXPECT_EQ(value_of(gone, "UID"), value_of(first, "UID"));
  EXPECT_EQ(value_of(gone, "SEQUENCE"), "2");
  EXPECT_EQ(value_of(gone, "METHOD"), "CANCEL");
  EXPECT_EQ(value_of(gone, "STATUS"), "CANCELLED");
}

TEST(Calendar, WhatPeopleWriteStaysText) {
  auto i = interview();
  i.company = "Evil\r\nATTENDEE:mailto:x@example.com \"Inc\"; Co: 1";
  i.location = "Hall 3; left, then \\ right\nDTEND:20300101T000000Z";
  i.notes = std::string("tab\tbell\a") + "\x7f" + " \"quoted\" end";
  auto text = to_icalendar(i);
  EXPECT_EQ(unescaped(value_of(text, "LOCATION")), i.location);
  EXPECT_EQ(unescaped(value_of(text, "DESCRIPTION")), "tabbell \"quoted\" end");
  EXPECT_EQ(value_of(text, "DTEND"), "20261120T093000Z");
  EXPECT_EQ(value_of(text, "ATTENDEE"), "0 of ATTENDEE");
  EXPECT_EQ(value_of(text, "ORGANIZER"),
            "CN=\"Evil ATTENDEE:mailto:x@example.com 'Inc'; Co: 1\":urn:uuid:"
            "0190a5d0-0000-7000-8000-000000000003");
  i.employer.reset();
  i.company.clear();
  i.job_title.clear();
  EXPECT_EQ(value_of(to_icalendar(i), "ORGANIZER"),
            "urn:uuid:0190a5d0-0000-7000-8000-000000000002");
}

/// Text as people may write it: what must be escaped, what must be folded between bytes, and more.
rc::Gen<std::string> texts() {
  auto piece =
    rc::gen::element<std::string>("a", "Zb", " ", ",", ";", ":", "\\", "\n", "\"", "ü", "€", "🦀",
                                  "BEGIN:VEVENT", "\\n", "^", "a long stretch without anything");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](auto pieces) {
    std::string text;
    for (auto& one : pieces)
      text += one;
    return text;
  });
}

bool blank(const std::string& text) { return text.find_first_not_of(" \n") == std::string::npos; }

/// libical's parser drops space around values.
std::string trimmed(std::string text) {
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

RC_GTEST_PROP(Calendar, LinesAreFoldedAndReadBack, ()) {
  auto i = interview();
  i.company = "Acme " + *texts();
  i.job_title = *texts();
  i.location = *texts();
  i.notes = *texts();
  i.version = *rc::gen::inRange<std::int64_t>(1, 1000);
  auto text = to_icalendar(i);
  for (auto& line : lines_of(text)) {
    RC_ASSERT(line.size() <= 75u);
    RC_ASSERT(valid_utf8(line));
  }
  RC_ASSERT(unescaped(value_of(text, "LOCATION")) ==
            (blank(i.location) ? "0 of LOCATION" : i.location));
  std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)> parsed{
    icalparser_parse_string(text.c_str()), icalcomponent_free};
  RC_ASSERT(parsed != nullptr);
  RC_ASSERT(icalcomponent_count_errors(parsed.get()) == 0);
  auto* event = icalcomponent_get_first_component(parsed.get(), ICAL_VEVENT_COMPONENT);
  RC_ASSERT(event != nullptr);
  RC_ASSERT(icalcomponent_get_sequence(event) == i.version - 1);
  auto summary = i.job_title.empty() ? i.company : i.job_title + ", " + i.company;
  RC_ASSERT(trimmed(icalcomponent_get_summary(event)) == trimmed("Interview: " + summary));
  if (!blank(i.notes))
    RC_ASSERT(trimmed(icalcomponent_get_description(event)) == trimmed(i.notes));
}

}  // namespace
}  // namespace jobraker::interviews
