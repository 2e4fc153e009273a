#include "tools/ctl/server.hpp"

#include "messages/json.hpp"
#include "tools/ctl/text.hpp"

namespace jobraker::ctl {
namespace {

constexpr const char* user_agent = "jobrakerctl/0.1";
constexpr std::chrono::seconds early{10};  ///< a token is replaced before the server refuses it
constexpr std::size_t answer_max = 64 << 20;

net::ClientSettings settings_with(std::string ca_file) {
  net::ClientSettings settings;
  settings.ca_file = std::move(ca_file);
  settings.user_agent = user_agent;
  return settings;
}

net::Method method_of(Verb verb) {
  switch (verb) {
  case Verb::get:
    return net::Method::get;
  case Verb::put:
    return net::Method::put;
  case Verb::post:
    return net::Method::post;
  }
  return net::Method::get;
}

bool good(const net::ClientResponse& answer) {
  return answer.status >= 200 && answer.status <= 299;
}

tl::unexpected<Refusal> refused(const net::ClientResponse& answer) {
  auto type = answer.headers.get("content-type").value_or("");
  return tl::unexpected<Refusal>(refusal_of(answer.status, type, answer.body));
}

}  // namespace

Server::Server(IoContext& io, net::Url url, Identity identity, std::string ca_file,
               std::chrono::seconds timeout)
    : io_(io), client_(io, settings_with(ca_file)), url_(std::move(url)),
      identity_(std::move(identity)), ca_file_(std::move(ca_file)), timeout_(timeout) {
  while (url_.target.ends_with('/'))
    url_.target.pop_back();
}

bool Server::readable_on_the_way() const {
  bool here = url_.host == "localhost" || url_.host == "::1" || url_.host.starts_with("127.");
  return !url_.secure() && !here;
}

Refusal Server::unreachable(const Error& error) const {
  return {clean(address() + " cannot be reached: " + error.detail), exit_unreachable};
}

task<Outcome<net::ClientResponse>> Server::transfer(Call call, std::string token) {
  net::ClientRequest request;
  request.method = method_of(call.verb);
  request.url = address() + call.target;
  request.context = Context::system(timeout_);
  request.send_trace = false;
  request.response_max = answer_max;
  request.headers.set("accept", "application/json");
  if (!token.empty())
    request.headers.set("authorization", "Bearer " + token);
  if (!call.body.empty())
    request.headers.set("content-type", "application/json");
  request.body = std::move(call.body);
  auto answer = co_await client_.send(std::move(request));
  if (!answer)
    co_return tl::unexpected<Refusal>(unreachable(answer.error()));
  co_return std::move(*answer);
}

/// An access token that has not expired, as far as we know.
task<Outcome<std::string>> Server::token() {
  if (!identity_.token.empty())
    co_return identity_.token;
  auto session = identity_.file.read();
  if (!session)
    co_return refuse(exit_forbidden, "not signed in to " + address() + ": jobrakerctl login");
  if (session->expires_at > now() + early)
    co_return session->access_token;
  co_return co_await renew(session->access_token);
}

/// A token that is not `stale`: one that another process got meanwhile, or a new one.
task<Outcome<std::string>> Server::renew(std::string stale) {
  SessionFile::Lock lock{identity_.file};
  auto session = identity_.file.read();
  if (!session)
    co_return refuse(exit_forbidden, "not signed in to " + address() + ": jobrakerctl login");
  if (session->access_token != stale)
    co_return session->access_token;
  json::Writer w;
  w.begin_object().member("refresh_token", std::string_view{session->refresh_token}).end_object();
  auto answer = co_await transfer({Verb::post, "/api/v1/auth/refresh", w.text(), true}, {});
  if (!answer)
    co_return tl::unexpected<Refusal>(std::move(answer.error()));
  if (answer->status == 401)
    co_return refuse(exit_forbidden,
                     "the session with " + address() + " is over: jobrakerctl login");
  if (!good(*answer))
    co_return refused(*answer);
  auto next = session_of(answer->body, session->email, now());
  if (!next)
    co_return refuse(exit_unreachable, address() + " answered a refresh without tokens");
  if (auto problem = identity_.file.write(*next); !problem.empty())
    co_return refuse(exit_refused, problem);
  co_return next->access_token;
}

task<Outcome<std::string>> Server::send(Call call) {
  std::string bearer;
  if (!call.open) {
    auto known = co_await token();
    if (!known)
      co_return tl::unexpected<Refusal>(std::move(known.error()));
    bearer = std::move(*known);
  }
  auto answer = co_await transfer(call, bearer);
  if (answer && answer->status == 401 && !call.open && identity_.token.empty()) {
    auto next = co_await renew(bearer);
    if (!next)
      co_return tl::unexpected<Refusal>(std::move(next.error()));
    answer = co_await transfer(call, std::move(*next));
  }
  if (!answer)
    co_return tl::unexpected<Refusal>(std::move(answer.error()));
  if (!good(*answer))
    co_return refused(*answer);
  co_return std::move(answer->body);
}

task<Outcome<void>> Server::sign_in(std::string email, std::string password) {
  json::Writer w;
  w.begin_object().member("email", std::string_view{email});
  w.member("password", std::string_view{password}).end_object();
  auto answer = co_await transfer({Verb::post, "/api/v1/auth/login", w.text(), true}, {});
  if (!answer)
    co_return tl::unexpected<Refusal>(std::move(answer.error()));
  if (!good(*answer))
    co_return refused(*answer);
  auto session = session_of(answer->body, std::move(email), now());
  if (!session)
    co_return refuse(exit_unreachable, address() + " answered the sign-in without tokens");
  if (auto problem = identity_.file.write(*session); !problem.empty())
    co_return refuse(exit_refused, problem);
  co_return Outcome<void>{};
}

task<Outcome<bool>> Server::sign_out() {
  auto session = identity_.file.read();
  if (!session) {
    identity_.file.remove();
    co_return false;
  }
  json::Writer w;
  w.begin_object().member("refresh_token", std::string_view{session->refresh_token}).end_object();
  auto answer = co_await transfer({Verb::post, "/api/v1/auth/logout", w.text(), true}, {});
  // Whatever the server says, the tokens are not kept.
  identity_.file.remove();
  if (!answer)
    co_return tl::unexpected<Refusal>(std::move(answer.error()));
  if (!good(*answer))
    co_return refused(*answer);
  co_return true;
}

task<Result<std::shared_ptr<net::WsLink>>> Server::open(std::string token) {
  auto url = url_;
  url.target += "/api/v1/admin/actors/stream";
  net::WsOffer offer;
  offer.bearer = std::move(token);
  offer.user_agent = user_agent;
  offer.subprotocol = "jobraker.v1";
  offer.ca_file = ca_file_;
  co_return co_await net::WsLink::open(io_, std::move(url), std::move(offer));
}

task<Outcome<std::shared_ptr<net::WsLink>>> Server::watch() {
  auto bearer = co_await token();
  if (!bearer)
    co_return tl::unexpected<Refusal>(std::move(bearer.error()));
  auto link = co_await open(*bearer);
  if (!link && link.error().code == Errc::unauthenticated && identity_.token.empty()) {
    auto next = co_await renew(*bearer);
    if (!next)
      co_return tl::unexpected<Refusal>(std::move(next.error()));
    link = co_await open(std::move(*next));
  }
  if (link)
    co_return std::move(*link);
  auto code = link.error().code;
  if (code == Errc::unauthenticated || code == Errc::forbidden)
    co_return refuse(exit_forbidden, clean(link.error().detail));
  if (code == Errc::rate_limited)
    co_return refuse(exit_refused, clean(link.error().detail));
  co_return tl::unexpected<Refusal>(unreachable(link.error()));
}

}  // namespace jobraker::ctl
