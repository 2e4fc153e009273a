#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <termios.h>

#include "messages/task.hpp"
#include "tools/ctl/table.hpp"

/// What the program knows of the person's terminal.
namespace jobraker::ctl {

/// Standard output is one.
bool shows_terminal();
/// Standard input is one: somebody can be asked.
bool person_listens();

/// How standard output is looked at: its width, and colours when `colour` (`auto`, `always`,
/// `never`) and the environment want them.
struct Taste {
  std::string colour = "auto";
  bool no_colour = false;   ///< NO_COLOR is set, or the terminal is dumb
  std::size_t columns = 0;  ///< COLUMNS, for a pipe; 0: unlimited
};
Look look_at(const Taste& taste);
/// Lines of the terminal.
std::size_t terminal_lines();

/// Asks on standard error and reads one line; nothing at the end of input. `hidden`: what is typed
/// does not show.
std::optional<std::string> ask(const std::string& question, bool hidden = false);

/// The alternate screen of the terminal with keys handed over one by one, until it is destroyed.
/// Without a terminal on standard input there are no keys.
class FullScreen {
public:
  FullScreen();
  ~FullScreen();
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  /// Shows these lines instead of what there was; not more than `terminal_lines`.
  void draw(const std::string& lines);
  /// Calls `typed` with what is typed, on the thread of `io`, until this is destroyed.
  void listen(IoContext& io, std::function<void(std::string)> typed);

private:
  struct Keys;
  std::shared_ptr<Keys> keys_;
  int handle_ = -1;  ///< the terminal, opened anew: its mode is its own
  termios before_{};
};

}  // namespace jobraker::ctl
