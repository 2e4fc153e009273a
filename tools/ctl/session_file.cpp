#include "tools/ctl/session_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace jobraker::ctl {
namespace {

constexpr std::size_t file_max = 1 << 20;

std::string why() { return std::strerror(errno); }

/// The folder of the file, made with mode 0700 if it is not there.
std::string make_folder(const std::string& path) {
  std::error_code error;
  auto folder = std::filesystem::path{path}.parent_path();
  std::filesystem::create_directories(folder.parent_path(), error);
  if (!error && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return "cannot make " + folder.string() + ": " + why();
  return error ? "cannot make " + folder.string() + ": " + error.message() : std::string{};
}

bool write_all(int handle, std::string_view text) {
  while (!text.empty()) {
    auto written = ::write(handle, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(handle) == 0;
}

}  // namespace

std::optional<Session> SessionFile::read() const {
  std::string problem;
  auto text = read_file(path_, problem);
  return problem.empty() ? decode_session(text) : std::nullopt;
}

std::string SessionFile::write(const Session& session) const {
  if (auto problem = make_folder(path_); !problem.empty())
    return problem;
  auto draft = path_ + "." + std::to_string(::getpid());
  ::unlink(draft.c_str());
  auto handle = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (handle < 0)
    return "cannot write " + draft + ": " + why();
  bool done = write_all(handle, encode_session(session));
  done = ::close(handle) == 0 && done;
  if (done && ::rename(draft.c_str(), path_.c_str()) == 0)
    return {};
  auto problem = "cannot write " + path_ + ": " + why();
  ::unlink(draft.c_str());
  return problem;
}

void SessionFile::remove() const {
  ::unlink(path_.c_str());
  ::unlink((path_ + ".lock").c_str());
}

SessionFile::Lock::Lock(const SessionFile& file)
    : handle_(::open((file.path() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  while (handle_ >= 0 && ::flock(handle_, LOCK_EX) != 0 && errno == EINTR) {
  }
}

SessionFile::Lock::~Lock() {
  if (handle_ >= 0)
    ::close(handle_);
}

std::string read_file(const std::string& path, std::string& problem) {
  std::ifstream file{path, std::ios::binary};
  std::string text(file_max + 1, '\0');
  if (!file || !(file.read(text.data(), static_cast<std::streamsize>(text.size())) || file.eof())) {
    problem = "cannot read " + path;
    return {};
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > file_max)
    problem = path + " is too long";
  return text;
}

}  // namespace jobraker::ctl
