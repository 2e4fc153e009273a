#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/no_stages.hpp>
#include <caf/response_type.hpp>

#include "messages/actor.hpp"
#include "messages/spans.hpp"
#include "messages/task.hpp"

namespace jobraker::net {

/// Somebody waiting for an answer from an actor.
class Waiting {
public:
  virtual ~Waiting() = default;
  /// Resumes the coroutine with what the actor said.
  virtual void answer(caf::message& content) = 0;
  /// Resumes it with an error.
  virtual void refuse(caf::error error) = 0;
};

/// The post box of one I/O thread: answers to its coroutines arrive here and are handed out on that
/// thread. It is an actor without mailbox and behaviour, so an ask spawns nothing. A late answer
/// meets a slot of another generation and finds nobody.
class ReplyPort {
public:
  ReplyPort(caf::actor_system& system, IoContext& io);
  ~ReplyPort();
  ReplyPort(const ReplyPort&) = delete;
  ReplyPort& operator=(const ReplyPort&) = delete;

  /// The calling thread's port; set by `bind`, which each I/O thread calls once before anything
  /// else.
  static ReplyPort& here();
  static void bind(ReplyPort* port);

  /// Registers somebody until `deadline`; the id goes into the request. When `target` ends without
  /// an answer they are refused soon after. I/O thread only.
  caf::message_id add(std::unique_ptr<Waiting> waiting, Context::Clock::time_point deadline,
                      caf::strong_actor_ptr target);

  /// The address that answers come to.
  caf::strong_actor_ptr address() const;

  /// Coroutines waiting now.
  std::size_t waiting() const noexcept;

  /// Refuses everybody still waiting (shutdown). I/O thread only.
  void close();

private:
  class Impl;
  Impl* impl_;
  caf::strong_actor_ptr keep_;
};

namespace detail {

template <class Reply, class Handler>
class WaitingFor final : public Waiting {
public:
  explicit WaitingFor(Handler handler) : handler_(std::move(handler)), cause_(current_cause()) {}
  void answer(caf::message& content) override {
    current_cause() = cause_;
    if (content.match_elements<Reply>())
      return std::move(handler_)(Outcome{std::move(content.get_mutable_as<Reply>(0))});
    if (content.match_elements<caf::error>())
      return std::move(handler_)(Outcome{content.get_as<caf::error>(0)});
    std::move(handler_)(Outcome{caf::make_error(caf::sec::unexpected_response)});
  }
  void refuse(caf::error error) override {
    current_cause() = cause_;
    std::move(handler_)(Outcome{std::move(error)});
  }

private:
  using Outcome = caf::expected<Reply>;
  Handler handler_;
  Cause cause_;  ///< of the coroutine that waits
};

}  // namespace detail

/// Asks an actor from a coroutine on an I/O thread: sends `context, message`, resumes on the same
/// thread with the answer. What is left of the context's deadline bounds the wait; an actor that
/// ends while it works on the message (a crash, an operator's stop) is Errc::unavailable: CAF 0.17
/// drops its promises without a word.
/// The reply type follows from the handle's interface; a message it does not know does not compile.
template <class Handle, class Message>
auto ask_once(Handle to, Context context, Message message) {
  using Reply = caf::detail::tl_head_t<
    typename caf::response_type<typename Handle::signatures, Context, Message>::type>;
  return asio::async_initiate<decltype(use_task), void(caf::expected<Reply>)>(
    [](auto handler, Handle target, Context c, Message m) {
      auto& port = ReplyPort::here();
      auto deadline = c.deadline;
      if (const auto& cause = current_cause(); cause.span != 0 && cause.trace == c.trace.trace_id)
        set_span_id(c.trace, cause.span);
      auto id =
        port.add(std::make_unique<detail::WaitingFor<Reply, decltype(handler)>>(std::move(handler)),
                 deadline, caf::actor_cast<caf::strong_actor_ptr>(target));
      caf::actor_cast<caf::abstract_actor*>(target)->enqueue(
        caf::make_mailbox_element(port.address(), id, caf::no_stages, std::move(c), std::move(m)),
        nullptr);
    },
    use_task, std::move(to), std::move(context), std::move(message));
}

/// Lets an ending actor finish: its directory hears of the end a moment after the actor's mailbox
/// refused us. At once the first time, then 1 ms, 2 ms, 4 ms …
task<void> breathe(int attempt);

/// Asks whoever `find()` gives — a `Result<Handle>` — and again if that actor ended before it
/// looked at the message (it passivated, or waits for a restart).
template <class Find, class Message>
auto ask(const Find& find, const Context& context, const Message& message)
  -> task<Result<caf::detail::tl_head_t<typename caf::response_type<
    typename std::decay_t<decltype(*find())>::signatures, Context, Message>::type>>> {
  for (int attempt = 0;; ++attempt) {
    auto handle = find();
    if (!handle)
      co_return fail(std::move(handle.error()));
    auto answer = co_await ask_once(*handle, context, message);
    if (answer)
      co_return std::move(*answer);
    if (!receiver_was_gone(answer.error()) || attempt >= 6 || context.expired())
      co_return fail(from_caf(answer.error()));
    co_await breathe(attempt);
  }
}

}  // namespace jobraker::net
