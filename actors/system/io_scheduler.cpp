#include "actors/system/io_scheduler.hpp"

#include <algorithm>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/logger.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace jobraker {
namespace {

/// Actors get this many turns before sockets get theirs, and this many messages a turn.
constexpr std::size_t turns_per_drain = 64;
constexpr std::size_t messages_per_turn = 100;

/// Runs actors on one io_context, which exactly one thread runs.
class IoWorker : public caf::execution_unit {
public:
  IoWorker(caf::actor_system& system, IoContext& io) : execution_unit(&system), io_(io) {}

  static inline thread_local IoWorker* here = nullptr;

  /// Any thread. On our own thread no lock is taken.
  void exec_later(caf::resumable* job) override {
    if (here == this) {
      ready_.push_back(job);
      arm();
      return;
    }
    bool first;
    {
      std::lock_guard guard{mutex_};
      first = inbox_.empty();
      inbox_.push_back(job);
    }
    if (first)
      asio::post(io_, [this] {
        take_inbox();
        arm();
      });
  }

  /// Blocks until the io thread has let go of this object; called from another thread.
  void retire() {
    auto gone = std::make_shared<std::promise<void>>();
    auto done = gone->get_future();
    leave(gone);
    done.wait();
  }

private:
  void take_inbox() {
    std::lock_guard guard{mutex_};
    ready_.insert(ready_.end(), inbox_.begin(), inbox_.end());
    inbox_.clear();
  }

  void arm() {
    if (!std::exchange(armed_, true))
      asio::post(io_, [this] { drain(); });
  }

  void drain() {
    armed_ = false;
    for (auto turns = std::min(ready_.size(), turns_per_drain); turns > 0; --turns) {
      auto* job = ready_.front();
      ready_.pop_front();
      switch (job->resume(this, messages_per_turn)) {
      case caf::resumable::resume_later:
        ready_.push_back(job);
        break;
      case caf::resumable::done:
      case caf::resumable::awaiting_message:
      case caf::resumable::shutdown_execution_unit:
        caf::intrusive_ptr_release(job);
        break;
      }
    }
    if (!ready_.empty())
      arm();
  }

  void leave(std::shared_ptr<std::promise<void>> gone) {
    asio::post(io_, [this, gone] {
      take_inbox();
      if (!ready_.empty() || armed_) {
        arm();
        return leave(gone);
      }
      if (here == this)
        here = nullptr;
      forget_logger();
      gone->set_value();
    });
  }

  IoContext& io_;
  std::mutex mutex_;
  std::vector<caf::resumable*> inbox_;  // guarded by mutex_
  std::deque<caf::resumable*> ready_;   // the io thread's own
  bool armed_ = false;
};

class IoScheduler : public caf::scheduler::abstract_coordinator {
public:
  IoScheduler(caf::actor_system& system, const std::vector<IoContext*>& contexts)
      : abstract_coordinator(system) {
    for (auto* context : contexts)
      workers_.push_back(std::make_unique<IoWorker>(system, *context));
  }

  void enqueue(caf::resumable* job) override {
    auto* worker = IoWorker::here;
    if (!worker)
      worker = workers_[next_worker_++ % workers_.size()].get();
    worker->exec_later(job);
  }

  caf::actor_clock& clock() noexcept override { return clock_; }

  void start() override {
    timer_ = std::thread([this] { clock_.run_dispatch_loop(); });
    abstract_coordinator::start();
  }

  void stop() override {
    stop_actors();
    clock_.cancel_dispatch_loop();
    timer_.join();
    for (auto& worker : workers_)
      worker->retire();
  }

  IoWorker& worker(std::size_t index) { return *workers_[index]; }

private:
  std::vector<std::unique_ptr<IoWorker>> workers_;
  caf::detail::thread_safe_actor_clock clock_;
  std::thread timer_;
};

}  // namespace

void use_io_scheduler(caf::actor_system_config& config, std::vector<IoContext*> contexts) {
  config.module_factories.push_back(
    [contexts = std::move(contexts)](caf::actor_system& system) -> caf::actor_system::module* {
      return new IoScheduler(system, contexts);
    });
}

void forget_logger() { caf::logger::set_current_actor_system(nullptr); }

void bind_io_worker(caf::actor_system& system, std::size_t index) {
  if (auto* scheduler = dynamic_cast<IoScheduler*>(&system.scheduler()))
    IoWorker::here = &scheduler->worker(index);
}

}  // namespace jobraker
