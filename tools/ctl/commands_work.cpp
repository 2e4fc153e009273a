#include "tools/ctl/commands.hpp"

namespace jobraker::ctl {
namespace {

constexpr const char* base = "/api/v1/admin/schedules";

std::string one_schedule(const Given& given) {
  return std::string{base} + "/" + escaped(given.name);
}

CLI::App* with_name(Commands& c, CLI::App* command) {
  command->add_option("NAME", c.given.name, "the schedule's name: jobs.refresh for example")
    ->required()
    ->check([](const std::string& name) {
      return name.empty() ? std::string{"is empty"} : std::string{};
    });
  return command;
}

void declare_schedules(Commands& c) {
  auto* group = c.command(&c.app, "schedules", "Work that is done at fixed times");
  group->require_subcommand(0, 1);
  auto list = [&c] { c.get(Target{base}, show_schedules); };
  group->callback([=] {
    if (group->get_subcommands().empty())
      list();
  });
  c.command(group, "list", "All of them")->callback(list);
  with_name(c, c.command(group, "show", "One, with its last run"))->callback([&c] {
    c.get(Target{one_schedule(c.given)}, show_schedule);
  });
  auto* runs = with_name(c, c.command(group, "runs", "The runs of one, the latest first"));
  c.pages(runs);
  runs->callback([&c] {
    Target target{one_schedule(c.given) + "/runs"};
    c.get(c.paged(target), show_runs);
  });
  with_name(c, c.command(group, "run", "Run one now"))->callback([&c] {
    c.send(Verb::post, one_schedule(c.given) + "/run", "{}", show_run);
  });
  for (const auto& [action, what] : {std::pair{"pause", "Do not run it until it is resumed"},
                                     std::pair{"resume", "Run it at its times again"}})
    with_name(c, c.command(group, action, what))->callback([&c, action = std::string{action}] {
      c.send(Verb::post, one_schedule(c.given) + "/" + action, "{}", show_schedule);
    });
}

}  // namespace

void declare_work(Commands& c) {
  declare_schedules(c);
  auto* batches = c.command(&c.app, "batches", "Long work for people: résumés, scoring, …");
  c.text(batches, "--state", c.given.state, "only in this state: running, done, failed, …");
  c.pages(batches);
  batches->callback([&c] {
    Target target{"/api/v1/admin/batches"};
    c.get(c.paged(target.maybe("state", c.given.state)), show_batches);
  });
  auto* applications = c.command(&c.app, "applications", "Applications, and those that are stuck");
  c.text(applications, "--state", c.given.state, "only in this state: submitting for example");
  applications->add_flag("--stuck", c.given.stuck, "only those that do not get on");
  c.pages(applications);
  applications->callback([&c] {
    Target target{"/api/v1/admin/applications"};
    target.maybe("state", c.given.state).maybe("stuck", c.given.stuck ? "true" : "");
    c.get(c.paged(target), show_applications);
  });
}

}  // namespace jobraker::ctl
