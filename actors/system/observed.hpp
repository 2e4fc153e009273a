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
#include "actors/system/meter.hpp"
#include "actors/system/order.hpp"
#include "messages/actor.hpp"
#include "messages/task.hpp"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define JOBRAKER_TSAN 1
#include <sanitizer/tsan_interface.h>
#endif
#endif

namespace jobraker {

/// Messages that wait for the end of an actor's pause; further requests are refused.
inline constexpr std::uint32_t held_back_max = 1000;

/// The outcome of an effect, on its way back into the actor that started it.
struct Continuation {
  std::shared_ptr<std::function<void()>> run;
  Cause cause{};  ///< for which the effect was started
};

namespace detail {

/// Writes the end of an actor by exception to the log.
void log_crash(const std::string& path, const std::string& what);

/// What the exception that ends an actor of this thread said.
std::string& crash_text() noexcept;

std::string reason_text(caf::actor_system& system, const caf::error& reason);

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

/// The base of every actor: publishes what it does (actor_cell.hpp), drops requests whose deadline
/// has passed, obeys the operator's orders, and brings the results of I/O back as messages.
template <class Base>
class Observed : public Base {
public:
  template <class... Ts>
  explicit Observed(caf::actor_config& config, Ts&&... xs) : Base(config, std::forward<Ts>(xs)...) {
    meter_.enter(this->id(), this->ctrl());
  }

  /// Where it stands in the tree, e.g. `/users/018f…`.
  std::string path() const { return meter_.path(); }

  /// The state in short, as a JSON object, for an operator: ids, counts and conditions, never what
  /// a person wrote or is called.
  virtual std::string summary() const { return "{}"; }

  /// The person for whom the actor works when a message does not say for whom; none: the system.
  /// Lines of the log name them.
  virtual UserId owner() const { return {}; }

  void launch(caf::execution_unit* unit, bool lazy, bool hide) override {
    detail::published(this);
    Base::launch(unit, lazy, hide);
  }

  void initialize() override {
    this->set_exception_handler([this](std::exception_ptr& failure) -> caf::error {
      detail::crash_text() = describe(failure);
      ActsFor request{ActorMeter::failed_cause()};
      detail::log_crash(meter_.path(), detail::crash_text());
      return caf::sec::runtime_error;
    });
    Base::initialize();
    detail::published(this);
  }

  void on_destroy() override {
    detail::acquired(this);
    Base::on_destroy();
  }

  bool cleanup(caf::error&& reason, caf::execution_unit* host) override {
    meter_.ended(detail::reason_text(this->system(), reason), detail::is_crash(reason));
    return Base::cleanup(std::move(reason), host);
  }

  using Base::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* unit) override {
    detail::published(this);
    meter_.came();
    Base::enqueue(std::move(element), unit);
  }

  caf::resumable::resume_result resume(caf::execution_unit* unit, std::size_t most) override {
    detail::acquired(this);
    meter_.turn();
    detail::published(this);
    // Once this returns another thread may run the actor already: nothing may be touched.
    return Base::resume(unit, most);
  }

  using Base::consume;
  caf::invoke_message_result consume(caf::mailbox_element& element) override {
    detail::acquired(this);
    Published at_the_end{this};
    if (holds_back(element)) {
      ++held_;
      return caf::invoke_message_result::skipped;
    }
    // What was held back comes again, the oldest first, once something was taken from that queue.
    if (!element.mid.is_urgent_message())
      held_ = 0;
    caf::invoke_message_result result;
    {
      ActorMeter::Turn turn{meter_, element};
      result = take(element, turn);
      if (result == caf::invoke_message_result::skipped)
        turn.put_back();
    }
    if (meter_.has(ActorCell::draining) && meter_.at_rest())
      this->quit(caf::exit_reason::user_shutdown);
    return result;
  }

  /// Runs `work()` — a coroutine — on an I/O thread; its result comes back to `then` as a message
  /// of this actor, so `then` may touch the state. An actor that has ended meanwhile is left in
  /// peace.
  template <class T, class Work, class Then>
  void await(IoThreads& io, Work work, Then then) {
    const auto cause = current_cause();
    meter_.awaits(1);
    asio::co_spawn(
      io.any(),
      [work = std::move(work), cause]() mutable -> task<Result<T>> {
        current_cause() = cause;
        co_return co_await work();
      },
      [me = caf::actor_cast<caf::actor>(this), then = std::move(then),
       cause](std::exception_ptr failure, Result<T> result) mutable {
        if (failure)
          result = fail(Errc::internal, describe(failure));
        auto run = std::make_shared<std::function<void()>>(
          [then = std::move(then), result = std::make_shared<Result<T>>(
                                     std::move(result))]() mutable { then(std::move(*result)); });
        caf::anon_send(me, Continuation{std::move(run), cause});
      });
    current_cause() = cause;  // the work may have begun on this very thread
  }

  /// Runs `work()` and answers the present request with its result.
  template <class T, class Work>
  caf::result<T> answer(IoThreads& io, Work work) {
    auto promise = this->template make_response_promise<T>();
    await<T>(io, std::move(work),
             [promise](Result<T> result) mutable { settle(promise, std::move(result)); });
    return promise;
  }

protected:
  /// Publishes about how many bytes the state holds. At the end of a turn.
  void holds(std::uint64_t bytes) noexcept {
    meter_.holds(bytes);
    detail::published(this);
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

  struct Published {
    ~Published() { detail::published(self); }
    Observed* self;
  };

  /// Whether a message is new work, rather than an answer to the actor, an order, or CAF's own.
  static bool is_news(caf::mailbox_element& element) {
    auto& content = element.content();
    return !element.mid.is_response() && content.size() > 0 && content.type(0).first == 0 &&
           !content.template match_elements<Continuation>() &&
           !content.template match_elements<ActorOrder>();
  }

  bool expired(caf::mailbox_element& element) const {
    auto& content = element.content();
    return content.size() > 0 && content.template match_element<Context>(0) &&
           content.template get_as<Context>(0).expired(meter_.now());
  }

  /// Whether a message has to wait for the end of the pause. What nobody waits for any more does
  /// not, nor does a request for which there is no room; what asks for no answer always has room,
  /// since nobody would learn that it was lost.
  bool holds_back(caf::mailbox_element& element) const {
    return meter_.has(ActorCell::paused) && is_news(element) && !expired(element) &&
           (held_ < held_back_max || !element.mid.is_request());
  }

  caf::invoke_message_result drop(caf::mailbox_element& element, const Error& error) {
    meter_.drop();
    if (element.mid.is_request())
      caf::response_promise{caf::strong_actor_ptr{this->ctrl()}, element}.deliver(to_caf(error));
    return caf::invoke_message_result::consumed;
  }

  caf::invoke_message_result take(caf::mailbox_element& element, ActorMeter::Turn& turn) {
    auto& content = element.content();
    if (content.template match_elements<Continuation>()) {
      // A message may be delivered to us alone, so moving out of it is safe.
      auto next = content.template get_mutable_as<Continuation>(0);
      turn.belongs_to(next.cause);
      name_owner();
      meter_.awaits(-1);
      (*next.run)();
      return caf::invoke_message_result::consumed;
    }
    if (content.template match_elements<ActorOrder>()) {
      obey(content.template get_as<ActorOrder>(0));
      return caf::invoke_message_result::consumed;
    }
    if (expired(element))
      return drop(element, {Errc::timed_out, "the deadline passed before the work began", {}, {}});
    if (meter_.has(ActorCell::paused) && is_news(element))
      return drop(element, {Errc::unavailable,
                            "an operator holds this up and too much waits already; try again",
                            {},
                            std::chrono::seconds{5}});
    name_owner();
    return Base::consume(element);
  }

  void name_owner() const {
    if (auto& principal = current_cause().principal; !principal)
      principal = owner();
  }

  void obey(const ActorOrder& order) {
    switch (order.what) {
    case ActorOrder::What::pause:
      pause_ = order.pause;
      return meter_.set(ActorCell::paused, true);
    case ActorOrder::What::resume:
      if (order.pause == 0 || order.pause == pause_)
        meter_.set(ActorCell::paused, false);
      return;
    case ActorOrder::What::drain:
      meter_.set(ActorCell::paused, false);  // else what waits would never be done
      return meter_.set(ActorCell::draining, true);
    case ActorOrder::What::watch:
      return meter_.watch(order.messages);
    case ActorOrder::What::summary:
      if (order.answer)
        (*order.answer)(summary());
    }
  }

  ActorMeter meter_;
  std::uint32_t held_ = 0;   ///< messages in a row that wait for the end of the pause
  std::uint32_t pause_ = 0;  ///< the number of the present pause, or of the last
};

/// What an actor function takes as its first parameter: `Shell<UserState, UserActor>* self`. A
/// state may have these members, all const: `std::string summary()` tells an operator about it.
/// `UserId owner()` is the person for whom it works when a message does not say so.
/// `std::size_t bytes()` is about what it holds in memory besides itself; it is asked after every
/// message, so it must not count: it adds up what is known already.
template <class State, class Handle>
class Shell : public caf::stateful_actor<State, Observed<typename Handle::base>> {
  using Base = caf::stateful_actor<State, Observed<typename Handle::base>>;

public:
  using Base::Base;

  std::string summary() const override {
    if constexpr (requires(const State& state) { state.summary(); })
      return this->state.summary();
    else
      return "{}";
  }

  UserId owner() const override {
    if constexpr (requires(const State& state) { state.owner(); })
      return this->state.owner();
    else
      return {};
  }

  using Base::consume;
  caf::invoke_message_result consume(caf::mailbox_element& element) override {
    const auto result = Base::consume(element);
    if constexpr (requires(const State& state) { state.bytes(); })
      this->holds(sizeof(State) + this->state.bytes());
    return result;
  }
};

}  // namespace jobraker

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(jobraker::Continuation)
