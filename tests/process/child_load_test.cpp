#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>

#include "make_document.hpp"
#include "net/process/child.hpp"

namespace jobraker {
namespace {

using Descriptor = asio::posix::basic_stream_descriptor<IoExecutor>;
using Code = boost::system::error_code;

/// How many descriptors this process has open.
std::ptrdiff_t open_descriptors() {
  std::filesystem::directory_iterator all{"/proc/self/fd"};
  return std::distance(begin(all), end(all));
}

/// True when this process has no child, neither living nor dead and unreaped.
bool has_no_child() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD;
}

/// A pipe whose read end Asio watches.
struct WatchedPipe {
  Descriptor read_end;
  int write_end = -1;

  explicit WatchedPipe(IoContext& context) : read_end(context) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) == 0) {
      read_end.assign(ends[0]);
      write_end = ends[1];
    }
  }
  WatchedPipe(WatchedPipe&& other) noexcept
      : read_end(std::move(other.read_end)), write_end(std::exchange(other.write_end, -1)) {}
  ~WatchedPipe() {
    if (write_end >= 0)
      ::close(write_end);
  }
  void fill() const { EXPECT_EQ(::write(write_end, "x", 1), 1); }
};

/// Asio hands the state of a closed descriptor to the next one, with readiness that is already
/// queued for it. Here that next one is the pidfd of a child which has not ended.
task<Result<ChildOutcome>> child_in_the_place_of(std::vector<WatchedPipe>& ready) {
  auto executor = co_await asio::this_coro::executor;
  for (std::size_t i = 1; i < ready.size(); ++i)
    ready[i].read_end.async_wait(Descriptor::wait_read, [](Code) {});
  asio::post(executor, [&] {
    for (const auto& pipe : ready)
      pipe.fill();
  });
  co_await ready[0].read_end.async_wait(Descriptor::wait_read, use_task);
  for (std::size_t i = 1; i < ready.size(); ++i)
    ready[i].read_end.close();
  co_return co_await run_child(ChildSpec{{"/bin/sh", "-c", "sleep 0.2; cat; exit 3"}, "alive", {}});
}

TEST(ChildLoad, ReadinessOfAFormerDescriptorDoesNotEndAChild) {
  IoContext context;
  std::vector<WatchedPipe> ready;
  for (int i = 0; i < 16; ++i)
    ready.emplace_back(context);
  auto outcome = asio::co_spawn(context, child_in_the_place_of(ready), asio::use_future);
  context.run();
  auto done = outcome.get();
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(done->signal, 0);
  EXPECT_EQ(done->status, 3);
  EXPECT_EQ(done->output, "alive");
  EXPECT_TRUE(has_no_child());
}

/// Opens, waits for and closes pipes and sockets for as long as `left` children run.
task<void> churn(IoContext& context, const int& left) {
  using Tcp = asio::ip::tcp;
  using Acceptor = asio::basic_socket_acceptor<Tcp, IoExecutor>;
  using Socket = asio::basic_stream_socket<Tcp, IoExecutor>;
  Acceptor acceptor{context, Tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  while (left > 0) {
    std::vector<WatchedPipe> pipes;
    for (int i = 0; i < 24; ++i)
      pipes.emplace_back(context);
    for (std::size_t i = 1; i < pipes.size(); ++i)
      pipes[i].read_end.async_wait(Descriptor::wait_read, [](Code) {});
    for (const auto& pipe : pipes)
      pipe.fill();
    co_await pipes[0].read_end.async_wait(Descriptor::wait_read, use_task);
    pipes.clear();
    Code refused;
    Socket peer{context};
    co_await peer.async_connect(acceptor.local_endpoint(), asio::redirect_error(use_task, refused));
    Socket mine{context};
    co_await acceptor.async_accept(mine, asio::redirect_error(use_task, refused));
  }
}

TEST(ChildLoad, HundredsOfChildrenAmongBusyDescriptorsAllEndWell) {
  constexpr int rounds = 8, children = 100;
  const auto before = open_descriptors();
  int well = 0;
  for (int round = 0; round < rounds; ++round) {
    IoContext context;
    int left = children;
    for (int i = 0; i < children; ++i) {
      auto input = "document " + std::to_string(round * children + i);
      auto ended = [&, i, input](std::exception_ptr error, Result<ChildOutcome> outcome) {
        --left;
        ASSERT_FALSE(error);
        ASSERT_TRUE(outcome) << outcome.error().detail;
        EXPECT_EQ(outcome->status, 0);
        EXPECT_EQ(outcome->signal, 0);
        EXPECT_EQ(outcome->ended_by, ChildLimit::none);
        EXPECT_EQ(outcome->output, i % 4 == 0 ? "" : input);
        well += outcome->status == 0 ? 1 : 0;
      };
      auto program = i % 4 == 0 ? "/bin/true" : "/bin/cat";
      asio::co_spawn(context, run_child(ChildSpec{{program}, input, {}}), ended);
      if (i % 25 == 0)
        asio::co_spawn(context, churn(context, left), asio::detached);
    }
    context.run();
    EXPECT_EQ(left, 0);
    EXPECT_TRUE(has_no_child());
  }
  EXPECT_EQ(well, rounds * children);
  EXPECT_EQ(open_descriptors(), before);
}

TEST(ChildLoad, AContextThatGoesAwayLeavesNoChildAndNoDescriptor) {
  const auto before = open_descriptors();
  {
    IoContext context;
    for (int i = 0; i < 10; ++i)
      asio::co_spawn(context, run_child(ChildSpec{{"/bin/sleep", "1000"}, "", {}}), asio::detached);
    // The children are started and waited for, then the context is destroyed under them.
    context.poll();
    EXPECT_FALSE(has_no_child());
  }
  EXPECT_TRUE(has_no_child());
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace jobraker
