// Measures the chat from outside and the gateway from inside; tools/bench/chat.sh starts what is
// needed.

#include <cstdio>
#include <cstdlib>
#include <numeric>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "tools/bench/chat/load.hpp"

namespace {

using namespace jobraker;
using namespace jobraker::bench;

struct Options {
  Place server{};
  Place sandbox{};
  Place tap{};
  int server_pid = 0;
  Load load{};
  int ramp_ms = 20;
  bool direct = false;
  std::size_t sessions = 10000;
  std::size_t people = 100;
  std::size_t calls = 10000;
  std::size_t at_once = 32;
  std::string database_url{};
};

void print(const char* name, const Spread& spread) {
  std::printf("  %-34s %s\n", name, spread.text().c_str());
}

/// What the server added to one answer: before the call, and to each piece of text.
struct Added {
  Spread before{};   ///< question to request
  Spread first{};    ///< `before` and what the first text needed from tap to client
  Spread relayed{};  ///< text from tap to client, all but the first
  Spread between{};  ///< by how much the time between two texts changed, either way
  Spread whole{};    ///< question to first text
  Spread model{};    ///< request to first text, at the tap
  std::size_t unseen = 0;
};

void add(Added& added, const Answer& answer) {
  if (answer.upstream.empty() || answer.shown.empty()) {
    ++added.unseen;
    return;
  }
  added.before.add(answer.called - answer.asked);
  added.whole.add(answer.shown.front().at - answer.asked);
  added.model.add(answer.upstream.front().at - answer.called);
  auto shown = answer.shown.begin();
  Clock::duration last{};
  bool first = true;
  for (const auto& mark : answer.upstream) {
    while (shown != answer.shown.end() && shown->end < mark.end)
      ++shown;
    if (shown == answer.shown.end()) {
      ++added.unseen;
      return;
    }
    auto delay = shown->at - mark.at;
    if (first) {
      added.first.add(answer.called - answer.asked + delay);
    } else {
      added.relayed.add(delay);
      added.between.add(delay > last ? delay - last : last - delay);
    }
    last = delay;
    first = false;
  }
}

/// The first trouble there was, if any.
Done check(const Outcome& outcome) {
  std::size_t troubled = 0;
  std::string example;
  for (const auto& answer : outcome.answers)
    if (!answer.trouble.empty() && ++troubled == 1)
      example = answer.trouble;
  if (troubled > 0)
    return fail(Errc::upstream_failed, std::to_string(troubled) + " answers failed: " + example);
  return {};
}

void print_server(const Outcome& outcome, std::size_t count) {
  Added added;
  Spread later;  // `first` of the questions in a conversation that was there
  std::size_t frames = 0;
  std::size_t texts = 0;
  for (std::size_t i = 0; i < outcome.answers.size(); ++i) {
    const auto& answer = outcome.answers[i];
    add(added, answer);
    if (i >= count && !answer.upstream.empty() && !answer.shown.empty())
      later.add(answer.called - answer.asked +
                (answer.shown.front().at - answer.upstream.front().at));
    frames += answer.frames;
    texts += answer.upstream.size();
  }
  print("added to the first text", added.first);
  if (later.count() > 0)
    print("  in conversations that were there", later);
  print("  of it, before the call", added.before);
  print("added to every other text", added.relayed);
  print("change of the time between two", added.between);
  print("question to first text", added.whole);
  print("  of it, the model", added.model);
  auto rate = [&](std::size_t n) { return static_cast<double>(n) / outcome.cpu; };
  std::printf(
    "  %zu frames, %zu texts in %.2f s; processor time of the server %.2f s: %.0f frames/s/core, "
    "%.0f texts/s/core\n",
    frames, texts, outcome.seconds, outcome.cpu, rate(frames), rate(texts));
  if (added.unseen > 0)
    std::printf("  %zu answers had text that never reached the client\n", added.unseen);
}

void print_direct(const Outcome& outcome) {
  Spread first;
  Spread between;
  for (const auto& answer : outcome.answers) {
    for (std::size_t i = 1; i < answer.upstream.size(); ++i)
      between.add(answer.upstream[i].at - answer.upstream[i - 1].at);
    if (!answer.upstream.empty())
      first.add(answer.upstream.front().at - answer.asked);
  }
  print("directly: question to first text", first);
  print("directly: between two texts", between);
}

Spread gaps(const Outcome& outcome) {
  Spread between;
  for (const auto& answer : outcome.answers)
    for (std::size_t i = 1; i < answer.shown.size(); ++i)
      between.add(answer.shown[i].at - answer.shown[i - 1].at);
  return between;
}

task<Done> answers(IoContext& io, const Options& options) {
  Tap tap{io, options.tap, options.sandbox};
  if (auto open = tap.listen(); !open)
    co_return open;
  auto load = options.load;
  load.ramp = std::chrono::milliseconds{options.ramp_ms};
  std::printf("%zu answers at a time, %zu words, %zu rounds, one every %d ms\n", load.count,
              load.words, load.rounds, options.ramp_ms);
  auto outcome = co_await ask_server(io, options.server, options.server_pid, tap, load);
  if (!outcome)
    co_return fail(std::move(outcome.error()));
  if (auto good = check(*outcome); !good)
    co_return good;
  print_server(*outcome, load.count);
  print("between two texts", gaps(*outcome));
  if (options.direct) {
    auto same = co_await ask_directly(io, options.sandbox, tap.last_request(), load);
    if (!same)
      co_return fail(std::move(same.error()));
    if (auto good = check(*same); !good)
      co_return good;
    print_direct(*same);
  }
  co_return Done{};
}

/// Runs one measurement to its end.
int run(const std::function<task<Done>(IoContext&)>& job) {
  IoContext io{1};
  Done outcome = fail(Errc::internal, "not done");
  asio::co_spawn(
    io,
    [&]() -> task<void> {
      outcome = co_await job(io);
      io.stop();
    },
    asio::detached);
  io.run();
  std::fflush(stdout);
  if (!outcome)
    std::fprintf(stderr, "bench: %s\n", outcome.error().detail.c_str());
  return outcome ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Measures the chat and the gateway; tools/bench/chat.sh starts what it needs."};
  app.require_subcommand(1);
  auto* answer = app.add_subcommand("answers", "many answers at a time, through the server");
  auto* idle = app.add_subcommand("idle", "memory of sessions that do nothing");
  auto* calls = app.add_subcommand("gateway", "processor time of a call, in this process");
  for (auto* command : {answer, idle}) {
    command->add_option("--server", options.server.port, "its port")->required();
    command->add_option("--server-pid", options.server_pid, "its process")->required();
  }
  for (auto* command : {answer, calls})
    command->add_option("--sandbox", options.sandbox.port, "its port")->required();
  answer->add_option("--tap", options.tap.port, "port where the server finds its model")
    ->required();
  answer->add_option("--count", options.load.count, "answers at a time");
  answer->add_option("--words", options.load.words, "of one answer");
  answer->add_option("--rounds", options.load.rounds, "one after the other");
  answer->add_option("--ramp-ms", options.ramp_ms, "between two beginnings");
  answer->add_flag("--direct", options.direct, "the same without the server, too");
  idle->add_option("--sessions", options.sessions);
  idle->add_option("--people", options.people);
  calls->add_option("--database-url", options.database_url)->required();
  calls->add_option("--calls", options.calls);
  calls->add_option("--at-once", options.at_once);
  CLI11_PARSE(app, argc, argv);
  if (calls->parsed()) {
    auto done =
      gateway_calls(options.database_url, options.sandbox, options.calls, options.at_once);
    if (!done)
      std::fprintf(stderr, "bench: %s\n", done.error().detail.c_str());
    return done ? 0 : 1;
  }
  return run([&](IoContext& io) {
    return idle->parsed() ? idle_sessions(io, options.server, options.server_pid, options.sessions,
                                          options.people)
                          : answers(io, options);
  });
}
