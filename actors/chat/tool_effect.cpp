#include "actors/chat/tool_effect.hpp"

#include "actors/system/pause.hpp"
#include "storage/databases.hpp"

namespace jobraker::chat {
namespace {

// Well below the time a call has (30 s): whoever asks again after a crash waits for the rest of the
// lease and must have time left for the work. A slow one whose lease has ended still settles,
// unless somebody took over, and then its change is undone with it.
constexpr std::chrono::seconds lease{10};

Error still_running() {
  return Error{Errc::conflict,
               "this change is under way already; look again in a moment",
               {},
               std::chrono::seconds{5}};
}

}  // namespace

storage::EffectKey tool_key(const ToolRequest& request) {
  return storage::effect_key({request.effect_scope, request.name, request.arguments});
}

task<Result<std::string>>
run_once(Services& services, Context context, ToolRequest request,
         std::function<task<Result<std::string>>(storage::Session&)> change) {
  auto key = tool_key(request);
  storage::Until session{services.databases.here(), context.deadline};
  co_return co_await session.transaction(
    [&](storage::Transaction& transaction) -> task<Result<std::string>> {
      auto reserved = co_await storage::reserve_effect(transaction, tool_call, key, lease, now());
      if (!reserved)
        co_return fail(std::move(reserved.error()));
      if (const auto* done = reserved->done())
        co_return done->outcome;
      const auto* granted = reserved->granted();
      if (granted == nullptr)
        co_return fail(still_running());
      auto outcome = co_await change(transaction);
      if (!outcome)
        co_return fail(std::move(outcome.error()));
      auto settled =
        co_await storage::settle_effect(transaction, tool_call, key, granted->fence, *outcome);
      if (!settled)
        co_return fail(std::move(settled.error()));
      co_return outcome;
    });
}

task<Result<EffectStart>> begin_effect(Services& services, Context context,
                                       const ToolRequest& request) {
  auto key = tool_key(request);
  for (;;) {
    auto reserved =
      co_await storage::reserve_effect(services.databases.here(), tool_call, key, lease, now());
    if (!reserved)
      co_return fail(std::move(reserved.error()));
    if (const auto* done = reserved->done())
      co_return EffectStart{std::nullopt, done->outcome};
    if (const auto* granted = reserved->granted())
      co_return EffectStart{granted->fence, {}};
    // An attempt that crashed holds it until its lease ends.
    if (context.expired())
      co_return fail(still_running());
    co_await pause(std::chrono::milliseconds{500});
  }
}

}  // namespace jobraker::chat
