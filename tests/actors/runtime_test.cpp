#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include "actors/system/directory.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/supervised.hpp"
#include "actors/system/work_pool.hpp"
#include "net/ask.hpp"

namespace jobraker {
namespace {

struct Say {
  static constexpr auto type_name = "Say";
  std::string text;
  static constexpr auto fields() { return std::tuple{field("text", &Say::text)}; }
};
struct Said {
  static constexpr auto type_name = "Said";
  std::string text;
  int count = 0;
  static constexpr auto fields() { return std::tuple{field("text", &Said::text)}; }
};

using Parrot = caf::typed_actor<caf::replies_to<Context, Say>::with<Said>>;

struct ParrotState {
  static inline const char* name = "parrot";
  int count = 0;
};

struct World;
Parrot::behavior_type parrot(Shell<ParrotState, Parrot>* self, World* world, UserId id);

struct World {
  explicit World(ActorSystem::Scheduler scheduler)
      : io(2), system(io, scheduler, [this](std::size_t i) {
          ports[i] = std::make_unique<net::ReplyPort>(system.caf(), io.context(i));
          net::ReplyPort::bind(ports[i].get());
        }) {
    birds = std::make_shared<Directory<UserId, Parrot>>(
      system.registry(), "/parrots/", 1000, [this](const UserId& id, const std::string& path) {
        return system.spawn(path, "parrot", parrot, this, id);
      });
  }

  /// Runs a coroutine on I/O thread `index` and waits for it.
  template <class F>
  auto run(std::size_t index, F f) {
    using T = typename std::invoke_result_t<F>::value_type;
    std::promise<T> done;
    auto result = done.get_future();
    asio::co_spawn(
      io.context(index), [&]() -> task<void> { done.set_value(co_await f()); },
      [](std::exception_ptr e) {
        if (e)
          std::rethrow_exception(e);
      });
    return result.get();
  }

  auto tell(UserId id, std::string text,
            std::chrono::milliseconds budget = std::chrono::seconds{10}, std::size_t thread = 0) {
    return run(thread, [&]() -> task<Result<Said>> {
      co_return co_await net::ask([&] { return birds->find(id); }, Context::system(budget),
                                  Say{text});
    });
  }

  ~World() {
    birds->close();
    for (std::size_t i = 0; i < io.size(); ++i)
      run(i, [this, i]() -> task<int> {
        ports[i]->close();
        co_return 0;
      });
    for (auto& port : ports)
      port.reset();
  }

  std::array<std::unique_ptr<net::ReplyPort>, 2> ports;
  IoThreads io;
  ActorSystem system;
  std::shared_ptr<Directory<UserId, Parrot>> birds;
};

Parrot::behavior_type parrot(Shell<ParrotState, Parrot>* self, World* world, UserId id) {
  return {[=](const Context&, const Say& say) -> caf::result<Said> {
    if (say.text == "crash")
      throw std::runtime_error("as asked");
    if (say.text == "refuse")
      return to_caf(Error{Errc::conflict, "not now", {{"/text", "no"}}, {}});
    if (say.text == "passivate") {
      world->birds->release(id);
      self->quit();
    }
    ++self->state.count;
    if (say.text == "silence")
      return self->make_response_promise<Said>();
    if (say.text == "io") {
      auto promise = self->make_response_promise<Said>();
      self->await<Said>(
        world->io,
        [world]() -> task<Result<Said>> {
          asio::basic_waitable_timer<std::chrono::steady_clock,
                                     asio::wait_traits<std::chrono::steady_clock>, IoExecutor>
            timer{world->io.any(), std::chrono::milliseconds{1}};
          co_await timer.async_wait(use_task);
          co_return Said{"from io", 0};
        },
        [self, promise](Result<Said> said) mutable {
          promise.deliver(Said{said->text, self->state.count});
        });
      return promise;
    }
    return Said{say.text, self->state.count};
  }};
}

class Runtime : public testing::TestWithParam<ActorSystem::Scheduler> {
protected:
  World world{GetParam()};
};

TEST_P(Runtime, AnEntityStartsWithItsFirstMessageAndKeepsItsState) {
  auto id = UserId::fresh();
  EXPECT_EQ(world.birds->live(), 0u);
  EXPECT_EQ(world.tell(id, "hello")->text, "hello");
  EXPECT_EQ(world.tell(id, "again", std::chrono::seconds{10}, 1)->count, 2);
  // A message is booked when its handler has returned, which the answer may overtake.
  auto tree = world.system.registry().list("/parrots/");
  for (int i = 0; i < 1000 && (tree.size() != 1 || tree[0].handled < 2); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    tree = world.system.registry().list("/parrots/");
  }
  ASSERT_EQ(tree.size(), 1u);
  EXPECT_EQ(tree[0].path, "/parrots/" + to_string(id));
  EXPECT_EQ(tree[0].kind, "parrot");
  EXPECT_EQ(tree[0].handled, 2u);
  EXPECT_EQ(tree[0].mailbox, 0u);
}

TEST_P(Runtime, AnErrorArrivesWithItsDetails) {
  auto answer = world.tell(UserId::fresh(), "refuse");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), (Error{Errc::conflict, "not now", {{"/text", "no"}}, {}}));
}

TEST_P(Runtime, ACrashAnswersInternalAndTheSuccessorStartsFresh) {
  auto id = UserId::fresh();
  EXPECT_EQ(world.tell(id, "one")->count, 1);
  auto answer = world.tell(id, "crash");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::internal);
  Result<Said> next = world.tell(id, "two");
  EXPECT_EQ(next->count, 1);
  EXPECT_EQ(world.system.registry().list("/parrots/")[0].restarts, 1u);
}

TEST_P(Runtime, ASecondCrashInARowMakesCallersWait) {
  auto id = UserId::fresh();
  world.tell(id, "crash");
  world.tell(id, "crash");
  auto answer = world.tell(id, "hello");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::unavailable);
  EXPECT_TRUE(answer.error().retry_after);
}

TEST_P(Runtime, APassivatedEntityComesBackForTheNextMessage) {
  auto id = UserId::fresh();
  EXPECT_TRUE(world.tell(id, "passivate"));
  EXPECT_EQ(world.tell(id, "back")->count, 1);
  EXPECT_TRUE(world.system.registry().list("/parrots/")[0].restarts == 0);
}

TEST_P(Runtime, NoMessageIsLostWhilePassivationAndQuestionsRace) {
  auto id = UserId::fresh();
  auto good = world.run(0, [&]() -> task<int> {
    int answered = 0;
    for (int i = 0; i < 2000; ++i) {
      auto answer = co_await net::ask([&] { return world.birds->find(id); },
                                      Context::system(std::chrono::seconds{20}),
                                      Say{i % 3 ? "x" : "passivate"});
      answered += answer ? 1 : 0;
    }
    co_return answered;
  });
  EXPECT_EQ(good, 2000);
}

TEST_P(Runtime, SilenceEndsAtTheDeadline) {
  auto answer = world.tell(UserId::fresh(), "silence", std::chrono::milliseconds{20});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::timed_out);
}

TEST_P(Runtime, WhoeverIsAskedAndEndsWithoutAnAnswerIsNotWaitedFor) {
  auto bird = world.birds->find(UserId::fresh());
  const auto find = [&] { return bird; };
  const auto context = Context::system(std::chrono::hours{1});
  auto answer = world.run(0, [&]() -> task<Result<Said>> {
    asio::co_spawn(
      world.io.context(1),
      [&]() -> task<void> {
        // Each message read is counted: when there is one too many, the other has been read.
        for (int mine = 1; (co_await net::ask(find, context, Say{"hello"}))->count == mine; ++mine)
          ;
        caf::anon_send_exit(*bird, caf::exit_reason::user_shutdown);
      },
      [](std::exception_ptr) {});
    co_return co_await net::ask(find, context, Say{"silence"});
  });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::unavailable);
  EXPECT_TRUE(answer.error().retry_after);
}

TEST_P(Runtime, ARequestWhoseDeadlineHasPassedIsNotBegun) {
  auto id = UserId::fresh();
  auto answer = world.tell(id, "late", std::chrono::milliseconds{-1});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::timed_out);
  EXPECT_EQ(world.tell(id, "hello")->count, 1);
}

TEST_P(Runtime, TheResultOfIoComesBackAsAMessageOfTheActor) {
  auto answer = world.tell(UserId::fresh(), "io");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->text, "from io");
  EXPECT_EQ(answer->count, 1);
}

INSTANTIATE_TEST_SUITE_P(Schedulers, Runtime,
                         testing::Values(ActorSystem::Scheduler::io, ActorSystem::Scheduler::caf),
                         [](const auto& info) {
                           return info.param == ActorSystem::Scheduler::io ? "io" : "caf";
                         });

TEST(WorkPoolTest, AFullQueueRefusesInsteadOfGrowing) {
  std::promise<void> gate;
  auto open = gate.get_future().share();
  std::promise<void> begun;
  WorkPool pool{1, 1};  // last, so that its thread ends before what it uses
  ASSERT_TRUE(pool.post([&] {
    begun.set_value();
    open.wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(pool.post([] {}));
  EXPECT_FALSE(pool.post([] {}));
  gate.set_value();
}

}  // namespace
}  // namespace jobraker
