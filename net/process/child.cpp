#include "net/process/child.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>

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

/// A child between start and end. Its handlers keep it alive; `settled` wakes who waits for it.
class Running : public std::enable_shared_from_this<Running> {
public:
  Running(const IoExecutor& executor, const SpawnedChild& child, const ChildLimits& limits)
      : limits_(limits), pid_(child.pid), exit_(executor, child.pidfd),
        output_(executor, child.output), errors_(executor, child.errors), settled_(executor) {}

  ~Running() { kill(); }

  void start() {
    exit_.async_wait(Descriptor::wait_read, [self = shared_from_this()](Code) { self->ended(); });
    read(output_, output_buffer_, &Running::got_output);
    read(errors_, errors_buffer_, &Running::got_errors);
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

  void read(Descriptor& from, Buffer& buffer, void (Running::*got)(Code, std::size_t)) {
    from.async_read_some(
      asio::buffer(buffer),
      [self = shared_from_this(), got](Code code, std::size_t n) { ((*self).*got)(code, n); });
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
  void ended() {
    // While the leader is a zombie its number is its own: only now is the group still surely ours.
    kill();
    siginfo_t info{};
    if (::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(exit_.native_handle()), &info,
                 WEXITED) == 0) {
      bool left = info.si_code == CLD_EXITED;
      outcome_.status = left ? info.si_status : -1;
      outcome_.signal = left ? 0 : info.si_status;
    } else {
      outcome_.status = -1;
    }
    pid_ = -1;
    if (outcome_.signal == SIGXCPU)
      outcome_.ended_by = ChildLimit::cpu;
    settled_.cancel();
  }

  ChildLimits limits_;
  pid_t pid_;
  Descriptor exit_, output_, errors_;
  Timer settled_;
  Buffer output_buffer_{}, errors_buffer_{};
  ChildOutcome outcome_;
  int open_pipes_ = 2;
};

}  // namespace

task<Result<ChildOutcome>> run_child(ChildSpec spec) {
  auto executor = co_await asio::this_coro::executor;
  // A cancelled caller must not leave a child behind: the cancellation is seen as a wait that ends
  // early, and the rest of this function runs all the same.
  co_await asio::this_coro::throw_if_cancelled(false);
  auto spawned = spawn_child(spec);
  if (!spawned)
    co_return fail(std::move(spawned.error()));
  auto running = std::make_shared<Running>(executor, *spawned, spec.limits);
  running->start();

  auto& settled = running->settled();
  settled.expires_after(spec.limits.wall);
  auto [first] = co_await settled.async_wait(asio::as_tuple(use_task));
  bool cancelled = first && !running->reaped();
  if (!running->reaped()) {
    if (!cancelled)
      running->outcome().ended_by = ChildLimit::wall;
    running->kill();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  while (!running->reaped()) {
    settled.expires_after(std::chrono::seconds{1});
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
