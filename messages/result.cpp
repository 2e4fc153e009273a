#include "messages/result.hpp"

namespace jobraker {

std::string_view to_string(Errc code) noexcept {
  switch (code) {
  case Errc::malformed:
    return "malformed";
  case Errc::invalid:
    return "invalid";
  case Errc::unauthenticated:
    return "unauthenticated";
  case Errc::forbidden:
    return "forbidden";
  case Errc::not_found:
    return "not_found";
  case Errc::method_not_allowed:
    return "method_not_allowed";
  case Errc::conflict:
    return "conflict";
  case Errc::precondition_failed:
    return "precondition_failed";
  case Errc::too_large:
    return "too_large";
  case Errc::unsupported_media:
    return "unsupported_media";
  case Errc::unprocessable:
    return "unprocessable";
  case Errc::rate_limited:
    return "rate_limited";
  case Errc::timed_out:
    return "timed_out";
  case Errc::upstream_failed:
    return "upstream_failed";
  case Errc::upstream_timed_out:
    return "upstream_timed_out";
  case Errc::unavailable:
    return "unavailable";
  case Errc::cancelled:
    return "cancelled";
  case Errc::internal:
    return "internal";
  }
  return "internal";
}

}  // namespace jobraker
