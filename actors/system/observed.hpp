#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_message.hpp>
#include <caf/response_promise.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/system/io_threads.hpp"
#include "actors/system/registry.hpp"
#include "messages/actor.hpp"
#include "messages/task.hpp"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define JOBRAKER_TSAN 1
#include <sanitizer/tsan_interface.h>
#endif
#endif

namespace jobraker {

/// The outcome of an effect, on its way back into the actor that started it.
struct Continuation {
  std::shared_ptr<std::function<void()>> run;
};

namespace detail {

/// Writes the end of an actor by exception to the log.
void log_crash(const std::string& path, const std::string& what);

inline std::int64_t nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
           std::chrono::steady_clock::now().time_since_epoch())
    .count();
}

// CAF is not instrumented, so ThreadSanitizer does not see the happens-before edges of its mailbox.
inline void published([[maybe_unused]] void* at) {
#ifdef JOBRAKER_TSAN
  __tsan_release(at);
#endif
}
inline void acquired([[maybe_unused]] void* at) {
#ifdef JOBRAKER_TSAN
  __tsan_acquire(at);
#endif
}

}  // namespace detail

/// Keeps a promise: the value, or the error. Inside the actor only.
template <class T>
void settle(caf::typed_response_promise<T>& promise, Result<T> result) {
  if (result)
    promise.deliver(std::move(*result));
  else
    promise.deliver(to_caf(result.error()));
}

/// Breaks a promise with an error.
template <class T>
void refuse(caf::typed_response_promise<T>& promise, const Error& error) {
  promise.deliver(to_caf(error));
}

/// The base of every actor: counts its messages and time, drops requests whose deadline has passed,
/// and brings the results of I/O back as messages.
template <class Base>
class Observed : public Base {
public:
  template <class... Ts>
  explicit Observed(caf::actor_config& config, Ts&&... xs)
      : Base(config, std::forward<Ts>(xs)...), birth_(std::exchange(pending_birth(), Birth{})) {
    if (birth_.registry)
      cell_ = birth_.registry->enter(this->id(), birth_.path, birth_.kind);
  }

  ~Observed() override {
    if (cell_)
      birth_.registry->leave(cell_, birth_.path);
  }

  /// Where it stands in the tree, e.g. `/users/018f…`.
  const std::string& path() const noexcept { return birth_.path; }

  void launch(caf::execution_unit* unit, bool lazy, bool hide) override {
    detail::published(this);
    Base::launch(unit, lazy, hide);
  }

  void initialize() override {
    this->set_exception_handler([this](std::exception_ptr& failure) -> caf::error {
      detail::log_crash(birth_.path, describe(failure));
      return caf::sec::runtime_error;
    });
    Base::initialize();
    detail::published(this);
  }

  void on_destroy() override {
    detail::acquired(this);
    Base::on_destroy();
  }

  using Base::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* unit) override {
    detail::published(this);
    if (cell_)
      cell_->enqueued.fetch_add(1, std::memory_order_relaxed);
    Base::enqueue(std::move(element), unit);
  }

  caf::resumable::resume_result resume(caf::execution_unit* unit, std::size_t most) override {
    detail::acquired(this);
    detail::published(this);
    // Once this returns another thread may run the actor already: nothing may be touched.
    return Base::resume(unit, most);
  }

  using Base::consume;
  caf::invoke_message_result consume(caf::mailbox_element& element) override {
    detail::acquired(this);
    Turn turn{*this};
    auto& content = element.content();
    if (content.template match_elements<Continuation>()) {
      // A message may be delivered to us alone, so moving out of it is safe.
      auto next = content.template get_mutable_as<Continuation>(0);
      (*next.run)();
      return caf::invoke_message_result::consumed;
    }
    if (content.size() > 0 && content.template match_element<Context>(0) &&
        content.template get_as<Context>(0).expired()) {
      if (cell_)
        cell_->dropped.fetch_add(1, std::memory_order_relaxed);
      if (element.mid.is_request())
        caf::response_promise{caf::strong_actor_ptr{this->ctrl()}, element}.deliver(
          to_caf(Error{Errc::timed_out, "the deadline passed before the work began", {}, {}}));
      return caf::invoke_message_result::consumed;
    }
    return Base::consume(element);
  }

  /// Runs `work()` — a coroutine — on an I/O thread; its result comes back to `then` as a message
  /// of this actor, so `then` may touch the state. An actor that has ended meanwhile is left in
  /// peace.
  template <class T, class Work, class Then>
  void await(IoThreads& io, Work work, Then then) {
    asio::co_spawn(
      io.any(),
      [work = std::move(work)]() mutable -> task<Result<T>> { co_return co_await work(); },
      [me = caf::actor_cast<caf::actor>(this), then = std::move(then)](std::exception_ptr failure,
                                                                       Result<T> result) mutable {
        if (failure)
          result = fail(Errc::internal, describe(failure));
        auto run = std::make_shared<std::function<void()>>(
          [then = std::move(then), result = std::make_shared<Result<T>>(
                                     std::move(result))]() mutable { then(std::move(*result)); });
        caf::anon_send(me, Continuation{std::move(run)});
      });
  }

  /// Runs `work()` and answers the present request with its result.
  template <class T, class Work>
  caf::result<T> answer(IoThreads& io, Work work) {
    auto promise = this->template make_response_promise<T>();
    await<T>(io, std::move(work),
             [promise](Result<T> result) mutable { settle(promise, std::move(result)); });
    return promise;
  }

private:
  static std::string describe(std::exception_ptr failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      return std::string{"unexpected: "} + error.what();
    } catch (...) {
      return "unexpected exception";
    }
  }

  /// Books one message when it ends, after a throw too.
  struct Turn {
    explicit Turn(Observed& actor)
        : self(actor), began(detail::nanoseconds()), depth(std::uncaught_exceptions()) {
      if (self.cell_)
        self.cell_->started_ns.store(began, std::memory_order_relaxed);
    }
    ~Turn() {
      if (auto* cell = self.cell_) {
        auto spent = static_cast<std::uint64_t>(detail::nanoseconds() - began);
        // One writer at a time, so plain load and store are enough.
        cell->busy_ns.store(cell->busy_ns.load(std::memory_order_relaxed) + spent,
                            std::memory_order_relaxed);
        cell->handled.store(cell->handled.load(std::memory_order_relaxed) + 1,
                            std::memory_order_relaxed);
        cell->started_ns.store(0, std::memory_order_relaxed);
        if (std::uncaught_exceptions() > depth)
          cell->failures.fetch_add(1, std::memory_order_relaxed);
      }
      detail::published(&self);
    }
    Observed& self;
    std::int64_t began;
    int depth;
  };

  Birth birth_;
  ActorCell* cell_ = nullptr;
};

/// What an actor function takes as its first parameter: `Shell<UserState, UserActor>* self`.
template <class State, class Handle>
using Shell = caf::stateful_actor<State, Observed<typename Handle::base>>;

}  // namespace jobraker

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(jobraker::Continuation)
