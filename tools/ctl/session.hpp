#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/time.hpp"
#include "tools/ctl/outcome.hpp"

namespace jobraker::ctl {

/// What `login` keeps of one server.
struct Session {
  std::string email{};
  std::string access_token{};
  std::string refresh_token{};
  Time expires_at{};  ///< of the access token
  bool operator==(const Session&) const = default;
};

std::string encode_session(const Session& session);
/// Nothing when it is no session.
std::optional<Session> decode_session(std::string_view text);

/// What `POST /auth/login` and `/auth/refresh` answer, as a session that began at `now`. Nothing
/// when the tokens are missing, or could not stand in a header.
std::optional<Session> session_of(std::string_view answer, std::string email, Time now);

/// A token as a person hands it over: blanks around it do not count. Empty when it could not stand
/// in a header.
std::string read_token(std::string_view text);

/// Where the session with `server` (an origin) is kept. Empty when neither folder is known.
std::string session_path(std::string_view xdg_state_home, std::string_view home,
                         std::string_view server);

}  // namespace jobraker::ctl
