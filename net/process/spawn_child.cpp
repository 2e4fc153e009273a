#include "net/process/spawn_child.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace jobraker {
namespace {

/// A descriptor that closes itself.
class Fd {
public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

private:
  int fd_;
};

tl::unexpected<Error> cannot(const char* what) {
  return fail(Errc::unavailable,
              std::string{"no process could be started: "} + what + ": " + std::strerror(errno));
}

/// A pipe whose read end does not block. Both ends are above 2, so that dup2 onto 0 to 2 cannot
/// meet one of them even when the server runs with those closed.
bool open_pipe(Fd& read_end, Fd& write_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return false;
  Fd first{ends[0]}, second{ends[1]};
  read_end = Fd{::fcntl(first.get(), F_DUPFD_CLOEXEC, 3)};
  write_end = Fd{::fcntl(second.get(), F_DUPFD_CLOEXEC, 3)};
  return read_end.get() >= 0 && write_end.get() >= 0 &&
         ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK) == 0;
}

/// The input as a sealed file in memory: nothing to pump, no SIGPIPE when the child does not read,
/// and the child may seek in it or hand it on.
Fd input_file(const std::string& input) {
  Fd file{::memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  std::size_t done = 0;
  while (file.get() >= 0 && done < input.size()) {
    auto n = ::write(file.get(), input.data() + done, input.size() - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return Fd{};
    done += static_cast<std::size_t>(n);
  }
  if (file.get() < 0 || ::lseek(file.get(), 0, SEEK_SET) != 0)
    return Fd{};
  ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  return Fd{::fcntl(file.get(), F_DUPFD_CLOEXEC, 3)};
}

struct Limit {
  int resource;
  rlim_t soft, hard;
};

/// Everything the child's side of vfork needs, made before it.
struct Plan {
  char* const* argv;
  char* const* environment;
  int input, output, errors;
  std::array<Limit, 7> limits;
  std::size_t limit_count;
  pid_t parent;
};

/// The child's side: system calls only, no allocation, no lock, because it runs in the server's
/// memory until execve. Answers errno through `failure`.
[[noreturn]] void become(const Plan& plan, volatile int& failure) {
  // A signal handler of the server must not run here; execve keeps ignored signals ignored.
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    ::sigaction(signal, &standard, nullptr);
  }
  bool ok = ::setpgid(0, 0) == 0 && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
            ::getppid() == plan.parent && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
            ::dup2(plan.input, 0) == 0 && ::dup2(plan.output, 1) == 1 &&
            ::dup2(plan.errors, 2) == 2 && ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
  for (std::size_t i = 0; ok && i < plan.limit_count; ++i) {
    rlimit limit{plan.limits[i].soft, plan.limits[i].hard};
    ok = ::setrlimit(static_cast<__rlimit_resource>(plan.limits[i].resource), &limit) == 0;
  }
  if (ok) {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(plan.argv[0], plan.argv, plan.environment);
  }
  failure = errno ? errno : ECHILD;
  ::_exit(127);
}

/// vfork: one page table instead of a copy of a server of gigabytes, and the limits are set by the
/// child itself, which posix_spawn cannot do and prlimit(1) would need another program for. The
/// parent thread stands still until execve, which is well under a millisecond.
[[gnu::noinline]] pid_t start(const Plan& plan, volatile int& failure) {
  pid_t pid = ::vfork();
  if (pid == 0)
    become(plan, failure);
  return pid;
}

}  // namespace

Result<SpawnedChild> spawn_child(const ChildSpec& spec) {
  std::vector<char*> argv;
  for (const auto& argument : spec.argv)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  if (spec.argv.empty())
    return fail(Errc::internal, "no program was named");
  std::string path = "PATH=/usr/local/bin:/usr/bin:/bin", lang = "LANG=C.UTF-8";
  char* environment[] = {path.data(), lang.data(), nullptr};

  auto input = input_file(spec.input);
  Fd output, child_output, errors, child_errors;
  if (input.get() < 0)
    return cannot("memory for its input");
  if (!open_pipe(output, child_output) || !open_pipe(errors, child_errors))
    return cannot("pipe");

  const auto& l = spec.limits;
  auto cpu = static_cast<rlim_t>(l.cpu.count());
  Plan plan{argv.data(),
            environment,
            input.get(),
            child_output.get(),
            child_errors.get(),
            {{{RLIMIT_CPU, cpu, cpu + 1},
              {RLIMIT_AS, l.memory, l.memory},
              {RLIMIT_FSIZE, l.file_size, l.file_size},
              {RLIMIT_NOFILE, l.open_files, l.open_files},
              {RLIMIT_CORE, 0, 0},
              {RLIMIT_MEMLOCK, 0, 0},
              {RLIMIT_NPROC, l.processes, l.processes}}},
            l.processes > 0 ? std::size_t{7} : std::size_t{6},
            ::getpid()};

  // No handler of ours may run on the shared stack, so all signals wait meanwhile.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  volatile int failure = 0;
  pid_t pid = start(plan, failure);
  auto fork_errno = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);

  if (pid < 0) {
    errno = fork_errno;
    return cannot("fork");
  }
  if (failure != 0) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    errno = failure;
    return cannot(spec.argv.front().c_str());
  }
  // glibc 2.36 declares pidfd_open without extern "C", so C++ cannot link it.
  SpawnedChild child{pid, static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)), output.release(),
                     errors.release()};
  if (child.pidfd < 0) {
    auto reason = errno;
    ::kill(-pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    ::close(child.output);
    ::close(child.errors);
    errno = reason;
    return cannot("pidfd_open");
  }
  return child;
}

}  // namespace jobraker
