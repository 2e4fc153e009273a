#pragma once

#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "messages/task.hpp"

namespace jobraker {

/// Runs two coroutines at the same time on the caller's I/O thread and answers when both have
/// ended. The first runs up to its first wait before the second begins: what they send on one
/// connection goes out in that order. An exception of either is thrown once both have ended.
template <class A, class B>
task<std::pair<A, B>> together(task<A> first, task<B> second) {
  using namespace asio::experimental::awaitable_operators;
  auto [a, b] = co_await (std::move(first) && std::move(second));
  co_return std::pair<A, B>{std::move(a), std::move(b)};
}

}  // namespace jobraker
