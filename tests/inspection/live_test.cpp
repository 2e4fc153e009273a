#include <future>
#include <thread>

#include <caf/send.hpp>
#include <gtest/gtest.h>

#include "actors/inspection/desk.hpp"
#include "actors/inspection/inspection.hpp"
#include "actors/system/actor_system.hpp"
#include "actors/system/observed.hpp"
#include "messages/codec.hpp"
#include "tests/inspection/browser.hpp"

// Inspection over living actors: what is shown of them, and that it is shown while they are stuck.
namespace jobraker::inspection {
namespace {

struct Do {
  static constexpr auto type_name = "Do";
  std::string what;
  static constexpr auto fields() { return std::tuple{field("what", &Do::what)}; }
};
using Worker = caf::typed_actor<caf::reacts_to<Do>>;

struct WorkerState {
  static inline const char* name = "worker";
  std::size_t grown = 0;
  std::size_t bytes() const { return grown; }
};

struct World;
Worker::behavior_type worker(Shell<WorkerState, Worker>* self, World* world);

/// One thread, so that a stuck actor stops all of them.
struct World {
  World() : io(1), system(io, ActorSystem::Scheduler::io) {}
  ~World() {
    if (!released.exchange(true))
      gate.set_value();
    actors.clear();
  }

  Worker spawn(std::string path) {
    actors.push_back(system.spawn(std::move(path), "worker", worker, this));
    return actors.back();
  }
  void tell(const Worker& actor, std::string what, int times = 1) {
    for (int i = 0; i < times; ++i)
      caf::anon_send(actor, Do{what});
  }
  void release() {
    released = true;
    gate.set_value();
  }
  ActorRow row(const std::string& path) {
    auto look = look_at(inspection.scanner, system.registry(), path);
    return look ? look->row : ActorRow{};
  }

  std::promise<void> gate;
  std::atomic<bool> released{false};
  std::shared_future<void> open{gate.get_future()};
  IoThreads io;
  ActorSystem system;
  Inspection inspection{system.registry()};
  std::vector<Worker> actors;
};

Worker::behavior_type worker(Shell<WorkerState, Worker>* self, World* world) {
  return {[self, world](const Do& order) {
    if (order.what == "grow")
      self->state.grown += 1000;
    if (order.what == "hold")
      world->open.wait();
    if (order.what == "crash")
      throw std::runtime_error("as asked");
  }};
}

TEST(InspectionLive, ListsTreesAndSingleActors) {
  World w;
  auto first = w.spawn("/workers/1");
  w.spawn("/workers/2");
  w.spawn("/other");
  w.tell(first, "work", 10);
  ASSERT_TRUE(eventually([&] { return w.row("/workers/1").messages == 10; }));
  GetActors query;
  query.path = "/workers";
  query.sort = ActorSort::messages;
  auto page = list_actors(w.inspection.scanner, query);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 2u);
  const auto& row = page->items[0];
  EXPECT_EQ(row.path, "/workers/1");
  EXPECT_EQ(row.kind, "worker");
  EXPECT_EQ(row.parent, "/workers");
  EXPECT_EQ(row.state, ActorState::idle);
  ASSERT_TRUE(row.last_message);
  EXPECT_TRUE(row.last_message->type.ends_with("Do"));
  EXPECT_LT(page->at - row.last_message->at, std::chrono::minutes{1});
  EXPECT_LT(page->at - row.born_at, std::chrono::minutes{1});
  auto tree = actor_tree(w.inspection.scanner, {});
  ASSERT_EQ(tree.children.size(), 2u);
  EXPECT_EQ(tree.children[1].path, "/workers");
  EXPECT_EQ(tree.children[1].actors, 2);
  EXPECT_EQ(tree.children[1].messages, 10);
  auto look = look_at(w.inspection.scanner, w.system.registry(), "workers/1/");
  ASSERT_TRUE(look);
  EXPECT_EQ(look->messages.size(), 10u);
  EXPECT_EQ(look->messages[0].bytes, static_cast<std::int64_t>(sizeof(Do)));
  std::int64_t counted = 0;
  for (auto count : look->times.counts)
    counted += count;
  EXPECT_EQ(counted, 10);
  EXPECT_EQ(look_at(w.inspection.scanner, w.system.registry(), "/workers").error().code,
            Errc::not_found);
}

TEST(InspectionLive, RatesAreOfTheTimeBetweenTwoLooks) {
  World w;
  auto first = w.spawn("/workers/1");
  GetActors query;
  EXPECT_FALSE(list_actors(w.inspection.scanner, query)->items.at(0).rate);
  w.tell(first, "work", 10);
  ASSERT_TRUE(eventually([&] { return w.row("/workers/1").messages == 10; }));
  EXPECT_TRUE(eventually([&] {
    auto row = list_actors(w.inspection.scanner, query)->items.at(0);
    return row.rate && *row.rate == 0;
  }))
    << "nothing came lately";
}

TEST(InspectionLive, AStuckActorIsNamedToAConsoleWhileAllThreadsAreStuck) {
  World w;
  auto stuck = w.spawn("/workers/stuck");
  auto browser = std::make_shared<Browser>();
  auto console = w.inspection.lookout.open(browser, Lookout::Clock::time_point::max());
  ASSERT_TRUE(console);
  WatchActors wish;
  wish.type = "watch";
  wish.interval_ms = 250;
  wish.query.sort = ActorSort::running;
  ASSERT_TRUE(w.inspection.lookout.watch(*console, wish));
  w.tell(stuck, "hold");
  w.tell(stuck, "later", 3);
  auto figures = browser->find("figures", [](json::View frame) {
    return frame["rows"].at(0)["state"].string() == "running" &&
           frame["rows"].at(0)["mailbox"].integer() == 3;
  });
  ASSERT_TRUE(figures);
  const auto row = figures->root()["rows"].at(0);
  EXPECT_EQ(row["path"].string(), "/workers/stuck");
  EXPECT_GE(row["running_us"].integer(), 0);
  EXPECT_EQ(figures->root()["totals"]["running"].integer(), 1);
  EXPECT_EQ(figures->root()["kinds"].at(0)["kind"].string(), "worker");
  auto alarm = browser->find("alarm", [](json::View) { return true; });
  ASSERT_TRUE(alarm);
  EXPECT_EQ(alarm->root()["alarm"]["kind"].string(), "long_handler");
  EXPECT_EQ(alarm->root()["alarm"]["path"].string(), "/workers/stuck");
  EXPECT_EQ(w.inspection.lookout.alarms().size(), 1u);
  w.release();
  const auto id = alarm->root()["alarm"]["id"].string_or("");
  EXPECT_TRUE(
    browser->find("alarm_over", [&](json::View frame) { return frame["id"].string() == id; }));
}

TEST(InspectionLive, WhoReadsTooSlowlyMissesFiguresAndGetsTheNewest) {
  World w;
  w.spawn("/workers/1");
  auto browser = std::make_shared<Browser>();
  browser->unread = 1;
  auto& lookout = w.inspection.lookout;
  auto console = lookout.open(browser, Lookout::Clock::time_point::max());
  WatchActors wish;
  wish.interval_ms = 250;
  ASSERT_TRUE(lookout.watch(*console, wish));
  ASSERT_TRUE(eventually([&] { return lookout.served(*console).missed >= 2; }));
  EXPECT_EQ(browser->count(), 0u);
  browser->unread = 0;
  EXPECT_TRUE(browser->find("figures", [](json::View) { return true; }));
  lookout.close(*console);
  EXPECT_EQ(lookout.watch(*console, wish).error().code, Errc::not_found);
}

TEST(InspectionLive, ConsolesAreBoundedAndEndWithTheirTokens) {
  World w;
  auto& lookout = w.inspection.lookout;
  auto late = std::make_shared<Browser>();
  ASSERT_TRUE(lookout.open(late, Lookout::Clock::now()));
  for (std::size_t i = 1; i < Lookout::consoles_max; ++i)
    ASSERT_TRUE(lookout.open(std::make_shared<Browser>(), Lookout::Clock::time_point::max()));
  EXPECT_EQ(lookout.open(late, {}).error().code, Errc::unavailable);
  EXPECT_TRUE(eventually([&] { return late->closed == 4401; }));
}

TEST(InspectionLive, CrashesAreRememberedAndAStormOfThemIsAnAlarm) {
  World w;
  for (std::uint64_t crashes = 1; crashes <= 3; ++crashes) {
    auto actor = w.spawn("/workers/fragile");
    w.tell(actor, "crash");
    ASSERT_TRUE(eventually([&] { return w.system.registry().crashes() == crashes; }));
  }
  GetDeadActors query;
  query.crashed = true;
  query.limit = 2;
  auto page = dead_actors(w.inspection.scanner, w.system.registry(), query);
  ASSERT_TRUE(page && page->next);
  ASSERT_EQ(page->items.size(), 2u);
  EXPECT_EQ(page->items[0].path, "/workers/fragile");
  EXPECT_NE(page->items[0].reason.find("as asked"), std::string::npos);
  query.cursor = page->next;
  auto rest = dead_actors(w.inspection.scanner, w.system.registry(), query);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->items.size(), 1u);
  EXPECT_FALSE(rest->next);
  query.crashed = false;
  query.cursor.reset();
  EXPECT_TRUE(dead_actors(w.inspection.scanner, w.system.registry(), query)->items.empty());
  query.cursor = "x-1";
  EXPECT_FALSE(dead_actors(w.inspection.scanner, w.system.registry(), query));
  w.inspection.lookout.check_alarms();
  auto alarms = w.inspection.lookout.alarms();
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].kind, AlarmKind::restart_storm);
}

TEST(InspectionLive, RestartsAreInTheNextLookAlready) {
  World w;
  w.spawn("/workers/1");
  GetActors query;
  query.sort = ActorSort::restarts;
  EXPECT_EQ(list_actors(w.inspection.scanner, query)->items.at(0).restarts, 0);
  for (int restarts = 1; restarts <= 3; ++restarts) {
    w.actors.clear();
    ASSERT_TRUE(eventually([&] { return w.system.registry().size() == 0; }));
    w.system.registry().note_restart("/workers/1");
    w.spawn("/workers/1");
    w.spawn("/workers/2");
    const auto page = list_actors(w.inspection.scanner, query);
    EXPECT_EQ(page->items.at(0).path, "/workers/1");
    EXPECT_EQ(page->items.at(0).restarts, restarts);
    EXPECT_EQ(page->items.at(1).restarts, 0);
    EXPECT_EQ(w.row("/workers/1").restarts, restarts);
    EXPECT_EQ(actor_tree(w.inspection.scanner, {}).children.at(0).restarts, restarts);
  }
}

TEST(InspectionLive, WhoSaysWhatItHoldsIsSortedByIt) {
  World w;
  w.spawn("/workers/silent");
  auto little = w.spawn("/workers/little"), much = w.spawn("/workers/much");
  w.tell(little, "grow");
  w.tell(much, "grow", 5);
  GetActors query;
  query.sort = ActorSort::bytes;
  ASSERT_TRUE(eventually([&] {
    const auto page = list_actors(w.inspection.scanner, query);
    return page->items.at(0).bytes.value_or(0) > 5000 && page->items.at(1).bytes.value_or(0) > 1000;
  }));
  const auto page = list_actors(w.inspection.scanner, query);
  EXPECT_EQ(page->items.at(0).path, "/workers/much");
  EXPECT_EQ(page->items.at(1).path, "/workers/little");
  EXPECT_FALSE(page->items.at(2).bytes) << "it has not taken a message yet";
}

TEST(InspectionLive, TracesAreListedAndShown) {
  Context context = Context::system(std::chrono::seconds{1});
  World w;
  {
    Cause& cause = current_cause();
    cause.trace = context.trace.trace_id;
    cause.span = 7;
    OpenSpan outer{SpanKind::request, "GET /inspection-live-test"};
    cause.span = outer.id();
    OpenSpan{SpanKind::event, "job-posted"}.finish(false);
    OpenSpan{SpanKind::statement, "SELECT  1\n"}.finish(true);
    outer.finish(false);
    cause = {};
  }
  GetTraces query;
  query.name = "inspection-live-test";
  query.failed = true;
  auto list = list_traces(query);
  ASSERT_EQ(list.items.size(), 1u);
  EXPECT_EQ(list.items[0].trace_id, context.trace.id());
  EXPECT_EQ(list.items[0].spans, 3);
  query.failed = false;
  EXPECT_TRUE(list_traces(query).items.empty());
  auto view = trace_view(w.inspection.scanner, context.trace.id());
  ASSERT_TRUE(view);
  ASSERT_EQ(view->spans.size(), 3u);
  EXPECT_EQ(view->spans[0].kind, "request");
  EXPECT_EQ(view->spans[0].start_us, 0);
  EXPECT_FALSE(view->spans[0].parent);
  EXPECT_EQ(view->spans[1].parent, view->spans[0].id);
  EXPECT_EQ(view->spans[2].name, "SELECT 1");
  EXPECT_TRUE(view->spans[2].failed);
  EXPECT_EQ(view->spans[2].depth, 1);
  ASSERT_EQ(view->events.size(), 1u);
  EXPECT_EQ(view->events[0].topic, "job-posted");
  EXPECT_FALSE(view->truncated);
  for (const char* wrong : {"", "zz", "00000000000000000000000000000000"})
    EXPECT_EQ(trace_view(w.inspection.scanner, wrong).error().code, Errc::not_found) << wrong;
}

TEST(InspectionLive, ATraceSaysThatSpansOfItAreOverwritten) {
  const auto trace = Trace::fresh();
  const auto record = [](const Trace& of, std::uint64_t parent, SpanKind kind, unsigned group) {
    Span span;
    span.id = next_span_id();
    span.parent = parent;
    span.trace = of.trace_id;
    span.name = "GET /overwritten";
    span.kind = kind;
    record_span(span, group);
    return span.id;
  };
  // A thread of its own, so that nobody else writes into its rings.
  std::thread{[&] {
    const auto root = record(trace, 0, SpanKind::request, 0);
    record(trace, root, SpanKind::statement, 2);
    for (std::size_t i = 0; i <= spans_remembered; ++i)
      record(Trace::fresh(), 0, SpanKind::statement, 2);
  }}.join();
  World w;
  auto view = trace_view(w.inspection.scanner, trace.id());
  ASSERT_TRUE(view);
  EXPECT_EQ(view->spans.size(), 1u);
  EXPECT_TRUE(view->truncated) << "no parent is missing, but a leaf";
}

}  // namespace
}  // namespace jobraker::inspection
