#pragma once

#include <string>

#include "actors/chat/tool_run.hpp"
#include "storage/effects.hpp"

namespace jobraker::chat {

/// Function calls that change something. A call and what it changes are settled in one transaction,
/// so a lapsed one has certainly not happened and may be run again.
inline constexpr storage::EffectKind tool_call{"tool_call", LapseRule::run_again};

/// The call's key: the same in every attempt of the same question.
storage::EffectKey tool_key(const ToolRequest& request);

/// Runs `change(transaction)` and settles it as the effect `request`, in one transaction: once,
/// whatever crashes. A call that was settled before answers its outcome; one that is under way
/// elsewhere is Errc::conflict.
task<Result<std::string>>
run_once(Services& services, Context context, ToolRequest request,
         std::function<task<Result<std::string>>(storage::Session&)> change);

/// Reserves the effect for a change that another actor commits; the grant's fence, or the outcome
/// when it was settled before.
struct EffectStart {
  std::optional<std::int64_t> fence{};
  std::string outcome{};
};
task<Result<EffectStart>> begin_effect(Services& services, Context context,
                                       const ToolRequest& request);

}  // namespace jobraker::chat
