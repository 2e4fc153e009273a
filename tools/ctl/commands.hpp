#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "tools/ctl/invocation.hpp"

/// How the command line is declared: one function for each family of commands.
namespace jobraker::ctl {

/// What options and positional arguments are read into. One command runs, so that commands may
/// share a member.
struct Given {
  std::string path, kind, state, q, sort, order, cursor, name, id, reason, consumer, before;
  std::string operation, model, provider, company, user, from, to, group_by, scope, scope_id;
  std::string period, limit_usd, level, action, decision, note, watch, role;
  unsigned limit = 0;
  unsigned messages = 100;
  unsigned seconds = 300;
  bool failed = false, well = false, subtree = false, yes = false, crashed = false, slowest = false,
       stuck = false;
};

/// A command line being declared.
struct Commands {
  CLI::App app{"Look into a Jobraker server, and change what must be changed, as an administrator"};
  Invocation out{};
  Given given{};
  Time now{};
  CLI::Option* watch = nullptr;

  /// A command; the options of all are understood behind it, too.
  CLI::App* command(CLI::App* parent, const std::string& name, const std::string& what);
  void limit(CLI::App* command);
  /// `--limit`, `--cursor` and `--all`.
  void pages(CLI::App* command);
  /// An option with a text.
  CLI::Option* text(CLI::App* command, const std::string& name, std::string& to,
                    const std::string& what);
  /// `--failed` and `--well`, and what they say to the server.
  void failed_flags(CLI::App* command);
  Target& failed_or_not(Target& target) const;

  /// The query with what `pages` declares.
  Target& paged(Target& target) const;
  void get(const Target& target, Screen screen);
  void send(Verb verb, std::string target, std::string body, Screen screen);
  /// A time that was given, as RFC 3339; CLI::ValidationError when it is none.
  std::string moment(const std::string& option, const std::string& text) const;
};

void declare_actors(Commands& commands);
void declare_node(Commands& commands);
void declare_work(Commands& commands);
void declare_llm(Commands& commands);
void declare_events(Commands& commands);
void declare_people(Commands& commands);

}  // namespace jobraker::ctl
