#include "tools/ctl/session.hpp"

#include <algorithm>

#include "messages/json.hpp"
#include "tools/ctl/call.hpp"

namespace jobraker::ctl {
namespace {

/// Visible ASCII only: nothing that could end a header.
bool fits_header(std::string_view token) {
  return !token.empty() &&
         std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

std::string encode_session(const Session& session) {
  json::Writer w;
  w.begin_object().member("email", std::string_view{session.email});
  w.member("access_token", std::string_view{session.access_token});
  w.member("refresh_token", std::string_view{session.refresh_token});
  w.member("expires_at", std::string_view{to_rfc3339(session.expires_at)});
  return w.end_object().text() + "\n";
}

std::optional<Session> decode_session(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document)
    return std::nullopt;
  auto root = document->root();
  auto expires = parse_rfc3339(root["expires_at"].string_or(""));
  Session session{root["email"].string_or(""), root["access_token"].string_or(""),
                  root["refresh_token"].string_or(""), expires.value_or(Time{})};
  if (!expires || !fits_header(session.access_token) || session.refresh_token.empty())
    return std::nullopt;
  return session;
}

std::optional<Session> session_of(std::string_view answer, std::string email, Time now) {
  auto document = json::Document::parse(answer);
  if (!document)
    return std::nullopt;
  auto root = document->root();
  auto seconds = std::clamp<std::int64_t>(root["expires_in"].integer().value_or(0), 0, 31'536'000);
  Session session{std::move(email), root["access_token"].string_or(""),
                  root["refresh_token"].string_or(""), now + std::chrono::seconds{seconds}};
  if (!fits_header(session.access_token) || session.refresh_token.empty())
    return std::nullopt;
  return session;
}

std::string read_token(std::string_view text) {
  auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && blank(text.back()))
    text.remove_suffix(1);
  return fits_header(text) ? std::string{text} : std::string{};
}

std::string session_path(std::string_view xdg_state_home, std::string_view home,
                         std::string_view server) {
  std::string folder;
  // The specification wants relative paths to be ignored.
  if (xdg_state_home.starts_with('/'))
    folder = xdg_state_home;
  else if (!home.empty())
    folder = std::string{home} + "/.local/state";
  return folder.empty() ? folder : folder + "/jobraker/ctl-" + escaped(server) + ".json";
}

}  // namespace jobraker::ctl
