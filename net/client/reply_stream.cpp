#include "net/client/reply_stream.hpp"

#include <utility>

namespace jobraker::net {

Result<std::string> ReplyStream::feed(std::string_view bytes) {
  if (failure_)
    return fail(failure_->error);
  std::string added;
  if (closed_)
    return added;
  auto fed = reader_.feed(bytes, [&](const SseEvent& event) -> Done {
    if (closed_)
      return {};
    return take(event, added);
  });
  // What stands behind the last word spoils nothing.
  if (!fed && !failure_ && !closed_)
    failure_ = broken_stream("the model's stream cannot be read: " + fed.error().detail);
  if (failure_)
    return fail(failure_->error);
  return added;
}

ModelFailure ReplyStream::broken() const {
  return failure_ ? *failure_ : broken_stream("the model's answer was cut in mid-stream");
}

ModelReply ReplyStream::reply() const {
  auto out = so_far_;
  finish(out);
  return out;
}

Done ReplyStream::give_up(ModelFailure failure) {
  failure_ = std::move(failure);
  return fail(failure_->error);
}

}  // namespace jobraker::net
