#include <cstdio>

#include <boost/asio/steady_timer.hpp>

#include "tools/bench/chat/load.hpp"

namespace jobraker::bench {
namespace {

using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, IoExecutor>;

task<Done> open(IoContext& io, Place server, std::size_t count,
                const std::vector<std::string>& tokens, std::deque<Socket>& sockets) {
  for (std::size_t i = 0; i < count; ++i) {
    // Some thousands from each source address, so that no range of ports runs out.
    auto from = "127.0.0." + std::to_string(1 + sockets.size() / 5000);
    auto stream = co_await dial(io, server, from);
    if (!stream)
      co_return fail(std::move(stream.error()));
    sockets.emplace_back(std::move(*stream));
    if (auto begun = co_await sockets.back().begin(tokens[sockets.size() % tokens.size()]); !begun)
      co_return begun;
  }
  co_return Done{};
}

}  // namespace

task<Done> idle_sessions(IoContext& io, Place server, int server_pid, std::size_t sessions,
                         std::size_t people) {
  auto tokens = co_await register_people(io, server, people);
  if (!tokens)
    co_return fail(std::move(tokens.error()));
  std::deque<Socket> sockets;
  Timer timer{io};
  auto settle = [&]() -> task<void> {
    timer.expires_after(std::chrono::seconds{2});
    co_await timer.async_wait(use_task);
  };
  // The first sessions bring what all share: the users' actors, buffers, the allocator's arenas.
  if (auto opened = co_await open(io, server, people, *tokens, sockets); !opened)
    co_return opened;
  co_await settle();
  auto before = memory_of(server_pid);
  auto cpu = cpu_seconds(server_pid);
  if (auto opened = co_await open(io, server, sessions, *tokens, sockets); !opened)
    co_return opened;
  cpu = cpu_seconds(server_pid) - cpu;
  co_await settle();
  auto after = memory_of(server_pid);
  auto each = [&](std::int64_t a, std::int64_t b) {
    return static_cast<double>(b - a) / static_cast<double>(sessions);
  };
  std::printf("idle sessions: %zu of %zu people; each %.0f bytes anonymous, %.0f resident; "
              "%.0f us of processor time to open one\n",
              sessions, people, each(before.anonymous, after.anonymous),
              each(before.resident, after.resident), cpu * 1e6 / static_cast<double>(sessions));
  for (auto& socket : sockets)
    socket.close();
  co_return Done{};
}

}  // namespace jobraker::bench
