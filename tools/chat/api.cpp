#include "tools/chat/api.hpp"

namespace jobraker::chat_client {
namespace {

constexpr std::chrono::seconds call_timeout{20};

Errc code_of(int status) {
  switch (status) {
  case 401:
    return Errc::unauthenticated;
  case 403:
    return Errc::forbidden;
  case 404:
    return Errc::not_found;
  case 429:
    return Errc::rate_limited;
  default:
    return Errc::upstream_failed;
  }
}

net::ClientSettings settings_with(std::string ca_file) {
  net::ClientSettings settings;
  settings.ca_file = std::move(ca_file);
  settings.user_agent = "jobraker-chat/0.1";
  return settings;
}

/// What a problem document (RFC 9457) says.
std::string reason(const net::ClientResponse& response) {
  auto document = json::Document::parse(response.body);
  auto detail = document ? document->root()["detail"].string_or("") : std::string{};
  if (detail.empty() && document)
    detail = document->root()["title"].string_or("");
  return "the server answered " + std::to_string(response.status) +
         (detail.empty() ? std::string{} : ": " + detail);
}

}  // namespace

Api::Api(IoContext& io, net::Url base, Credentials credentials, std::string ca_file)
    : client_(io, settings_with(std::move(ca_file))), base_(std::move(base)),
      credentials_(std::move(credentials)) {
  while (base_.target.ends_with('/'))
    base_.target.pop_back();
}

net::Url Api::socket_url() const {
  auto url = base_;
  url.target += "/api/v1/chat/ws";
  return url;
}

task<Result<json::Document>> Api::call(net::Method method, std::string path, std::string body,
                                       bool again) {
  net::ClientRequest request;
  request.method = method;
  request.url = base_.origin() + base_.target + "/api/v1" + path;
  request.context = Context::system(call_timeout);
  request.send_trace = false;
  request.headers.set("accept", "application/json");
  if (!credentials_.token.empty())
    request.headers.set("authorization", "Bearer " + credentials_.token);
  if (!body.empty())
    request.headers.set("content-type", "application/json");
  request.body = body;
  auto response = co_await client_.send(std::move(request));
  if (!response)
    co_return fail(std::move(response.error()));
  if (response->status == 401 && again && can_log_in()) {
    if (auto done = co_await log_in(); !done)
      co_return fail(std::move(done.error()));
    co_return co_await call(method, std::move(path), std::move(body), false);
  }
  if (response->status < 200 || response->status > 299)
    co_return fail(code_of(response->status), reason(*response));
  if (response->body.empty())
    co_return json::Document::parse("null");
  co_return json::Document::parse(response->body);
}

task<Done> Api::log_in() {
  if (!can_log_in())
    co_return Done{};
  json::Writer w;
  w.begin_object().member("email", std::string_view{credentials_.email});
  w.member("password", std::string_view{credentials_.password}).end_object();
  credentials_.token.clear();
  auto answer = co_await call(net::Method::post, "/auth/login", w.text(), false);
  if (!answer)
    co_return fail(std::move(answer.error()));
  credentials_.token = answer->root()["access_token"].string_or("");
  if (credentials_.token.empty())
    co_return fail(Errc::upstream_failed, "the server's answer to the log-in has no token");
  co_return Done{};
}

task<Result<bool>> Api::has_consent() {
  auto answer = co_await call(net::Method::get, "/users/me/consents", "");
  if (!answer)
    co_return fail(std::move(answer.error()));
  co_return answer->root()["ai_chat"].boolean().value_or(false);
}

task<Done> Api::give_consent() {
  auto answer = co_await call(net::Method::put, "/users/me/consents", R"({"ai_chat":true})");
  if (!answer)
    co_return fail(std::move(answer.error()));
  co_return Done{};
}

task<Result<StreamPosition>> Api::position(ConversationId conversation) {
  auto answer = co_await call(net::Method::get, "/conversations/" + to_string(conversation), "");
  if (!answer)
    co_return fail(std::move(answer.error()));
  auto place = answer->root()["position"];
  co_return StreamPosition{place["epoch"].integer().value_or(0),
                           place["seq"].integer().value_or(0)};
}

}  // namespace jobraker::chat_client
