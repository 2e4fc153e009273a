#include <array>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "tools/bench/chat/load.hpp"

namespace jobraker::bench {
namespace {

using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, IoExecutor>;

/// Sends one request and notes when its text comes, until the last event.
task<void> call(IoContext& io, Stream& stream, const std::string& request, Answer& answer,
                Clock::time_point when, std::size_t& left) {
  Timer timer{io};
  timer.expires_at(when);
  co_await timer.async_wait(use_task);
  answer.asked = answer.called = Clock::now();
  boost::system::error_code error;
  co_await asio::async_write(stream, asio::buffer(request), asio::redirect_error(use_task, error));
  std::array<char, 32768> bytes;
  std::string line;
  std::size_t text = 0;
  bool ended = false;
  while (!error && !ended) {
    auto count =
      co_await stream.async_read_some(asio::buffer(bytes), asio::redirect_error(use_task, error));
    auto at = Clock::now();
    for (std::size_t i = 0; i < count; ++i) {
      if (bytes[i] != '\n') {
        line += bytes[i];
        continue;
      }
      ended = ended || line.rfind("data: [DONE]", 0) == 0;
      if (auto piece = delta_of(line); !piece.empty()) {
        text += piece.size();
        answer.upstream.push_back({text, at});
      }
      line.clear();
    }
  }
  if (!ended)
    answer.trouble = "the stream ended early: " + error.message() + " " + line;
  --left;
}

}  // namespace

task<Result<Outcome>> ask_directly(IoContext& io, Place service, const std::string& request,
                                   Load load) {
  std::deque<Stream> streams;
  for (std::size_t i = 0; i < load.count; ++i) {
    auto stream = co_await dial(io, service);
    if (!stream)
      co_return fail(std::move(stream.error()));
    streams.push_back(std::move(*stream));
  }
  Outcome outcome;
  outcome.answers.resize(load.count * load.rounds);
  Timer timer{io};
  for (std::size_t round = 0; round < load.rounds; ++round) {
    if (round > 0)
      for (auto& stream : streams) {
        auto fresh = co_await dial(io, service);
        if (!fresh)
          co_return fail(std::move(fresh.error()));
        stream = std::move(*fresh);
      }
    std::size_t left = load.count;
    auto start = Clock::now() + std::chrono::milliseconds{5};
    for (std::size_t i = 0; i < load.count; ++i)
      asio::co_spawn(io,
                     call(io, streams[i], request, outcome.answers[round * load.count + i],
                          start + load.ramp * static_cast<int>(i), left),
                     asio::detached);
    while (left > 0) {
      timer.expires_after(std::chrono::milliseconds{10});
      co_await timer.async_wait(use_task);
    }
  }
  co_return outcome;
}

}  // namespace jobraker::bench
