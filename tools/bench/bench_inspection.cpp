// What it costs to look at 100,000 actors, and what each of them weighs.

#include <ctime>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <caf/send.hpp>
#include <malloc.h>
#include <spdlog/spdlog.h>

#include "actors/inspection/desk.hpp"
#include "actors/inspection/inspection.hpp"
#include "actors/system/actor_system.hpp"
#include "actors/system/observed.hpp"
#include "messages/codec.hpp"

namespace jobraker {
namespace {

constexpr std::size_t many = 100'000;

struct Said {
  static constexpr auto type_name = "Said";
  std::promise<void>* done = nullptr;
  static constexpr auto fields() { return std::tuple{}; }
};
using Idler = caf::typed_actor<caf::reacts_to<Said>>;

struct IdlerState {
  static inline const char* name = "idler";
};

template <class Self>
Idler::behavior_type idler(Self*) {
  return {[](const Said& m) {
    if (m.done)
      m.done->set_value();
  }};
}

/// Idle actors at `/sessions/<uuid>`, all of which have begun.
template <class Self>
struct Crowd {
  explicit Crowd(std::size_t count) : system(io, ActorSystem::Scheduler::io) {
    const auto before = mallinfo2();
    actors.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      actors.push_back(system.spawn("/sessions/" + to_string(new_uuid()), "session", idler<Self>));
    for (std::size_t i = 0; i < count; i += 97)
      caf::anon_send(actors[i], Said{});
    std::promise<void> done;
    caf::anon_send(actors.back(), Said{&done});
    done.get_future().wait();
    const auto after = mallinfo2();
    bytes = static_cast<double>(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd);
  }
  ~Crowd() { actors.clear(); }

  IoThreads io{1};
  ActorSystem system;
  std::vector<Idler> actors;
  double bytes = 0;
};

using Observer = Shell<IdlerState, Idler>;
using Plain = caf::stateful_actor<IdlerState, Idler::base>;

template <class Self>
void weight(benchmark::State& state) {
  for (auto _ : state) {
    Crowd<Self> crowd{many};
    state.counters["bytes_per_actor"] =
      (crowd.bytes - static_cast<double>(many * sizeof(Idler))) / static_cast<double>(many);
  }
}
void BM_actor_plain(benchmark::State& state) { weight<Plain>(state); }
void BM_actor_observed(benchmark::State& state) { weight<Observer>(state); }
BENCHMARK(BM_actor_plain)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_actor_observed)->Iterations(1)->Unit(benchmark::kMillisecond);

/// The crowd is the same for all that follows.
Crowd<Observer>& crowd() {
  static auto* one = new Crowd<Observer>{many};
  return *one;
}

/// The other end of a console.
struct Nobody final : ClientLink {
  void send(std::shared_ptr<const std::string> frame, std::string_view, std::string_view) override {
    bytes += frame->size();
  }
  std::size_t queued() const noexcept override { return 0; }
  void close(std::uint16_t, std::string_view) override {}
  std::size_t bytes = 0;
};

void BM_list_top100(benchmark::State& state) {
  inspection::Scanner scanner{crowd().system.registry()};
  GetActors query;
  query.sort = static_cast<ActorSort>(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(json::encode(*inspection::list_actors(scanner, query)));
  state.SetLabel(std::string{name_of(query.sort)});
}
BENCHMARK(BM_list_top100)
  ->Arg(static_cast<int>(ActorSort::mailbox))
  ->Arg(static_cast<int>(ActorSort::rate))
  ->Arg(static_cast<int>(ActorSort::path))
  ->Unit(benchmark::kMillisecond);

void BM_tree_of_two_levels(benchmark::State& state) {
  inspection::Scanner scanner{crowd().system.registry()};
  for (auto _ : state)
    benchmark::DoNotOptimize(inspection::actor_tree(scanner, {}));
}
void BM_tree_of_100000_leaves(benchmark::State& state) {
  inspection::Scanner scanner{crowd().system.registry()};
  GetActorTree query;
  query.path = "/sessions";
  for (auto _ : state)
    benchmark::DoNotOptimize(inspection::actor_tree(scanner, query));
}
BENCHMARK(BM_tree_of_two_levels)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_tree_of_100000_leaves)->Unit(benchmark::kMillisecond);

/// Once a second, whoever looks: thousandths of a millisecond are parts in a million of a core.
void BM_alarms_each_second(benchmark::State& state) {
  inspection::Scanner scanner{crowd().system.registry()};
  inspection::Lookout lookout{crowd().system.registry(), scanner};
  for (auto _ : state)
    lookout.check_alarms();
}
BENCHMARK(BM_alarms_each_second)->Unit(benchmark::kMillisecond);

/// All processor time of the process while it does nothing but watch, as a share of a core.
double share_of_a_core(std::chrono::seconds wall) {
  const auto before = std::clock();
  std::this_thread::sleep_for(wall);
  return static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC /
         static_cast<double>(wall.count());
}

void watched(benchmark::State& state, bool console) {
  inspection::Inspection inspection{crowd().system.registry()};
  if (console) {
    auto id = inspection.lookout.open(std::make_shared<Nobody>(),
                                      inspection::Lookout::Clock::time_point::max());
    WatchActors wish;
    wish.query.sort = ActorSort::rate;
    (void)inspection.lookout.watch(*id, wish);
  }
  for (auto _ : state)
    state.counters["share_of_a_core"] = share_of_a_core(std::chrono::seconds{10});
}
void BM_console_closed(benchmark::State& state) { watched(state, false); }
void BM_console_open(benchmark::State& state) { watched(state, true); }
BENCHMARK(BM_console_closed)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_console_open)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace jobraker

int main(int argc, char** argv) {
  mallopt(M_ARENA_MAX, 1);  // what other threads allocate counts, too
  spdlog::set_level(spdlog::level::err);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
