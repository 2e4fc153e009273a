#include "messages/json.hpp"
#include "tools/ctl/commands.hpp"

namespace jobraker::ctl {
namespace {

void declare_reports(Commands& c) {
  auto* reports = c.command(&c.app, "reports", "Answers of the assistant that people reported");
  reports->require_subcommand(0, 1);
  auto list = [&c] {
    Target target{"/api/v1/admin/reports"};
    c.get(c.paged(target.maybe("state", c.given.state)), show_reports);
  };
  reports->callback([=] {
    if (reports->get_subcommands().empty())
      list();
  });
  auto* rows = c.command(reports, "list", "The oldest first");
  c.text(rows, "--state", c.given.state, "only in this state: open, upheld, dismissed");
  rows->add_option("--limit", c.given.limit, "how many at most")->check(CLI::Range(1, 100));
  auto* cursor = c.text(rows, "--cursor", c.given.cursor, "go on behind this");
  rows->add_flag("--all", c.out.all, "every page")->excludes(cursor);
  rows->callback(list);
  auto* decide = c.command(reports, "decide", "Decide one");
  decide->add_option("ID", c.given.id, "the report's id")->required();
  decide->add_option("DECISION", c.given.decision, "upheld or dismissed")->required();
  c.text(decide, "--note", c.given.note, "what was done about it");
  decide->callback([&c] {
    json::Writer w;
    w.begin_object().member("decision", std::string_view{c.given.decision});
    if (!c.given.note.empty())
      w.member("note", std::string_view{c.given.note});
    c.send(Verb::post, "/api/v1/admin/reports/" + escaped(c.given.id) + "/decide",
           w.end_object().text(), show_report);
  });
}

void declare_user_list(Commands& c, CLI::App* users) {
  auto* list = c.command(users, "list", "Accounts, the newest first, or the one that is asked for");
  list->add_option("QUERY", c.given.q, "an account's id, or its whole e-mail address")
    ->check([](const std::string& text) {
      return text.empty() ? std::string{"is empty"} : std::string{};
    });
  c.text(list, "--role", c.given.role, "only of this role: seeker, employer or admin")
    ->check(CLI::IsMember({"seeker", "employer", "admin"}));
  list->add_option("--limit", c.given.limit, "how many at most")->check(CLI::Range(1, 200));
  auto* cursor = c.text(list, "--cursor", c.given.cursor, "go on behind this");
  list->add_flag("--all", c.out.all, "every page")->excludes(cursor);
  list->callback([&c] {
    Target target{"/api/v1/profiles/users"};
    c.get(c.paged(target.maybe("role", c.given.role).maybe("q", c.given.q)), show_users);
  });
}

}  // namespace

void declare_people(Commands& c) {
  auto* users = c.command(&c.app, "users", "Accounts");
  users->require_subcommand(1);
  declare_user_list(c, users);
  auto* show = c.command(users, "show", "One account");
  show->add_option("ID", c.given.id, "the account's id, or me")->required();
  show->callback([&c] { c.get(Target{"/api/v1/users/" + escaped(c.given.id)}, show_user); });
  declare_reports(c);
}

}  // namespace jobraker::ctl
