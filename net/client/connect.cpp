#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "net/client/client_core.hpp"

namespace jobraker::net {
namespace {

using Tcp = asio::ip::tcp;
using Resolver = asio::ip::basic_resolver<Tcp, IoExecutor>;

/// getaddrinfo cannot be interrupted; whoever waits for it can. The state outlives the waiting.
struct Resolving {
  explicit Resolving(IoContext& io) : resolver(io.get_executor()), gate(io.get_executor()) {
    gate.expires_at(ClientClock::time_point::max());
  }
  Resolver resolver;
  ClientTimer gate;
  IoError error;
  Endpoints found;
  bool finished = false;
};

}  // namespace

task<Result<Endpoints>> HttpClient::Core::resolve(const Url& url, ClientClock::time_point end,
                                                  std::shared_ptr<Call> call) {
  IoError error;
  const auto numeric = asio::ip::make_address(url.host, error);
  if (!error)
    co_return Endpoints{{numeric, url.port}};
  auto state = std::make_shared<Resolving>(io);
  state->resolver.async_resolve(
    url.host, std::to_string(url.port), Resolver::numeric_service,
    [state](IoError failed, const Tcp::resolver::results_type& results) {
      state->error = failed;
      for (const auto& result : results)
        state->found.push_back(result.endpoint());
      state->finished = true;
      state->gate.cancel();
    });
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - ClientClock::now());
  Step step{call, left, [state] { state->gate.cancel(); }};
  while (!state->finished && !call->stopped())
    co_await state->gate.async_wait(asio::redirect_error(use_task, error));
  if (!state->finished)
    co_return fail(stopped_error(*call, url.host));
  if (state->error || state->found.empty())
    co_return fail(Errc::upstream_failed, "the name " + url.host + " cannot be resolved");
  co_return std::move(state->found);
}

task<Done> HttpClient::Core::connect(std::shared_ptr<Call> call, const Url& url,
                                     const AddressGuard& guard, Link& link) {
  const auto end = std::min(call->deadline, ClientClock::now() + settings.connect_timeout);
  auto endpoints = co_await resolve(url, end, call);
  if (!endpoints)
    co_return fail(std::move(endpoints.error()));
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - ClientClock::now());
  Step step{call, left, [&link] { link.close(); }};
  Error last{Errc::upstream_failed, "no address of " + url.host + " can be used", {}, {}};
  for (const auto& endpoint : *endpoints) {
    if (call->stopped())
      break;
    if (guard) {
      if (auto judged = guard(endpoint.address()); !judged) {
        last = Error{judged.error().code, url.host + ": " + judged.error().detail, {}, {}};
        continue;
      }
    }
    IoError error;
    link.close();
    co_await link.socket.async_connect(endpoint, asio::redirect_error(use_task, error));
    if (error) {
      last = Error{Errc::upstream_failed,
                   "cannot connect to " + url.authority() + ": " + error.message(),
                   {},
                   {}};
      continue;
    }
    link.peer = endpoint.address();
    link.socket.set_option(Tcp::no_delay{true}, error);
    link.socket.non_blocking(true, error);
    ++made;
    if (url.secure()) {
      auto secured = co_await handshake(url, link);
      if (!secured && call->stopped())
        co_return fail(stopped_error(*call, url.host));
      co_return secured;
    }
    co_return Done{};
  }
  if (call->stopped())
    co_return fail(stopped_error(*call, url.host));
  co_return fail(std::move(last));
}

Done HttpClient::Core::load_authorities() {
  if (tls)
    return {};
  tls.emplace(asio::ssl::context::tls_client);
  IoError error;
  tls->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
  tls->set_default_verify_paths(error);
  tls->set_verify_mode(asio::ssl::verify_peer, error);
  if (!settings.ca_file.empty())
    tls->load_verify_file(settings.ca_file, error);
  if (!error)
    return {};
  tls.reset();
  return fail(Errc::internal, "the certificate authorities cannot be read: " + error.message());
}

task<Done> HttpClient::Core::handshake(const Url& url, Link& link) {
  if (auto loaded = load_authorities(); !loaded)
    co_return loaded;
  link.tls = std::make_unique<asio::ssl::stream<ClientSocket&>>(link.socket, *tls);
  IoError error;
  link.tls->set_verify_callback(asio::ssl::host_name_verification{url.host}, error);
  IoError numeric;
  asio::ip::make_address(url.host, numeric);
  if (numeric)  // server_name is for names only (RFC 6066 §3)
    SSL_set_tlsext_host_name(link.tls->native_handle(), url.host.c_str());
  if (!error)
    co_await link.tls->async_handshake(asio::ssl::stream_base::client,
                                       asio::redirect_error(use_task, error));
  if (!error)
    co_return Done{};
  std::string why = error.message();
  const auto verdict = SSL_get_verify_result(link.tls->native_handle());
  if (verdict != X509_V_OK)
    why = X509_verify_cert_error_string(verdict);
  else if (ERR_GET_REASON(static_cast<unsigned long>(error.value())) ==
           SSL_R_CERTIFICATE_VERIFY_FAILED)
    why = "the certificate is for another name";
  co_return fail(Errc::upstream_failed, "no secure connection to " + url.authority() + ": " + why);
}

}  // namespace jobraker::net
