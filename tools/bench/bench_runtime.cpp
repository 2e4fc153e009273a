// The actor runtime: what a question from a coroutine to an actor costs, on both schedulers, and
// what the counters of every actor cost a message.

#include <atomic>
#include <future>
#include <memory>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/system/actor_system.hpp"
#include "actors/system/observed.hpp"
#include "net/ask.hpp"

namespace jobraker {
namespace {

struct Say {
  static constexpr auto type_name = "Say";
  std::int64_t value = 0;
  static constexpr auto fields() { return std::tuple{}; }
};

using Echo = caf::typed_actor<caf::replies_to<Context, Say>::with<Say>>;

struct EchoState {
  static inline const char* name = "echo";
};

Echo::behavior_type echo(Shell<EchoState, Echo>*) {
  return {[](const Context&, const Say& m) -> caf::result<Say> { return m; }};
}

/// An actor system on `threads` I/O threads with a reply port on each.
struct World {
  World(ActorSystem::Scheduler scheduler, std::size_t threads)
      : io(threads), ports(threads), system(io, scheduler, [this](std::size_t i) {
          ports[i] = std::make_unique<net::ReplyPort>(system.caf(), io.context(i));
          net::ReplyPort::bind(ports[i].get());
        }) {}

  ~World() {
    for (std::size_t i = 0; i < io.size(); ++i) {
      std::promise<void> done;
      asio::post(io.context(i), [&] {
        ports[i]->close();
        done.set_value();
      });
      done.get_future().wait();
    }
    ports.clear();
  }

  IoThreads io;
  std::vector<std::unique_ptr<net::ReplyPort>> ports;
  ActorSystem system;
};

/// `count` questions, one after the other, from one coroutine; `chains` coroutines at the same
/// time.
void ask_and_answer(benchmark::State& state, ActorSystem::Scheduler scheduler) {
  auto chains = static_cast<int>(state.range(0));
  World world{scheduler, 1};
  auto actor = world.system.spawn("/bench/echo", "echo", echo);
  constexpr int count = 2000;
  for (auto _ : state) {
    std::atomic<int> left{chains};
    std::promise<void> done;
    for (int chain = 0; chain < chains; ++chain)
      asio::co_spawn(
        world.io.context(0),
        [&]() -> task<void> {
          auto context = Context::system(std::chrono::hours{1});
          for (int i = 0; i < count; ++i) {
            auto answer = co_await net::ask_once(actor, context, Say{i});
            benchmark::DoNotOptimize(answer);
          }
          if (--left == 0)
            done.set_value();
        },
        asio::detached);
    done.get_future().wait();
  }
  state.SetItemsProcessed(state.iterations() * count * chains);
}

void BM_ask_io(benchmark::State& state) { ask_and_answer(state, ActorSystem::Scheduler::io); }
void BM_ask_caf(benchmark::State& state) { ask_and_answer(state, ActorSystem::Scheduler::caf); }
BENCHMARK(BM_ask_io)->Arg(1)->Arg(64)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(BM_ask_caf)->Arg(1)->Arg(64)->UseRealTime()->MeasureProcessCPUTime();

using Sink = caf::typed_actor<caf::reacts_to<Say>>;

/// Counts down to its last message, then says so.
struct Counter {
  static inline const char* name = "counter";
  std::int64_t left = 0;
  std::promise<void>* done = nullptr;
};

template <class Self>
Sink::behavior_type sink(Self* self, std::int64_t left, std::promise<void>* done) {
  self->state.left = left;
  self->state.done = done;
  return {[self](const Say&) {
    if (--self->state.left == 0)
      self->state.done->set_value();
  }};
}

/// The same actor with and without `Observed`: the difference is the price of its counters.
template <class Self>
void messages(benchmark::State& state) {
  World world{ActorSystem::Scheduler::io, 1};
  constexpr std::int64_t count = 200'000;
  for (auto _ : state) {
    std::promise<void> done;
    auto actor = world.system.spawn("/bench/sink", "sink", sink<Self>, count, &done);
    // Sent from the I/O thread, so that neither the queue's lock nor a wake-up is measured.
    asio::post(world.io.context(0), [&] {
      for (std::int64_t i = 0; i < count; ++i)
        caf::anon_send(actor, Say{i});
    });
    done.get_future().wait();
  }
  state.SetItemsProcessed(state.iterations() * count);
}

void BM_message_plain(benchmark::State& state) {
  messages<caf::stateful_actor<Counter, Sink::base>>(state);
}
void BM_message_observed(benchmark::State& state) { messages<Shell<Counter, Sink>>(state); }
BENCHMARK(BM_message_plain)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(BM_message_observed)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace jobraker

BENCHMARK_MAIN();
