#include "tools/ctl/screens.hpp"

namespace jobraker::ctl {

void show_user(json::View answer, Page& page) {
  page.field("id", any(answer["id"])).field("e-mail", any(answer["email"]));
  page.field("role", any(answer["role"])).field("created", when(answer["created_at"]));
}

void show_reports(json::View answer, Page& page) {
  answer["items"].each_element([&](json::View one) {
    page.heading(any(one["id"]).text);
    page.field("state", state(one["state"])).field("reason", any(one["reason"]));
    page.field("reported", when(one["created_at"])).field("by", any(one["reporter"]));
    if (!one["comment"].string_or("").empty())
      page.field("comment", any(one["comment"]));
    page.line("question", Style::dim).text(any(one["question"]).text, 2);
    page.line("answer", Style::dim).text(any(one["message"]).text, 2);
  });
  if (answer["items"].size() == 0)
    page.line("Nothing is reported.", Style::dim);
  say_more(answer, page);
}

void show_report(json::View answer, Page& page) {
  page.field("id", any(answer["id"])).field("state", state(answer["state"]));
  page.field("reviewed", when(answer["reviewed_at"])).field("by", any(answer["reviewer"]));
  page.field("note", any(answer["note"]));
}

}  // namespace jobraker::ctl
