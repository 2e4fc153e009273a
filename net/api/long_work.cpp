#include "net/api/long_work.hpp"

#include "net/api/answers.hpp"
#include "net/ask.hpp"

namespace jobraker::net {

Context to_begin(const Request& request) {
  constexpr std::chrono::seconds ordinary{30};
  auto context = request.context;
  context.deadline = std::min(context.deadline, Context::Clock::now() + ordinary);
  return context;
}

task<Response> finish_long_work(const Actors& actors, Request& request, Result<TaskView> begun) {
  if (!begun)
    co_return problem(begun.error(), request.context);
  auto wait = preferred_wait(request);
  if (wait.count() > 0 && begun->state != TaskState::done && begun->state != TaskState::failed) {
    auto context = request.context;
    context.deadline = std::min(context.deadline, Context::Clock::now() + wait);
    auto ended = co_await ask(actors.tasks, context, AwaitTask{begun->id});
    if (ended)
      co_return answer_task(*ended, request);
    // Too long, too many waiting, shutting down: the caller gets the address instead.
  }
  auto context = request.context;
  context.deadline = std::max(context.deadline, Context::Clock::now() + std::chrono::seconds{2});
  auto present = co_await ask(actors.tasks, context, GetTask{begun->id});
  co_return answer_task(present ? *present : *begun, request);
}

}  // namespace jobraker::net
