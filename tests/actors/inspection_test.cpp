#include <array>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include "actors/system/observed.hpp"
#include "actors/system/pause.hpp"
#include "actors/system/supervised.hpp"
#include "actors/system/work_pool.hpp"
#include "net/ask.hpp"

namespace jobraker {
namespace {

struct Do {
  static constexpr auto type_name = "Do";
  std::string what;
  static constexpr auto fields() { return std::tuple{field("what", &Do::what)}; }
};
struct Did {
  static constexpr auto type_name = "Did";
  int count = 0;
  static constexpr auto fields() { return std::tuple{field("count", &Did::count)}; }
};
using Worker = caf::typed_actor<caf::replies_to<Context, Do>::with<Did>>;

struct WorkerState {
  static inline const char* name = "worker";
  int count = 0;
  std::string held;
  UserId person{};
  std::size_t bytes() const { return held.size(); }
  UserId owner() const { return person; }
  std::string summary() const { return "{\"count\":" + std::to_string(count) + "}"; }
};

const UserId ada = UserId::of("ada");

struct World;
Worker::behavior_type worker(Shell<WorkerState, Worker>* self, World* world);

/// Two threads with actors, a worker at `/worker` and one it asks at `/helper`.
struct World {
  explicit World(ActorSystem::Scheduler scheduler)
      : io(2), system(io, scheduler,
                      [this](std::size_t i) {
                        ports[i] = std::make_unique<net::ReplyPort>(system.caf(), io.context(i));
                        net::ReplyPort::bind(ports[i].get());
                      }),
        service(
          system.registry(), "/worker",
          [this](const std::string& path) { return system.spawn(path, "worker", worker, this); }),
        helper(system.spawn("/helper", "helper", worker, this)) {
    service.on_crash([this](std::chrono::milliseconds wait) { restarts.push_back(wait); });
  }

  template <class F>
  auto run(F f) {
    using T = typename std::invoke_result_t<F>::value_type;
    std::promise<T> done;
    auto result = done.get_future();
    asio::co_spawn(
      io.context(0), [&]() -> task<void> { done.set_value(co_await f()); },
      [](std::exception_ptr e) {
        if (e)
          std::rethrow_exception(e);
      });
    return result.get();
  }

  Result<Did> ask(std::string what, Context context = Context::system(std::chrono::seconds{20})) {
    return run([&]() -> task<Result<Did>> {
      co_return co_await net::ask([&] { return service.find(); }, context, Do{what});
    });
  }

  /// Looks until `good(figures of /worker)`; what is booked comes a moment after an answer.
  template <class F>
  ActorFigures figures(F good) {
    for (int i = 0; i < 2000; ++i) {
      auto now = system.registry().find("/worker");
      if (now && good(*now))
        return *now;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ADD_FAILURE() << "the figures never came";
    return {};
  }

  /// Remembers what the code that calls this is done for.
  void note(std::string where) {
    std::lock_guard guard{causes_mutex};
    causes[std::move(where)] = current_cause();
  }

  DeadActor first_dead() {
    for (int i = 0; i < 2000; ++i) {
      if (auto dead = system.registry().dead(); !dead.empty())
        return dead[0];
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ADD_FAILURE() << "nobody ended";
    return {};
  }

  void order(ActorOrder order) {
    EXPECT_TRUE(system.registry().with("/worker", [&](caf::actor_control_block* actor) {
      caf::anon_send(caf::actor_cast<caf::actor>(caf::strong_actor_ptr{actor}), order);
    }));
  }

  ~World() {
    service.close();
    helper = nullptr;
    for (std::size_t i = 0; i < io.size(); ++i) {
      std::promise<void> closed;
      asio::post(io.context(i), [&] {
        ports[i]->close();
        closed.set_value();
      });
      closed.get_future().wait();
    }
    for (auto& port : ports)
      port.reset();
  }

  std::array<std::unique_ptr<net::ReplyPort>, 2> ports;
  IoThreads io;
  WorkPool pool{1, 10};
  ActorSystem system;
  std::vector<std::chrono::milliseconds> restarts;
  std::promise<void> gate;
  std::mutex causes_mutex;
  std::map<std::string, Cause> causes;  // by where it was looked at
  Supervised<Worker> service;
  Worker helper;
};

Worker::behavior_type worker(Shell<WorkerState, Worker>* self, World* world) {
  return {[=](const Context& context, const Do& order) -> caf::result<Did> {
    ++self->state.count;
    world->note(order.what);
    if (order.what == "remember")
      self->state.held.assign(100'000, 'x');
    if (order.what == "belong")
      self->state.person = ada;
    if (order.what == "crash")
      throw std::runtime_error("as asked");
    if (order.what == "hold")
      world->gate.get_future().wait();
    if (order.what == "effect") {
      auto promise = self->make_response_promise<Did>();
      self->await<Did>(
        world->io,
        [world, context]() -> task<Result<Did>> {
          co_await pause(std::chrono::milliseconds{1});
          OpenSpan sql{SpanKind::statement, "SELECT inspection"};
          co_await pause(std::chrono::milliseconds{1});
          sql.finish(false);
          sql.resume();
          world->note("after sql");
          auto worked = co_await world->pool.run<int>([world]() -> Result<int> {
            world->note("pool");
            return 1;
          });
          if (!worked)
            co_return fail(std::move(worked.error()));
          auto told = co_await net::ask_once(world->helper, context, Do{"help"});
          co_return told ? Result<Did>{*told} : fail(from_caf(told.error()));
        },
        [promise, world](Result<Did> did) mutable {
          world->note("then");
          settle(promise, std::move(did));
        });
      return promise;
    }
    return Did{self->state.count};
  }};
}

class Inspection : public testing::TestWithParam<ActorSystem::Scheduler> {
protected:
  World world{GetParam()};
};

TEST_P(Inspection, AnActorPublishesWhatItDoes) {
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(world.ask("work"));
  auto figures = world.figures([](const ActorFigures& f) { return f.handled == 10; });
  EXPECT_EQ(figures.path, "/worker");
  EXPECT_EQ(figures.kind, "worker");
  EXPECT_EQ(figures.mailbox, 0u);
  EXPECT_FALSE(figures.running);
  EXPECT_GT(figures.busy_ns, 0u);
  EXPECT_GT(figures.last_ns, 0);
  EXPECT_GT(figures.born_s, 1'700'000'000u);
  std::uint64_t in_histogram = 0;
  for (auto count : figures.histogram)
    in_histogram += count;
  EXPECT_EQ(in_histogram, 10u);
  EXPECT_EQ(message_type_name(figures.last_type), "Do");
  EXPECT_EQ(message_size(figures.last_type), sizeof(Do));
}

TEST_P(Inspection, AStuckActorIsDescribedWithoutBeingAsked) {
  std::thread stuck{[&] { EXPECT_TRUE(world.ask("hold")); }};
  world.figures([](const ActorFigures& f) { return f.running; });
  // From here, since on the I/O scheduler the thread of the stuck actor stands still, too.
  auto handle = *world.service.find();
  for (int i = 0; i < 3; ++i)
    caf::anon_send(handle, Context::system(std::chrono::seconds{20}), Do{"later"});
  auto figures = world.figures([](const ActorFigures& f) { return f.mailbox == 3; });
  EXPECT_TRUE(figures.running);
  EXPECT_TRUE(message_type_name(figures.last_type).ends_with("Do"));
  std::this_thread::sleep_for(std::chrono::milliseconds{5});
  auto later = *world.system.registry().find("/worker");
  EXPECT_GT(later.waited_us, figures.waited_us) << "what waits is waiting";
  world.gate.set_value();
  stuck.join();
  EXPECT_EQ(world.figures([](const ActorFigures& f) { return f.handled == 4; }).mailbox, 0u);
}

TEST_P(Inspection, ARequestsWayIsATree) {
  auto context = Context::system(std::chrono::seconds{20});
  ASSERT_TRUE(world.ask("effect", context));
  std::vector<Span> spans;
  const auto find = [&](SpanKind kind, std::string_view end) -> const Span* {
    for (const auto& span : spans)
      if (span.kind == kind &&
          (kind == SpanKind::message ? message_type_name(span.name) : std::string{span.name})
            .ends_with(end))
        return &span;
    return nullptr;
  };
  for (int i = 0; i < 2000 && !find(SpanKind::message, "Continuation"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    spans = find_spans([&](const Span& s) { return s.trace == context.trace.trace_id; });
  }
  ASSERT_EQ(spans.size(), 5u);
  const auto* asked = find(SpanKind::message, "Do");
  const auto* statement = find(SpanKind::statement, "SELECT inspection");
  const auto* worked = find(SpanKind::work, "work pool");
  const auto* done = find(SpanKind::message, "Continuation");
  ASSERT_TRUE(asked && statement && worked && done);
  EXPECT_EQ(worked->parent, asked->id);
  EXPECT_EQ(asked->parent, span_id_of(context.trace));
  EXPECT_EQ(statement->parent, asked->id);
  EXPECT_EQ(statement->actor, asked->actor);
  EXPECT_EQ(done->parent, asked->id);
  int helped = 0;
  for (const auto& span : spans)
    helped += span.actor != asked->actor && span.parent == asked->id ? 1 : 0;
  EXPECT_EQ(helped, 1) << "what the effect asks of another is below the message that began it";
}

TEST_P(Inspection, WhatIsDoneDeepBelowARequestKnowsForWhomItIsDone) {
  auto context = Context::system(std::chrono::seconds{20});
  context.principal = {ada, Role::seeker};
  ASSERT_TRUE(world.ask("effect", context));
  const auto worker = world.system.registry().find("/worker")->id;
  const auto helper = world.system.registry().find("/helper")->id;
  world.figures([](const ActorFigures& f) { return f.handled == 2; });
  std::lock_guard guard{world.causes_mutex};
  for (const auto* where : {"effect", "after sql", "pool", "help", "then"}) {
    const auto& cause = world.causes[where];
    EXPECT_EQ(cause.principal, ada) << where;
    EXPECT_EQ(cause.trace, context.trace.trace_id) << where;
    EXPECT_EQ(cause.actor, where == std::string_view{"help"} ? helper : worker) << where;
    EXPECT_NE(cause.span, 0u) << where;
  }
}

TEST_P(Inspection, AnActorWorksForItsPersonWhenAMessageDoesNotSayForWhom) {
  ASSERT_TRUE(world.ask("work"));
  ASSERT_TRUE(world.ask("belong"));
  auto context = Context::system(std::chrono::seconds{20});
  ASSERT_TRUE(world.ask("own", context));
  context.principal = {UserId::of("bob"), Role::admin};
  ASSERT_TRUE(world.ask("bob's", context));
  std::lock_guard guard{world.causes_mutex};
  EXPECT_FALSE(world.causes["work"].principal);
  EXPECT_EQ(world.causes["own"].principal, ada);
  EXPECT_EQ(world.causes["bob's"].principal, UserId::of("bob"));
}

TEST_P(Inspection, WhatAnActorHoldsIsPublishedWithoutAsking) {
  ASSERT_TRUE(world.ask("work"));
  const auto little = world.figures([](const ActorFigures& f) { return f.bytes > 0; }).bytes;
  EXPECT_EQ(little, sizeof(WorkerState));
  ASSERT_TRUE(world.ask("remember"));
  auto much = world.figures([&](const ActorFigures& f) { return f.bytes != little; }).bytes;
  EXPECT_NEAR(static_cast<double>(much), 100'000 + sizeof(WorkerState), 100);
}

TEST_P(Inspection, ACrashedActorIsRememberedWithItsLastMessages) {
  ASSERT_TRUE(world.ask("work"));
  EXPECT_FALSE(world.ask("crash"));
  std::vector<DeadActor> dead;
  for (int i = 0; i < 2000 && dead.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    dead = world.system.registry().dead();
  }
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_TRUE(dead[0].crashed);
  EXPECT_EQ(dead[0].figures.path, "/worker");
  EXPECT_NE(dead[0].reason.find("as asked"), std::string::npos) << dead[0].reason;
  ASSERT_GE(dead[0].last_messages.size(), 1u);
  EXPECT_EQ(world.system.registry().crashes(), 1u);
}

TEST_P(Inspection, APausedActorTakesItsMessagesLater) {
  ASSERT_TRUE(world.ask("work"));
  world.order({ActorOrder::What::pause});
  world.figures([](const ActorFigures& f) { return f.paused; });
  std::thread asking{[&] { EXPECT_EQ(world.ask("while paused")->count, 2); }};
  auto waiting = world.figures([](const ActorFigures& f) { return f.mailbox == 1; });
  EXPECT_TRUE(waiting.paused);
  world.order({ActorOrder::What::resume});
  asking.join();
  EXPECT_EQ(world.figures([](const ActorFigures& f) { return f.handled == 4; }).mailbox, 0u);
}

TEST_P(Inspection, ADrainedActorFinishesWhatItHas) {
  auto handle = *world.service.find();
  world.order({ActorOrder::What::pause});
  for (int i = 0; i < 5; ++i)
    caf::anon_send(handle, Context::system(std::chrono::seconds{20}), Do{"work"});
  world.order({ActorOrder::What::drain});
  world.order({ActorOrder::What::resume});
  std::vector<DeadActor> dead;
  for (int i = 0; i < 2000 && dead.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    dead = world.system.registry().dead();
  }
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_FALSE(dead[0].crashed);
  EXPECT_EQ(dead[0].figures.mailbox, 0u);
  EXPECT_EQ(dead[0].figures.handled + (dead[0].figures.running ? 1 : 0), 8u);
  EXPECT_TRUE(world.ask("and a successor answers"));
}

TEST_P(Inspection, ADrainOfAPausedActorLetsWhatWaitsBeDone) {
  auto handle = *world.service.find();
  world.order({ActorOrder::What::pause});
  for (int i = 0; i < 5; ++i)
    caf::anon_send(handle, Context::system(std::chrono::seconds{20}), Do{"work"});
  world.figures([](const ActorFigures& f) { return f.paused && f.mailbox == 5; });
  world.order({ActorOrder::What::drain});
  const auto dead = world.first_dead();
  EXPECT_EQ(dead.reason, "stopped by an operator");
  EXPECT_EQ(dead.figures.mailbox, 0u);
  EXPECT_EQ(dead.figures.handled + (dead.figures.running ? 1 : 0), 7u);
}

TEST_P(Inspection, APauseThatIsOverEndsNoLaterOne) {
  ASSERT_TRUE(world.ask("work"));
  world.order({ActorOrder::What::pause, 0, {}, 7});
  world.order({ActorOrder::What::resume, 0, {}, 7});
  EXPECT_TRUE(world.ask("between"));
  world.order({ActorOrder::What::pause, 0, {}, 8});
  world.order({ActorOrder::What::resume, 0, {}, 7});
  world.figures([](const ActorFigures& f) { return f.paused && f.handled == 6; });
  world.order({ActorOrder::What::resume});
  EXPECT_TRUE(world.ask("at the end"));
}

TEST_P(Inspection, APausedActorHoldsBackSoMuchAndNoMore) {
  auto handle = *world.service.find();
  world.order({ActorOrder::What::pause});
  for (std::uint32_t i = 0; i < held_back_max; ++i)
    caf::anon_send(handle, Context::system(std::chrono::minutes{5}), Do{"work"});
  for (int i = 0; i < 3; ++i) {
    auto refused = world.ask("one too many");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable) << refused.error().detail;
    EXPECT_TRUE(refused.error().retry_after);
  }
  world.figures([](const ActorFigures& f) { return f.mailbox == held_back_max && f.dropped == 3; });
  world.order({ActorOrder::What::resume});
  EXPECT_EQ(world.ask("after it")->count, static_cast<int>(held_back_max) + 1);
}

TEST_P(Inspection, APausedActorKeepsNothingThatNobodyWaitsForAnyMore) {
  auto handle = *world.service.find();
  world.order({ActorOrder::What::pause});
  auto late = Context::system(std::chrono::milliseconds{0});
  for (int i = 0; i < 5; ++i)
    caf::anon_send(handle, late, Do{"too late"});
  world.figures([](const ActorFigures& f) { return f.paused && f.mailbox == 0 && f.dropped == 5; });
  auto soon = Context::system(std::chrono::milliseconds{300});
  caf::anon_send(handle, soon, Do{"soon too late"});
  std::this_thread::sleep_until(soon.deadline);
  caf::anon_send(handle, late, Do{"has the others looked at"});
  world.figures([](const ActorFigures& f) { return f.mailbox == 0 && f.dropped == 7; });
}

TEST_P(Inspection, ARestartBringsANewOneAtOnceAndIsNoCrash) {
  ASSERT_TRUE(world.ask("work"));
  ASSERT_TRUE(world.system.registry().with("/worker", [](caf::actor_control_block* actor) {
    caf::anon_send(caf::actor_cast<caf::actor>(caf::strong_actor_ptr{actor}),
                   caf::exit_msg{caf::actor_addr{}, make_error(ActorEnd::restart)});
  }));
  for (int i = 0; i < 2000 && world.system.registry().dead().empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  EXPECT_EQ(world.ask("again")->count, 1);
  EXPECT_EQ(world.system.registry().crashes(), 0u);
  ASSERT_EQ(world.restarts.size(), 1u);
  EXPECT_EQ(world.restarts[0].count(), 0);
  EXPECT_EQ(world.system.registry().find("/worker")->restarts, 1u);
}

TEST_P(Inspection, AStateTellsAboutItself) {
  ASSERT_TRUE(world.ask("work"));
  std::promise<std::string> told;
  world.order({ActorOrder::What::summary, 0,
               std::make_shared<std::function<void(std::string)>>(
                 [&](std::string text) { told.set_value(std::move(text)); })});
  EXPECT_EQ(told.get_future().get(), R"({"count":1})");
}

TEST_P(Inspection, NobodyLivesAtAnUnknownPath) {
  EXPECT_FALSE(world.system.registry().find("/nobody"));
  EXPECT_FALSE(world.system.registry().with("/nobody", [](auto*) { FAIL(); }));
}

INSTANTIATE_TEST_SUITE_P(Schedulers, Inspection,
                         testing::Values(ActorSystem::Scheduler::io, ActorSystem::Scheduler::caf),
                         [](const auto& each) {
                           return each.param == ActorSystem::Scheduler::io ? "io" : "caf";
                         });

}  // namespace
}  // namespace jobraker
