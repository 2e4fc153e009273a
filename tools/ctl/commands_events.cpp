#include "tools/ctl/commands.hpp"

namespace jobraker::ctl {
namespace {

constexpr const char* base = "/api/v1/admin/events";

}  // namespace

void declare_events(Commands& c) {
  auto* events = c.command(&c.app, "events", "Outbox, consumers and dead letters");
  events->require_subcommand(0, 1);
  auto status = [&c] { c.get(Target{base}.add("limit", "1"), show_events); };
  events->callback([=] {
    if (events->get_subcommands().empty())
      status();
  });
  c.command(events, "status", "How the events stand on this node")->callback(status);
  auto* dead = c.command(events, "dead", "Events that were set aside, the latest first");
  c.text(dead, "--consumer", c.given.consumer, "only of this consumer");
  c.text(dead, "--before", c.given.before, "only those that failed earlier");
  dead->add_option("--limit", c.given.limit, "how many at most")->check(CLI::Range(1, 200));
  dead->callback([&c] {
    Target target{base};
    target.maybe("consumer", c.given.consumer)
      .maybe("before", c.moment("--before", c.given.before));
    c.get(c.paged(target), show_dead_letters);
  });
  auto* replay = c.command(events, "replay", "Tell a dead letter again");
  replay->add_option("ID", c.given.id, "the dead letter's id")->required();
  replay->callback([&c] {
    c.send(Verb::post, std::string{base} + "/dlq/" + escaped(c.given.id) + "/replay", {},
           show_replayed);
  });
}

}  // namespace jobraker::ctl
