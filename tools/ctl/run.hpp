#pragma once

#include "messages/task.hpp"
#include "tools/ctl/invocation.hpp"
#include "tools/ctl/server.hpp"
#include "tools/ctl/terminal.hpp"

/// Carrying commands out: each answers the program's exit code, and has said why on standard error
/// when it is not 0.
namespace jobraker::ctl {

/// What every command works with.
struct Run {
  IoContext& io;
  Server& server;
  const Invocation& invocation;
  Taste taste{};
};

/// Says on standard error what went wrong; the exit code.
int complain(const Refusal& refusal);
int complain(int exit, const std::string& line);

/// Asks once or, with `--watch`, again and again.
task<int> run_call(Run run);
task<int> run_top(Run run);
task<int> run_login(Run run);
task<int> run_logout(Run run);

}  // namespace jobraker::ctl
