#include "tools/ctl/terminal.hpp"

#include <array>
#include <iostream>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace jobraker::ctl {
namespace {

constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view leave = "\x1b[?25h\x1b[?1049l";

winsize size_of_terminal() {
  winsize size{};
  ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
  return size;
}

/// A line that is typed without being shown; nothing after Ctrl-C, Ctrl-D or the end.
std::optional<std::string> hidden_line() {
  std::string line;
  for (char c = 0; ::read(STDIN_FILENO, &c, 1) == 1;) {
    if (c == '\n' || c == '\r')
      return line;
    if (c == '\x03' || c == '\x04')
      return std::nullopt;
    if (c == '\x15')
      line.clear();
    else if (c != '\x7f' && c != '\b')
      line += c;
    else if (!line.empty())
      line.pop_back();
  }
  return std::nullopt;
}

}  // namespace

bool shows_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool person_listens() { return ::isatty(STDIN_FILENO) == 1; }

Look look_at(const Taste& taste) {
  Look look;
  look.now = now();
  bool terminal = shows_terminal();
  look.colour =
    taste.colour == "always" || (taste.colour == "auto" && terminal && !taste.no_colour);
  if (auto columns = size_of_terminal().ws_col; terminal && columns > 0)
    look.columns = columns;
  else if (taste.columns > 0)
    look.columns = taste.columns;
  else if (terminal)
    look.columns = 80;
  return look;
}

std::size_t terminal_lines() {
  auto lines = size_of_terminal().ws_row;
  return lines > 0 ? lines : 24;
}

std::optional<std::string> ask(const std::string& question, bool hidden) {
  termios before{};
  if (!hidden || tcgetattr(STDIN_FILENO, &before) != 0) {
    std::cerr << question << std::flush;
    std::string line;
    return std::getline(std::cin, line) ? std::optional{line} : std::nullopt;
  }
  // Ctrl-C is read like a key, so that the terminal is never left as it is now. Who sees the
  // question may type at once, unseen already.
  auto mode = before;
  mode.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &mode);
  std::cerr << question << std::flush;
  auto line = hidden_line();
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::cerr << std::endl;
  return line;
}

struct FullScreen::Keys {
  asio::posix::basic_stream_descriptor<IoExecutor> input;
  std::array<char, 256> typed{};
  std::function<void(std::string)> tell;

  Keys(IoContext& io, int handle) : input(io.get_executor(), handle) {}

  static void read(const std::shared_ptr<Keys>& keys) {
    keys->input.async_read_some(asio::buffer(keys->typed),
                                [keys](boost::system::error_code error, std::size_t size) {
                                  if (error)
                                    return;
                                  keys->tell(std::string{keys->typed.data(), size});
                                  read(keys);
                                });
  }
};

FullScreen::FullScreen() {
  if (const char* name = person_listens() ? ::ttyname(STDIN_FILENO) : nullptr)
    handle_ = ::open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (handle_ >= 0 && tcgetattr(handle_, &before_) == 0) {
    auto mode = before_;
    mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    // Whoever is put into the background would leave the other screen behind.
    mode.c_cc[VSUSP] = _POSIX_VDISABLE;
    tcsetattr(handle_, TCSAFLUSH, &mode);
  }
  std::cout << enter << std::flush;
}

FullScreen::~FullScreen() {
  std::cout << leave << std::flush;
  if (handle_ >= 0)
    tcsetattr(handle_, TCSAFLUSH, &before_);
  if (keys_) {
    boost::system::error_code ignored;
    keys_->input.close(ignored);
  } else if (handle_ >= 0) {
    ::close(handle_);
  }
}

void FullScreen::draw(const std::string& lines) {
  std::string out = "\x1b[H";
  std::string_view rest = lines;
  while (!rest.empty()) {
    auto end = std::min(rest.find('\n'), rest.size());
    // Before the line: behind a line that is as wide as the terminal its last character would go.
    out += "\x1b[K";
    out += rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!rest.empty())
      out += "\n";
  }
  std::cout << out << "\x1b[J" << std::flush;
}

void FullScreen::listen(IoContext& io, std::function<void(std::string)> typed) {
  if (handle_ < 0 || keys_)
    return;
  keys_ = std::make_shared<Keys>(io, handle_);
  keys_->tell = std::move(typed);
  Keys::read(keys_);
}

}  // namespace jobraker::ctl
