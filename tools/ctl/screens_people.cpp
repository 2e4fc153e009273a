#include "tools/ctl/screens.hpp"

namespace jobraker::ctl {

void show_user(json::View answer, Page& page) {
  page.field("id", any(answer["id"])).field("e-mail", any(answer["email"]));
  page.field("role", any(answer["role"])).field("created", when(answer["created_at"]));
}

void show_users(json::View answer, Page& page) {
  Table table;
  table.column("CREATED").spare(3).column("ROLE").column("E-MAIL", Align::left, true).least(12);
  table.column("SEEN", Align::right).spare(4).column("PROFILE", Align::right).spare(1);
  table.column("COMPANY", Align::left, true, Cut::middle).spare(2);
  table.column("ID", Align::left, true, Cut::middle);
  answer["items"].each_element([&](json::View one) {
    table.row({when(one["created_at"]), any(one["role"]), any(one["email"]),
               since(one["last_seen_at"], page.look()), any(one["profile_version"]),
               any(one["company_id"]), any(one["id"])});
  });
  page.table(table, "No account matches.");
  say_more(answer, page);
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
