#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include "messages/json.hpp"
#include "tools/bench/chat/load.hpp"

namespace jobraker::bench {
namespace {

using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, IoExecutor>;

/// Reads frames up to the end of one answer.
task<Done> follow(Socket& socket, Answer& answer, std::string& conversation) {
  std::size_t text = 0;
  while (true) {
    auto message = co_await socket.receive();
    if (!message)
      co_return fail(std::move(message.error()));
    ++answer.frames;
    auto document = json::Document::parse(*message);
    if (!document)
      co_return fail(std::move(document.error()));
    auto frame = document->root();
    auto type = frame["type"].string().value_or("");
    if (type == "accepted") {
      conversation = frame["conversation_id"].string_or("");
    } else if (type == "token") {
      text += frame["text"].string().value_or("").size();
      answer.shown.push_back({text, socket.read_at()});
    } else if (type == "usage") {
      co_return Done{};
    } else if (type == "error" || type == "interrupted" || type == "restart") {
      co_return fail(Errc::upstream_failed, std::string{*message});
    }
  }
}

/// One person: asks at the given time in the conversation (a new one if it has no id yet), and
/// reads the answer.
task<void> converse(IoContext& io, Socket& socket, std::string& conversation, Answer& answer,
                    std::size_t number, std::size_t words, Clock::time_point when,
                    std::size_t& left) {
  Timer timer{io};
  timer.expires_at(when);
  co_await timer.async_wait(use_task);
  auto frame = R"({"type":"send","client_msg_id":"q)" + std::to_string(number) +
               R"(","content":")" + question(number, words) + '"';
  if (!conversation.empty())
    frame += R"(,"conversation_id":")" + conversation + '"';
  frame += '}';
  answer.asked = Clock::now();
  auto done = co_await socket.send(std::move(frame));
  if (done)
    done = co_await follow(socket, answer, conversation);
  if (!done)
    answer.trouble = done.error().detail;
  --left;
}

task<void> open_all(IoContext& io, Place server, const std::vector<std::string>& tokens,
                    std::deque<Socket>& sockets, Done& outcome) {
  for (const auto& token : tokens) {
    auto stream = co_await dial(io, server);
    if (!stream) {
      outcome = fail(std::move(stream.error()));
      co_return;
    }
    sockets.emplace_back(std::move(*stream));
    if (auto begun = co_await sockets.back().begin(token); !begun) {
      outcome = fail(std::move(begun.error()));
      co_return;
    }
  }
}

}  // namespace

task<Result<Outcome>> ask_server(IoContext& io, Place server, int server_pid, Tap& tap, Load load) {
  auto tokens = co_await register_people(io, server, load.count);
  if (!tokens)
    co_return fail(std::move(tokens.error()));
  std::deque<Socket> sockets;
  std::vector<std::string> conversations(load.count);
  Done opened;
  co_await open_all(io, server, *tokens, sockets, opened);
  if (!opened)
    co_return fail(std::move(opened.error()));
  Outcome outcome;
  outcome.answers.resize(load.count * load.rounds);
  tap.watch(&outcome.answers);
  Timer timer{io};
  auto cpu = cpu_seconds(server_pid);
  auto begin = Clock::now();
  for (std::size_t round = 0; round < load.rounds; ++round) {
    std::size_t left = load.count;
    auto start = Clock::now() + std::chrono::milliseconds{5};
    for (std::size_t i = 0; i < load.count; ++i) {
      auto number = round * load.count + i;
      asio::co_spawn(io,
                     converse(io, sockets[i], conversations[i], outcome.answers[number], number,
                              load.words, start + load.ramp * static_cast<int>(i), left),
                     asio::detached);
    }
    while (left > 0) {
      timer.expires_after(std::chrono::milliseconds{10});
      co_await timer.async_wait(use_task);
    }
  }
  outcome.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  outcome.cpu = cpu_seconds(server_pid) - cpu;
  tap.watch(nullptr);
  for (auto& socket : sockets)
    socket.close();
  // What follows an answer (its passages for later, its log) is not the next load's.
  timer.expires_after(std::chrono::milliseconds{500});
  co_await timer.async_wait(use_task);
  co_return outcome;
}

}  // namespace jobraker::bench
