#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/time.hpp"
#include "tools/ctl/call.hpp"
#include "tools/ctl/screens.hpp"
#include "tools/ctl/top.hpp"

namespace jobraker::ctl {

/// What a command line asks for, whatever the command.
struct Settings {
  std::string server = "http://127.0.0.1:8080";
  std::string token_file{};
  std::string ca_file{};
  unsigned timeout_s = 20;
  bool json = false;
  std::string colour = "auto";  ///< `auto`, `always` or `never`
};

/// An action that a person says twice.
struct Danger {
  std::string action{};
  std::string path{};  ///< has to be typed
  bool subtree = false;
  bool yes = false;  ///< said on the command line
};

/// Who signs in, and how the password comes.
struct SignIn {
  std::string email{};  ///< asked for when empty
  bool password_stdin = false;
};

enum class Kind : unsigned char { call, top, login, logout };

/// One command, understood.
struct Invocation {
  Kind kind = Kind::call;
  Settings settings{};
  Call call{};
  Screen screen = nullptr;
  std::optional<Danger> danger{};
  bool all = false;    ///< every page
  std::string keep{};  ///< show only items whose key contains this
  std::optional<unsigned> watch_s{};
  SignIn sign_in{};
  TopQuery top{};
  bool once = false;
};

/// A command line that is not to be carried out: help, the version, or a mistake.
struct Answered {
  int exit = 0;
  std::string out{};  ///< for standard output
  std::string err{};  ///< for standard error
};

/// The answer to a command line.
struct Understood {
  std::optional<Invocation> invocation{};
  Answered answered{};  ///< when there is no invocation
};

/// What the environment says, for options that are not given.
struct Defaults {
  std::string server{};  ///< JOBRAKER_SERVER
};

/// Reads a command line without the program's name. `now` is what `--from 2h` counts from.
Understood understand(const std::vector<std::string>& arguments, const Defaults& defaults,
                      Time now);

/// Every command with its options, as `--help` has them: what the manual page and the completion
/// are held against.
struct CommandEntry {
  std::string words{};                 ///< `actors stop`
  std::vector<std::string> options{};  ///< `--reason`, of its own
};
std::vector<CommandEntry> every_command();

}  // namespace jobraker::ctl
