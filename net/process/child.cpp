#include "net/process/child.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>

#include "messages/spans.hpp"
#include "net/process/spawn_child.hpp"

namespace jobraker {
namespace {

using Descriptor = asio::posix::basic_stream_descriptor<IoExecutor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;
using Code = boost::system::error_code;

/// How long the pipes of an ended child are waited for: its group is dead, so they are at their end
/// unless something fled into a group of its own.
constexpr auto drain_time = std::chrono::milliseconds{500};

/// How often a child is looked at even when nothing reports its end.
constexpr auto look_interval = std::chrono::seconds{1};

bool is_spurious(const Code& code) {
  return code == asio::error::would_block || code == asio::error::try_again ||
         code == asio::error::interrupted;
}

/// A child between start and end. Its handlers keep it alive; `settled` wakes who waits for it.
class Running : public std::enable_shared_from_this<Running> {
public:
  Running(const IoExecutor& executor, const ChildLimits& limits)
      : limits_(limits), exit_(executor), output_(executor), errors_(executor), settled_(executor) {
  }

  /// Only a context that is destroyed under a child gets here with one: nobody will ever be told of
  /// its end, so it is waited for here. After SIGKILL that is a matter of microseconds.
  ~Running() {
    kill();
    siginfo_t info{};
    while (pid_ > 0 && ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 &&
           errno == EINTR) {
    }
  }

  /// Takes the child and its descriptors over, whatever comes of it, and begins to wait for them.
  bool start(const SpawnedChild& child) {
    pid_ = child.pid;
    const std::pair<Descriptor*, int> ours[] = {
      {&exit_, child.pidfd}, {&output_, child.output}, {&errors_, child.errors}};
    bool ok = true;
    for (auto [descriptor, fd] : ours) {
      Code code;
      descriptor->assign(fd, code);
      if (code)
        ::close(fd);
      ok = ok && !code;
    }
    if (!ok)
      return false;
    await_end();
    read(output_, output_buffer_, &Running::got_output);
    read(errors_, errors_buffer_, &Running::got_errors);
    return true;
  }

  /// Reaps the child if it has ended; true when it is gone.
  bool look() {
    if (reaped())
      return true;
    siginfo_t info{};
    auto pidfd = static_cast<id_t>(exit_.native_handle());
    auto look = [&](int how) {
      return ::waitid(static_cast<idtype_t>(P_PIDFD), pidfd, &info, WEXITED | WNOHANG | how);
    };
    // Asio makes the pidfd non-blocking, so that EAGAIN may also mean a living child.
    auto seen = look(WNOWAIT);
    if (seen == 0 ? info.si_pid == 0 : errno == EAGAIN || errno == EINTR)
      return false;
    if (seen == 0) {
      // While the leader is a zombie its number is its own: only now is the group still surely
      // ours.
      kill();
      seen = look(0);
    }
    bool left = seen == 0 && info.si_code == CLD_EXITED;
    outcome_.status = left ? info.si_status : -1;
    outcome_.signal = left || seen != 0 ? 0 : info.si_status;
    pid_ = -1;
    if (outcome_.signal == SIGXCPU)
      outcome_.ended_by = ChildLimit::cpu;
    settled_.cancel();
    return true;
  }

  /// Ends the whole group, now; without effect once the child is reaped.
  void kill() {
    if (pid_ > 0)
      ::kill(-pid_, SIGKILL);
  }
  void close_pipes() {
    Code ignored;
    output_.close(ignored);
    errors_.close(ignored);
  }

  bool reaped() const { return pid_ < 0; }
  bool done() const { return reaped() && open_pipes_ == 0; }
  Timer& settled() { return settled_; }
  ChildOutcome& outcome() { return outcome_; }

private:
  using Buffer = std::array<char, 16384>;

  /// Readiness of the pidfd is a hint only: Asio hands the state of a closed descriptor to the next
  /// one, together with readiness that is already queued for it.
  void await_end() {
    exit_.async_wait(Descriptor::wait_read, [self = shared_from_this()](Code code) {
      // After an error nothing would be waited for: `look_interval` finds the end then.
      if (!self->look() && (!code || is_spurious(code)))
        self->await_end();
    });
  }
  void read(Descriptor& from, Buffer& buffer, void (Running::*got)(Code, std::size_t)) {
    from.async_read_some(asio::buffer(buffer),
                         [self = shared_from_this(), got](Code code, std::size_t n) {
                           ((*self).*got)(is_spurious(code) ? Code{} : code, n);
                         });
  }
  void got_output(Code code, std::size_t n) {
    auto room = limits_.output - outcome_.output.size();
    outcome_.output.append(output_buffer_.data(), std::min<std::uint64_t>(n, room));
    if (n > room && outcome_.ended_by == ChildLimit::none) {
      outcome_.ended_by = ChildLimit::output;
      kill();
    }
    // What comes after the limit is read and dropped, so that the pipe reaches its end.
    code ? pipe_closed() : read(output_, output_buffer_, &Running::got_output);
  }
  void got_errors(Code code, std::size_t n) {
    auto room = limits_.errors - outcome_.errors.size();
    outcome_.errors.append(errors_buffer_.data(), std::min<std::uint64_t>(n, room));
    code ? pipe_closed() : read(errors_, errors_buffer_, &Running::got_errors);
  }
  void pipe_closed() {
    --open_pipes_;
    if (done())
      settled_.cancel();
  }

  ChildLimits limits_;
  pid_t pid_ = -1;  ///< the leader of its group; -1 before the start and once it is reaped
  Descriptor exit_, output_, errors_;
  Timer settled_;
  Buffer output_buffer_{}, errors_buffer_{};
  ChildOutcome outcome_;
  int open_pipes_ = 2;
};

/// Ends the child when the coroutine goes away without having seen its end. A context that goes on
/// reaps it by its handlers, one that is destroyed by ~Running.
struct Leash {
  std::shared_ptr<Running> running;
  explicit Leash(std::shared_ptr<Running> child) : running(std::move(child)) {}
  Leash(const Leash&) = delete;
  Leash& operator=(const Leash&) = delete;
  ~Leash() {
    running->kill();
    running->close_pipes();
  }
};

}  // namespace

task<Result<ChildOutcome>> run_child(ChildSpec spec) {
  CarriesCause carries;
  auto executor = co_await asio::this_coro::executor;
  // A cancelled caller must not leave a child behind: the cancellation is seen as a wait that ends
  // early, and the rest of this function runs all the same.
  co_await asio::this_coro::throw_if_cancelled(false);
  auto running = std::make_shared<Running>(executor, spec.limits);
  auto spawned = spawn_child(spec);
  if (!spawned)
    co_return fail(std::move(spawned.error()));
  if (!running->start(*spawned))
    co_return fail(Errc::unavailable, "no process could be started: its end cannot be watched");
  Leash leash{running};

  auto& settled = running->settled();
  const auto until = Timer::clock_type::now() + spec.limits.wall;
  bool cancelled = false;
  while (!running->reaped()) {
    settled.expires_at(std::min(until, Timer::clock_type::now() + look_interval));
    co_await settled.async_wait(asio::as_tuple(use_task));
    if (running->look())
      break;
    cancelled =
      (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
    if (!cancelled && Timer::clock_type::now() < until)
      continue;
    if (!cancelled && running->outcome().ended_by == ChildLimit::none)
      running->outcome().ended_by = ChildLimit::wall;
    running->kill();
    break;
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  while (!running->look()) {
    settled.expires_after(look_interval);
    co_await settled.async_wait(asio::as_tuple(use_task));
  }
  if (!running->done()) {
    settled.expires_after(drain_time);
    co_await settled.async_wait(asio::as_tuple(use_task));
    running->close_pipes();
  }
  if (cancelled)
    co_return fail(Errc::cancelled, "stopped on request");
  co_return std::move(running->outcome());
}

std::string executable_directory() {
  std::string path(4096, '\0');
  auto n = ::readlink("/proc/self/exe", path.data(), path.size());
  path.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace jobraker
