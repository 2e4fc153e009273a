#include "actors/llm/verdict.hpp"

namespace jobraker::llm {
namespace {

/// What a schema's answer must not be: refused, or cut at its limit.
std::optional<Error> unusable(const Journey& journey, const ModelReply& reply) {
  if (journey.operation.schema.empty() || journey.question.kind != ModelKind::chat)
    return std::nullopt;
  if (!reply.refusal.empty())
    return Error{Errc::upstream_failed, "the model refused to answer", {}, {}};
  if (reply.finish == FinishReason::length)
    return Error{Errc::upstream_failed, "the model's answer was cut at its limit", {}, {}};
  if (reply.finish == FinishReason::content_filter)
    return Error{Errc::upstream_failed, "the provider's filter stopped the answer", {}, {}};
  return std::nullopt;
}

/// Whether these texts are refused as they are, and others may be taken: neither the account, nor
/// the model, nor the moment is the reason.
bool refuses_texts(const AttemptResult& result) {
  const auto& failure = *result.failure;
  if (failure.context_length_exceeded)
    return true;
  for (int other : {401, 402, 403, 404, 408, 409, 429})
    if (result.status == other)
      return false;
  return result.status >= 400 && result.status < 500 && !failure.retry && !failure.quota &&
         !failure.model_not_found;
}

}  // namespace

Ended ended_of(std::int64_t permit, const AttemptResult& result) {
  Ended ended;
  ended.permit = permit;
  ended.used_tokens = result.usage.input + result.usage.output;
  ended.limits = result.limits;
  if (!result.failure) {
    ended.end = AttemptEnd::good;
    return ended;
  }
  const auto& failure = *result.failure;
  ended.retry_after = failure.wait;
  bool theirs = failure.retry || failure.overloaded;
  ended.end = result.cancelled          ? AttemptEnd::neutral
              : failure.quota           ? AttemptEnd::quota
              : failure.model_not_found ? AttemptEnd::missing
              : failure.slow_down       ? AttemptEnd::slow_down
              : failure.limited         ? AttemptEnd::limited
              : theirs                  ? AttemptEnd::failed
                                        : AttemptEnd::neutral;
  return ended;
}

Step judge(const Journey& journey, const AttemptResult& result) {
  Step step;
  if (!result.failure) {
    if (auto why = unusable(journey, result.reply->reply)) {
      step.error = std::move(*why);
      step.next = Next::next_model;
      return step;
    }
    step.reply = result.reply;
    return step;
  }
  const auto& failure = *result.failure;
  step.error = failure.error;
  step.wait = failure.wait;
  // It is our limit that is used up, not our caller's.
  if (step.error.code == Errc::rate_limited)
    step.error.code = Errc::unavailable;
  if (journey.question.kind == ModelKind::embedding && refuses_texts(result))
    step.error.code = Errc::unprocessable;
  if (result.cancelled)
    step.error = Error{Errc::cancelled, "the call was cancelled", {}, {}};
  else if (result.status == 401 || result.status == 403)
    step.next = Next::next_provider;  // our key is refused, whatever the model
  else if (failure.quota || failure.model_not_found || failure.context_length_exceeded)
    step.next = Next::next_model;
  else if (failure.retry)
    step.next = Next::again;
  else
    step.next = Next::next_model;
  return step;
}

}  // namespace jobraker::llm
