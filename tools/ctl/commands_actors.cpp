#include "messages/json.hpp"
#include "tools/ctl/commands.hpp"

namespace jobraker::ctl {
namespace {

constexpr const char* base = "/api/v1/admin/actors";

void declare_filter(Commands& c, CLI::App* command) {
  c.text(command, "--path", c.given.path, "only this actor and those below it");
  c.text(command, "--kind", c.given.kind, "only of this kind");
  c.text(command, "--state", c.given.state, "only in this state")
    ->check(CLI::IsMember({"idle", "queued", "running", "waiting", "paused", "draining"}));
  c.text(command, "-q,--containing", c.given.q, "only paths with this in them");
  c.text(command, "--sort", c.given.sort, "order by")->check(CLI::IsMember(actor_sorts()));
  c.text(command, "--order", c.given.order, "asc or desc")->check(CLI::IsMember({"asc", "desc"}));
}

std::string path_filter(const Given& given) {
  return given.path.empty() ? std::string{} : with_slash(given.path);
}

void list(Commands& c) {
  Target target{base};
  target.maybe("path", path_filter(c.given)).maybe("kind", c.given.kind);
  target.maybe("state", c.given.state).maybe("q", c.given.q).maybe("sort", c.given.sort);
  c.get(c.paged(target.maybe("order", c.given.order)), show_actors);
}

void top(Commands& c) {
  auto& query = c.out.top;
  query.path = path_filter(c.given);
  query.kind = c.given.kind;
  query.state = c.given.state;
  query.q = c.given.q;
  query.order = c.given.order;
  if (!c.given.sort.empty())
    query.sort = c.given.sort;
  if (c.given.limit > 0)
    query.limit = c.given.limit;
  c.out.kind = Kind::top;
}

/// The escaped path of one actor; CLI::ValidationError when it is none.
std::string one_actor(const Given& given) {
  auto path = escaped_path(given.path);
  if (!path)
    throw CLI::ValidationError("PATH", "is no actor's path: /users/0190… for example");
  return *path;
}

CLI::Option* path_argument(Commands& c, CLI::App* command) {
  return command->add_option("PATH", c.given.path, "the actor's path")->required();
}

void declare_looking(Commands& c, CLI::App* actors) {
  auto* live = c.command(actors, "top", "Live figures; s orders, / filters, k shows kinds, q ends");
  declare_filter(c, live);
  c.limit(live);
  live->add_flag("--once", c.out.once, "the figures of one second, then end");
  live->callback([&c] { top(c); });

  auto* rows = c.command(actors, "list", "Actors by path, or by a figure");
  declare_filter(c, rows);
  c.pages(rows);
  rows->callback([&c] { list(c); });

  auto* tree = c.command(actors, "tree", "One level of the tree, with sums of what is below");
  tree->add_option("PATH", c.given.path, "below this");
  tree->callback([&c] {
    c.get(Target{std::string{base} + "/tree"}.maybe("path", path_filter(c.given)), show_tree);
  });

  auto* show = c.command(actors, "show", "One actor: figures, summary, effects, last messages");
  path_argument(c, show);
  show->callback(
    [&c] { c.get(Target{std::string{base} + "/show/" + one_actor(c.given)}, show_actor); });

  auto* dead = c.command(actors, "dead", "Those that ended, with reason and last messages");
  dead->add_flag("--crashed", c.given.crashed, "only those that crashed");
  c.pages(dead);
  dead->callback([&c] {
    Target target{std::string{base} + "/dead"};
    c.get(c.paged(target.maybe("crashed", c.given.crashed ? "true" : "")), show_dead);
  });
}

/// What the server wants to read before it acts.
std::string confirmation(const Given& given, const std::string& action) {
  json::Writer w;
  w.begin_object().member("confirm", std::string_view{with_slash(given.path)});
  if (given.subtree)
    w.member("subtree", true);
  if (!given.reason.empty())
    w.member("reason", std::string_view{given.reason});
  if (action == "trace")
    w.member("messages", static_cast<std::int64_t>(given.messages));
  if (action == "pause")
    w.member("seconds", static_cast<std::int64_t>(given.seconds));
  return w.end_object().text();
}

void act(Commands& c, const std::string& action) {
  auto path = one_actor(c.given);
  bool grave = action == "stop" || action == "restart" || action == "drain";
  if (c.given.yes && c.given.reason.empty() && (grave || c.given.subtree))
    throw CLI::RequiresError("--yes", "--reason");
  c.send(Verb::post, std::string{base} + "/" + path + "/" + action, confirmation(c.given, action),
         show_done);
  if (grave || c.given.subtree)
    c.out.danger = Danger{action, with_slash(c.given.path), c.given.subtree, c.given.yes};
}

void declare_action(Commands& c, CLI::App* actors, const std::string& action,
                    const std::string& what) {
  auto* made = c.command(actors, action, what);
  path_argument(c, made);
  c.text(made, "--reason", c.given.reason, "why, for the audit log");
  made->add_flag("--subtree", c.given.subtree, "all below it, too");
  made->add_flag("--yes", c.given.yes, "do not ask; needs --reason");
  if (action == "trace")
    made->add_option("--messages", c.given.messages, "how many are logged")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  if (action == "pause")
    made->add_option("--seconds", c.given.seconds, "after which it ends by itself")
      ->check(CLI::Range(1, 3'600))
      ->capture_default_str();
  made->callback([&c, action] { act(c, action); });
}

}  // namespace

void declare_actors(Commands& c) {
  auto* actors = c.command(&c.app, "actors", "Look at the actors, and act on them");
  actors->require_subcommand(1);
  declare_looking(c, actors);
  declare_action(c, actors, "trace", "Log an actor's next messages");
  declare_action(c, actors, "stop", "End an actor; a service starts anew when it is needed");
  declare_action(c, actors, "restart", "Put a new one in its place now");
  declare_action(c, actors, "drain", "End it when its mailbox is empty and nothing is under way");
  declare_action(c, actors, "pause", "Let its messages wait for a while");
  declare_action(c, actors, "resume", "Let it go on");
}

}  // namespace jobraker::ctl
