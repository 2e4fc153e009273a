#pragma once

#include "messages/codec_uuid.hpp"
#include "messages/events.hpp"

namespace jobraker {

template <class E>
Event make_event(const E& happened, Time at, std::string traceparent) {
  return {new_uuid(),
          E::topic,
          std::string{E::event_type},
          happened.key(),
          at,
          json::encode(happened),
          std::move(traceparent)};
}

}  // namespace jobraker
