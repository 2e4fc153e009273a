#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "tools/doctext/columns.hpp"
#include "tools/doctext/extract.hpp"

namespace jobraker::doctext {
namespace {

constexpr const char* pdftotext = "/usr/bin/pdftotext";

/// Reads both pipes to their ends; false when the output exceeds `output_max`.
bool drain(int output, int errors, std::size_t output_max, std::string& text, std::string& words) {
  std::array<pollfd, 2> fds{{{output, POLLIN, 0}, {errors, POLLIN, 0}}};
  std::array<char, 65536> buffer;
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
      return true;
    for (std::size_t i = 0; i < fds.size(); ++i) {
      if (fds[i].fd < 0 || fds[i].revents == 0)
        continue;
      auto n = ::read(fds[i].fd, buffer.data(), buffer.size());
      if (n <= 0) {
        fds[i].fd = -1;
        continue;
      }
      auto& to = i == 0 ? text : words;
      if (i == 0 || to.size() < 4096)
        to.append(buffer.data(), static_cast<std::size_t>(n));
      if (text.size() > output_max)
        return false;
    }
  }
  return true;
}

}  // namespace

/// As set out on the page (-layout), columns unfolded by us: pdftotext's own reading order tears
/// the dates at the right margin from their employments and mixes the columns of résumés, and -raw
/// loses the spaces of documents printed by browsers. The tests with real résumés hold this.
Extracted pdf_text(std::size_t output_max) {
  int output[2], errors[2];
  if (::pipe2(output, O_CLOEXEC) != 0 || ::pipe2(errors, O_CLOEXEC) != 0 ||
      ::lseek(0, 0, SEEK_SET) != 0)
    return tl::unexpected(Exit::failed);
  auto pid = ::fork();
  if (pid < 0)
    return tl::unexpected(Exit::failed);
  if (pid == 0) {
    ::dup2(output[1], 1);
    ::dup2(errors[1], 2);
    ::execl(pdftotext, pdftotext, "-layout", "-enc", "UTF-8", "-eol", "unix", "-", "-", nullptr);
    ::_exit(126);
  }
  ::close(output[1]);
  ::close(errors[1]);
  std::string text, words;
  bool fits = drain(output[0], errors[0], output_max, text, words);
  if (!fits)
    ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!fits)
    return tl::unexpected(Exit::limit);
  if (WIFSIGNALED(status)) {
    // Out of memory ends in abort(), out of processor time in SIGXCPU; anything else is its crash.
    auto signal = WTERMSIG(status);
    bool limit = signal == SIGXCPU || signal == SIGKILL || signal == SIGABRT;
    return tl::unexpected(limit ? Exit::limit : Exit::malformed);
  }
  auto code = WEXITSTATUS(status);
  if (code == 126)
    return tl::unexpected(Exit::failed);
  if (words.find("Incorrect password") != std::string::npos || code == 3)
    return tl::unexpected(Exit::encrypted);
  if (words.find("Out of memory") != std::string::npos)
    return tl::unexpected(Exit::limit);
  if (code != 0)
    return tl::unexpected(Exit::malformed);
  return unfold_columns(text);
}

}  // namespace jobraker::doctext
