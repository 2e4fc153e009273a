#include "tools/ctl/commands.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "tools/ctl/outcome.hpp"
#include "tools/ctl/units.hpp"

namespace jobraker::ctl {
namespace {

constexpr const char* version = "0.1.0";

constexpr const char* footer =
  "Sign in with `jobrakerctl login`, or hand a token over with --token-file or JOBRAKER_TOKEN.\n"
  "Exit status: 0 done, 1 refused by the server, 2 wrong usage, 3 not reachable, 4 not signed in\n"
  "or not allowed, 130 Ctrl-C. `jobrakerctl COMMAND --help` tells each command's options.";

void declare_settings(Commands& c) {
  auto& to = c.out.settings;
  c.app.add_option("--server", to.server, "address of the server (JOBRAKER_SERVER)")
    ->capture_default_str();
  c.app.add_option("--token-file", to.token_file, "a file with an access token");
  c.app.add_option("--ca-file", to.ca_file, "PEM file of authorities trusted beside the system's");
  c.app.add_option("--timeout", to.timeout_s, "seconds for one answer")
    ->check(CLI::Range(1, 3600))
    ->capture_default_str();
  c.app.add_flag("--json", to.json, "the server's answer as JSON, for programs");
  c.app.add_option("--color", to.colour, "auto: on a terminal without NO_COLOR")
    ->check(CLI::IsMember({"auto", "always", "never"}))
    ->capture_default_str();
  c.watch = c.app
              .add_option("--watch", c.given.watch,
                          "look again every so many seconds (2), until q or Ctrl-C")
              ->expected(0, 1)
              ->type_name("[SECONDS]");
  c.app.set_version_flag("--version", std::string{"jobrakerctl "} + version);
  c.app.footer(footer);
}

void declare_sign_in(Commands& c) {
  auto* login = c.command(&c.app, "login", "Sign in; the password is asked for, tokens are kept");
  login->add_option("EMAIL", c.out.sign_in.email, "who signs in; asked for when left out");
  login->add_flag("--password-stdin", c.out.sign_in.password_stdin,
                  "the first line of standard input is the password");
  login->callback([&c] { c.out.kind = Kind::login; });
  auto* logout = c.command(&c.app, "logout", "End the session and forget its tokens");
  logout->callback([&c] { c.out.kind = Kind::logout; });
}

void declare(Commands& c) {
  c.app.name("jobrakerctl");
  c.app.require_subcommand(1);
  declare_settings(c);
  declare_sign_in(c);
  declare_actors(c);
  declare_node(c);
  declare_work(c);
  declare_llm(c);
  declare_events(c);
  declare_people(c);
}

/// How often `--watch` looks: 2 s unless it says.
unsigned watch_seconds(const std::string& text) {
  if (text.empty())
    return 2;
  unsigned seconds = 0;
  auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (bad != std::errc{} || end != text.data() + text.size() || seconds < 1 || seconds > 3600)
    throw CLI::ValidationError("--watch", "wants 1 to 3600 seconds");
  return seconds;
}

/// What no single option can know.
void check(Commands& c) {
  auto& out = c.out;
  if (c.watch->count() == 0)
    return;
  out.watch_s = watch_seconds(c.given.watch);
  out.top.interval_ms = std::min(*out.watch_s * 1000, 10'000U);
  bool reads = out.kind == Kind::call && out.call.verb == Verb::get;
  if (!reads && out.kind != Kind::top)
    throw CLI::ValidationError("--watch", "is for commands that only look");
  if (out.all)
    throw CLI::ValidationError("--watch", "and --all exclude each other");
}

void gather(const CLI::App& app, const std::string& words, std::vector<CommandEntry>& out) {
  CommandEntry entry{words, {}};
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames())
      if (name != "help" && name != "version")
        entry.options.push_back("--" + name);
  out.push_back(std::move(entry));
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    gather(*sub, words.empty() ? sub->get_name() : words + " " + sub->get_name(), out);
}

}  // namespace

CLI::App* Commands::command(CLI::App* parent, const std::string& name, const std::string& what) {
  auto* made = parent->add_subcommand(name, what);
  made->fallthrough();
  return made;
}

CLI::Option* Commands::text(CLI::App* command, const std::string& name, std::string& to,
                            const std::string& what) {
  return command->add_option(name, to, what);
}

void Commands::limit(CLI::App* command) {
  command->add_option("--limit", given.limit, "how many at most")->check(CLI::Range(1, 1000));
}

void Commands::pages(CLI::App* command) {
  limit(command);
  auto* cursor = text(command, "--cursor", given.cursor, "go on behind this");
  command->add_flag("--all", out.all, "every page")->excludes(cursor);
}

void Commands::failed_flags(CLI::App* command) {
  auto* failed = command->add_flag("--failed", given.failed, "only those with a failure");
  command->add_flag("--well", given.well, "only those without")->excludes(failed);
}

Target& Commands::failed_or_not(Target& target) const {
  return given.failed || given.well ? target.add("failed", given.failed ? "true" : "false")
                                    : target;
}

Target& Commands::paged(Target& target) const {
  if (given.limit > 0)
    target.add("limit", std::to_string(given.limit));
  return target.maybe("cursor", given.cursor);
}

void Commands::get(const Target& target, Screen screen) {
  send(Verb::get, target.text(), {}, screen);
}

void Commands::send(Verb verb, std::string target, std::string body, Screen screen) {
  out.kind = Kind::call;
  out.call = {verb, std::move(target), std::move(body), false};
  out.screen = screen;
}

std::string Commands::moment(const std::string& option, const std::string& text) const {
  if (text.empty())
    return {};
  auto time = read_moment(text, now);
  if (time.empty())
    throw CLI::ValidationError(option, "is no time: give 2026-11-20T09:30:00Z, or how long ago "
                                       "(90s, 30m, 2h, 7d)");
  return time;
}

Understood understand(const std::vector<std::string>& arguments, const Defaults& defaults,
                      Time now) {
  Commands commands;
  commands.now = now;
  if (!defaults.server.empty())
    commands.out.settings.server = defaults.server;
  declare(commands);
  try {
    // CLI11 takes them from the back.
    commands.app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});
    check(commands);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream problem;
    bool asked = commands.app.exit(error, out, problem) == 0;
    return {std::nullopt, {asked ? exit_ok : exit_usage, out.str(), problem.str()}};
  }
  return {std::move(commands.out), {}};
}

std::vector<CommandEntry> every_command() {
  Commands commands;
  declare(commands);
  std::vector<CommandEntry> out;
  gather(commands.app, {}, out);
  return out;
}

}  // namespace jobraker::ctl
