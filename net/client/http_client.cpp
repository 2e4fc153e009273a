#include "net/client/http_client.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>

#include "messages/spans.hpp"
#include "net/client/client_core.hpp"
#include "net/client/response_reader.hpp"

namespace jobraker::net {
namespace {

using OnData = std::function<Done(std::string_view)>;

bool is_repeatable(Method method) { return method != Method::post && method != Method::patch; }

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string request_head(const ClientRequest& request, const Url& url,
                         const ClientSettings& settings) {
  std::string out{to_string(request.method)};
  out.append(" ").append(url.target).append(" HTTP/1.1\r\nHost: ").append(url.authority());
  const auto put = [&](std::string_view name, std::string_view value) {
    out.append("\r\n").append(name).append(": ").append(value);
  };
  if (!request.headers.contains("user-agent"))
    put("User-Agent", settings.user_agent);
  if (!request.headers.contains("accept"))
    put("Accept", "*/*");
  if (request.send_trace && !request.headers.contains("traceparent"))
    put("Traceparent", request.context.trace.child().header());
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto name = request.headers.name_at(i);
    if (!same_token(name, "host") && !same_token(name, "content-length") &&
        !same_token(name, "connection") && !same_token(name, "transfer-encoding"))
      put(name, request.headers.value_at(i));
  }
  const bool sends_body = request.method == Method::post || request.method == Method::put ||
                          request.method == Method::patch;
  if (sends_body || !request.body.empty())
    put("Content-Length", std::to_string(request.body.size()));
  out.append("\r\n\r\n");
  return out;
}

/// One request and its answer on one connection.
struct Exchange {
  Done outcome{};
  bool answered = false;  ///< a byte of the answer came
  bool wrote = false;     ///< a byte of the request went out
  bool reusable = false;
};

task<Exchange> exchange(std::shared_ptr<Call> call, Link& link, const ClientRequest& request,
                        const Url& url, const ClientSettings& settings, ClientResponse& response,
                        ResponseReader::Sink sink) {
  Exchange done;
  ResponseReader reader{response, request.method == Method::head, settings.header_max,
                        std::move(sink)};
  const auto interrupt = [&link] { link.close(); };
  const auto blame = [&](const std::string& why) {
    done.outcome = call->stopped() ? fail(stopped_error(*call, url.host))
                                   : fail(Errc::upstream_failed, url.host + ": " + why);
  };
  IoError write_error;
  {
    std::string bytes = request_head(request, url, settings);
    // A small body goes along in one piece; a big one is not copied.
    const bool joined = request.body.size() <= (64 << 10);
    if (joined)
      bytes.append(request.body);
    Step step{call, settings.read_timeout, interrupt};
    done.wrote = co_await link.write(bytes, write_error) > 0;
    if (done.wrote && request.on_sent)
      request.on_sent();
    if (!joined && !write_error)
      co_await link.write(request.body, write_error);
  }
  // A peer may refuse a long body by answering and closing early: the answer is worth a look.
  std::size_t have = 0;
  while (!reader.done()) {
    if (have == link.buffer.size()) {
      if (have > settings.header_max) {
        blame("its header is longer than " + std::to_string(settings.header_max) + " bytes");
        co_return done;
      }
      link.buffer.resize(have * 2);
    }
    IoError error;
    std::size_t count = 0;
    if (!call->stopped()) {
      Step step{call, settings.read_timeout, interrupt};
      count = co_await link.read_behind(have, error);
    }
    if (call->stopped()) {
      blame({});
      co_return done;
    }
    if (error == asio::error::eof && done.answered) {
      if (auto finished = reader.finish(); !finished)
        blame(finished.error().detail);
      co_return done;
    }
    if (error) {
      blame(write_error ? write_error.message()
            : done.answered || error != asio::error::eof
              ? "its answer was cut (" + error.message() + ")"
              : "it closed the connection without an answer");
      co_return done;
    }
    done.answered = true;
    have += count;
    auto used = reader.feed({link.buffer.data(), have});
    if (!used) {
      done.outcome = fail(std::move(used.error()));
      if (done.outcome.error().code == Errc::upstream_failed)
        done.outcome.error().detail.insert(0, url.host + ": ");
      co_return done;
    }
    std::copy(link.buffer.begin() + static_cast<std::ptrdiff_t>(*used),
              link.buffer.begin() + static_cast<std::ptrdiff_t>(have), link.buffer.begin());
    have -= *used;
  }
  done.reusable = reader.keep_alive() && have == 0 && !write_error;
  co_return done;
}

/// One hop: sends to `url`, once more when a kept connection proves dead.
task<Result<ClientResponse>> hop(HttpClient::Core& core, std::shared_ptr<Call> call,
                                 const ClientRequest& request, const Url& url,
                                 const OnData& on_data) {
  bool fresh = false;
  while (true) {
    bool reused = false;
    OpenSpan span{SpanKind::call, intern_name(std::string{to_string(request.method)} + " " +
                                              std::string{url.host})};
    auto link = co_await core.acquire(call, url, request.guard, fresh, reused);
    span.resume();
    if (!link)
      co_return fail(std::move(link.error()));
    span.started();
    ClientResponse response;
    response.url = url.text();
    std::size_t taken = 0;
    const auto sink = [&](std::string_view piece) -> Done {
      span.resume();
      taken += piece.size();
      if (taken > request.response_max)
        return fail(Errc::too_large, "the answer of " + url.host + " is longer than " +
                                       std::to_string(request.response_max) + " bytes");
      if (on_data && response.status / 100 == 2)
        return on_data(piece);
      response.body.append(piece);
      return {};
    };
    auto result = co_await exchange(call, **link, request, url, core.settings, response, sink);
    span.finish(!result.outcome || response.status >= 400);
    span.resume();
    if (result.outcome) {
      if (result.reusable)
        core.keep(url, std::move(*link));
      co_return response;
    }
    const bool again = reused && !fresh && !result.answered && !call->stopped() &&
                       (is_repeatable(request.method) || !result.wrote);
    if (!again)
      co_return fail(std::move(result.outcome.error()));
    fresh = true;
  }
}

/// Turns the request into the one a redirect asks for (RFC 9110 §15.4).
Result<Url> follow(ClientRequest& request, const Url& from, const ClientResponse& response) {
  auto to = resolve_url(from, response.headers.value("location"));
  if (!to)
    return fail(Errc::upstream_failed, from.host + " redirects to nowhere: " + to.error().detail);
  if (from.secure() && !to->secure())
    return fail(Errc::upstream_failed, from.host + " redirects from https to http");
  const bool to_get = response.status == 303
                        ? request.method != Method::head
                        : response.status <= 302 && request.method == Method::post;
  if (to_get) {
    request.method = Method::get;
    request.body.clear();
    request.headers.remove("content-type");
  }
  if (to->origin() != from.origin()) {  // credentials were meant for the first
    for (auto name : {"authorization", "cookie", "proxy-authorization", "x-api-key"})
      request.headers.remove(name);
  }
  return to;
}

task<Result<ClientResponse>> perform(std::shared_ptr<HttpClient::Core> core, ClientRequest request,
                                     OnData on_data) {
  auto url = parse_url(request.url);
  if (!url)
    co_return fail(std::move(url.error()));
  // Whoever calls says for which request in the context; the thread may be at something else.
  if (auto& cause = current_cause(); cause.trace != request.context.trace.trace_id) {
    const auto& user = request.context.principal.user;
    cause = Cause{request.context.trace.trace_id, span_id_of(request.context.trace), cause.actor,
                  user ? user : cause.principal};
  }
  auto call = std::make_shared<Call>(core->io);
  call->deadline = request.context.deadline;
  struct Watching {
    std::optional<CancelToken>& token;
    ~Watching() {
      if (token)
        token->watch({});
    }
  } watching{request.cancel};
  if (request.cancel) {
    request.cancel->watch([weak = std::weak_ptr<Call>{call}, core] {
      asio::post(core->io, [weak] {
        const auto at = weak.lock();
        if (!at)
          return;
        at->cancelled = true;
        if (at->interrupt)
          at->interrupt();
      });
    });
    call->cancelled = request.cancel->cancelled();
  }
  if (request.context.expired())
    call->timed_out = true;
  for (int hops = 0;; ++hops) {
    if (call->stopped())
      co_return fail(stopped_error(*call, url->host));
    auto response = co_await hop(*core, call, request, *url, on_data);
    if (!response || !is_redirect(response->status) || hops >= request.redirects_max ||
        !response->headers.contains("location"))
      co_return response;
    auto next = follow(request, *url, *response);
    if (!next)
      co_return fail(std::move(next.error()));
    *url = std::move(*next);
  }
}

}  // namespace

HttpClient::HttpClient(IoContext& io, ClientSettings settings)
    : core_(std::make_shared<Core>(io, std::move(settings))) {}

HttpClient::~HttpClient() {
  core_->closed = true;
  core_->evictor.cancel();
  for (auto& [name, host] : core_->hosts)
    host->idle.clear();
}

task<Result<ClientResponse>> HttpClient::send(ClientRequest request) {
  return perform(core_, std::move(request), {});
}

task<Result<ClientResponse>> HttpClient::stream(ClientRequest request,
                                                std::function<Done(std::string_view)> on_data) {
  return perform(core_, std::move(request), std::move(on_data));
}

std::size_t HttpClient::idle_connections() const noexcept {
  std::size_t count = 0;
  for (const auto& [name, host] : core_->hosts)
    count += host->idle.size();
  return count;
}

std::uint64_t HttpClient::connections_made() const noexcept { return core_->made; }

}  // namespace jobraker::net
