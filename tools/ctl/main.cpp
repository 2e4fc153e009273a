#include <charconv>
#include <iostream>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <sodium.h>

#include "config/config.hpp"
#include "tools/ctl/run.hpp"

namespace {

using namespace jobraker;
using namespace jobraker::ctl;

/// What of the environment counts here.
struct Surroundings {
  Defaults defaults{};
  Taste taste{};
  std::string token{};
  std::string state_home{};
  std::string home{};
};

std::size_t columns_of(const std::string& text) {
  std::size_t columns = 0;
  std::from_chars(text.data(), text.data() + text.size(), columns);
  return columns <= 10'000 ? columns : 0;
}

Surroundings look_around() {
  Surroundings out;
  for (const auto& [name, value] : process_environment()) {
    if (name == "JOBRAKER_SERVER")
      out.defaults.server = value;
    else if (name == "JOBRAKER_TOKEN")
      out.token = value;
    else if (name == "XDG_STATE_HOME")
      out.state_home = value;
    else if (name == "HOME")
      out.home = value;
    else if (name == "COLUMNS")
      out.taste.columns = columns_of(value);
    else if ((name == "NO_COLOR" && !value.empty()) || (name == "TERM" && value == "dumb"))
      out.taste.no_colour = true;
  }
  return out;
}

/// Who speaks to `server`; a sentence when that cannot be said.
std::string identify(const Invocation& invocation, const Surroundings& around,
                     const std::string& server, Identity& out) {
  std::string problem;
  bool signing = invocation.kind == Kind::login || invocation.kind == Kind::logout;
  if (!signing && !invocation.settings.token_file.empty()) {
    const auto& file = invocation.settings.token_file;
    out.token = read_token(read_file(file, problem));
    return problem.empty() && out.token.empty() ? file + " holds no token" : problem;
  }
  if (!signing && !around.token.empty()) {
    out.token = read_token(around.token);
    return out.token.empty() ? "JOBRAKER_TOKEN is no token" : "";
  }
  auto path = session_path(around.state_home, around.home, server);
  out.file = SessionFile{path};
  return path.empty() && !invocation.call.open
           ? "neither XDG_STATE_HOME nor HOME is set: there is no place for a session"
           : "";
}

task<int> carry_out(Run run) {
  switch (run.invocation.kind) {
  case Kind::call:
    co_return co_await run_call(run);
  case Kind::top:
    co_return co_await run_top(run);
  case Kind::login:
    co_return co_await run_login(run);
  case Kind::logout:
    co_return co_await run_logout(run);
  }
  co_return exit_usage;
}

int run(const Invocation& invocation, Surroundings around) {
  auto url = net::parse_url(invocation.settings.server);
  if (!url)
    return complain(exit_usage, "--server: " + url.error().detail);
  auto origin = url->origin() + (url->target == "/" ? "" : url->target);
  Identity identity;
  if (auto problem = identify(invocation, around, origin, identity); !problem.empty())
    return complain(exit_usage, problem);
  around.taste.colour = invocation.settings.colour;
  IoContext io{1};
  Server server{io, std::move(*url), std::move(identity), invocation.settings.ca_file,
                std::chrono::seconds{invocation.settings.timeout_s}};
  int code = exit_usage;
  asio::co_spawn(io, carry_out({io, server, invocation, around.taste}),
                 [&](std::exception_ptr error, int exit) {
                   io.stop();
                   if (error)
                     std::rethrow_exception(error);
                   code = exit;
                 });
  io.run();
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  auto around = look_around();
  auto understood = understand({argv + 1, argv + argc}, around.defaults, now());
  if (!understood.invocation) {
    std::cout << understood.answered.out << std::flush;
    std::cerr << understood.answered.err << std::flush;
    return understood.answered.exit;
  }
  if (sodium_init() < 0)
    return complain(exit_usage, "libsodium cannot be initialised");
  return run(*understood.invocation, std::move(around));
}
