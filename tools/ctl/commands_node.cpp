#include "messages/json.hpp"
#include "tools/ctl/commands.hpp"

namespace jobraker::ctl {
namespace {

void declare_traces(Commands& c) {
  auto* traces = c.command(&c.app, "traces", "Requests that are remembered, or one as a waterfall");
  traces->add_option("ID", c.given.id, "a trace: 32 hexadecimal digits, as X-Request-Id has them");
  traces->add_flag("--slowest", c.given.slowest, "the slowest first");
  c.failed_flags(traces);
  c.text(traces, "--name", c.given.name, "only names with this in them");
  c.limit(traces);
  traces->callback([&c] {
    if (!c.given.id.empty())
      return c.get(Target{"/api/v1/admin/traces/" + escaped(c.given.id)}, show_trace);
    Target target{"/api/v1/admin/traces"};
    target.maybe("slowest", c.given.slowest ? "true" : "").maybe("name", c.given.name);
    c.get(c.paged(c.failed_or_not(target)), show_traces);
  });
}

void declare_log_level(Commands& c) {
  auto* level = c.command(&c.app, "log-level", "How much is logged");
  level->require_subcommand(0, 1);
  auto read = [&c] { c.get(Target{"/api/v1/admin/log-level"}, show_log_level); };
  level->callback([=] {
    if (level->get_subcommands().empty())
      read();
  });
  c.command(level, "get", "The level of the process")->callback(read);
  auto* set = c.command(level, "set", "Another level, until the process ends");
  set->add_option("LEVEL", c.given.level, "trace, debug, info, warn, error, critical or off")
    ->required()
    ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "critical", "off"}));
  set->callback([&c] {
    json::Writer w;
    w.begin_object().member("level", std::string_view{c.given.level}).end_object();
    c.send(Verb::put, "/api/v1/admin/log-level", w.text(), show_log_level);
  });
}

void declare_audit(Commands& c) {
  auto* audit = c.command(&c.app, "audit", "What administrators did, the latest first");
  c.text(audit, "--about", c.given.path,
         "only by this person (id), or to this and what is below it (path)");
  c.text(audit, "--action", c.given.action, "only this action: actor.stop for example");
  c.pages(audit);
  audit->callback([&c] {
    Target target{"/api/v1/admin/audit"};
    target.maybe("actor", c.given.path).maybe("action", c.given.action);
    c.get(c.paged(target), show_audit);
  });
}

}  // namespace

void declare_node(Commands& c) {
  c.command(&c.app, "overview", "How the node stands, on one page")->callback([&c] {
    c.get(Target{"/api/v1/admin/overview"}, show_overview);
  });
  c.command(&c.app, "alarms", "What is not as it should be")->callback([&c] {
    c.get(Target{"/api/v1/admin/alarms"}, show_alarms);
  });
  c.command(&c.app, "health", "Whether the server is ready, and what it depends on")
    ->callback([&c] {
      c.get(Target{"/readyz"}, show_health);
      c.out.call.open = true;
    });
  declare_traces(c);
  declare_log_level(c);
  auto* config = c.command(&c.app, "config", "Settings in force, secrets masked");
  config->add_option("TEXT", c.out.keep, "only keys with this in them");
  config->callback([&c] { c.get(Target{"/api/v1/admin/config"}, show_config); });
  declare_audit(c);
}

}  // namespace jobraker::ctl
