#include <spdlog/spdlog.h>

#include "messages/spans.hpp"
#include "net/http/connection.hpp"
#include "net/http/log.hpp"
#include "net/http/problem.hpp"
#include "net/ws/handshake.hpp"
#include "net/ws/ws_session.hpp"

namespace jobraker::net {

/// What a handshake needs to be answered with 101.
struct Connection::Admission {
  Handshake handshake;
  std::shared_ptr<WsSession> session;
};

/// Finds out who connects; the first credentials that are there decide.
task<Result<Principal>> Connection::who_connects(const WsOptions& options, std::string token) {
  const auto by_header = [this]() -> Result<Principal> {
    if (!core_.authenticate)
      return fail(Errc::unauthenticated, "Credentials are needed.");
    return core_.authenticate(request_);
  };
  if (request_.headers.contains("authorization"))
    co_return by_header();
  if (!token.empty()) {
    request_.headers.set("Authorization", "Bearer " + token);
    auto who = by_header();
    request_.headers.remove("Authorization");
    co_return who;
  }
  const auto ticket = request_.query_value("ticket");
  if (ticket && options.redeem)
    co_return co_await options.redeem(std::string{*ticket});
  co_return fail(Errc::unauthenticated,
                 "Credentials are needed: a header, a subprotocol jobraker.auth.<token> or a "
                 "ticket.");
}

/// All that can be a refusal, before anything is upgraded.
task<tl::expected<Connection::Admission, Response>> Connection::admit(const WsOptions& options) {
  auto& context = request_.context;
  const auto refuse = [&](const Error& error) { return tl::unexpected(problem(error, context)); };
  auto handshake = read_handshake(request_, reader_.http_1_1(),
                                  {options.protocol, options.origins, options.settings.deflate});
  if (!handshake)
    co_return tl::unexpected(std::move(handshake.error()));
  if (options.access != Access::anonymous) {
    auto who = co_await who_connects(options, handshake->token);
    if (!who)
      co_return refuse(who.error());
    if (options.access == Access::admin && who->role != Role::admin)
      co_return refuse(Error{Errc::forbidden, "Only administrators may do this.", {}, {}});
    context.principal = *who;
  }
  if (worker_.stopping)
    co_return refuse(
      Error{Errc::unavailable, "The server restarts.", {}, std::chrono::milliseconds{1000}});
  current_cause() =
    Cause{context.trace.trace_id, span_id_of(context.trace), 0, context.principal.user};
  auto session = std::make_shared<WsSession>(core_.shared_from_this(), worker_, options.settings,
                                             !handshake->extensions.empty());
  SessionOpening opening;
  opening.context = context;
  opening.remote = request_.remote;
  auto port = options.open(opening, session->link());
  if (!port)
    co_return refuse(port.error());
  session->tell(std::move(*port), context.trace);
  co_return Admission{std::move(*handshake), std::move(session)};
}

task<Connection::Next> Connection::upgrade(bool keep) {
  const auto& route = *request_.route;
  const auto& options = *route.websocket;
  watch_if_slow();
  request_.context.deadline =
    Clock::now() + (options.budget.count() > 0 ? options.budget : core_.settings.request_timeout);
  tl::expected<Admission, Response> admitted = tl::unexpected(Response{});
  std::string fault;
  try {
    admitted = co_await admit(options);
  } catch (const std::exception& error) {
    fault = std::string{"exception: "} + error.what();
  } catch (...) {
    fault = "unknown exception";
  }
  if (!fault.empty()) {
    log().error("event=ws.open_threw route={} trace={} what=\"{}\"", route.pattern,
                request_.context.trace.id(), fault);
    admitted = tl::unexpected(problem(Error{}, request_.context));
  }
  end_watch();
  if (peer_left_)
    admitted = tl::unexpected(nobody_reads());
  if (!admitted) {
    if (!co_await send(admitted.error(), keep))
      co_return Next::close;
    co_return keep ? Next::keep : Next::linger;
  }
  Response response;
  response.status = 101;
  core_.counters.requests.fetch_add(1, std::memory_order_relaxed);
  core_.counters.answered[1].fetch_add(1, std::memory_order_relaxed);
  worker_.traffic->count(core_.index->of(&route), response.status, Clock::now() - started_);
  out_ = switching_protocols(admitted->handshake, options.protocol, request_.request_id);
  enter(Phase::writing, core_.settings.write_timeout);
  if (!co_await write_all(out_, {}))
    co_return Next::close;  // the session ends with its last owner, and says so
  log_access(response);
  admitted->session->begin(std::move(socket_), unread());
  co_return Next::close;
}

}  // namespace jobraker::net
