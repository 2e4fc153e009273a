#include "net/client/ws_link.hpp"

#include <charconv>
#include <deque>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace jobraker::net {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using Tcp = asio::ip::tcp;
using Socket = beast::basic_stream<Tcp, IoExecutor>;
using TlsSocket = asio::ssl::stream<Socket>;
using Resolver = asio::ip::basic_resolver<Tcp, IoExecutor>;

constexpr std::chrono::seconds connect_timeout{10};
constexpr std::size_t message_max = 32 << 20;

Error broken(const Url& url, const beast::error_code& error) {
  return {Errc::upstream_failed, url.authority() + ": " + error.message(), {}, {}};
}

/// Why the server did not want to become a WebSocket.
Error refusal(const websocket::response_type& response) {
  auto status = response.result_int();
  Error error{Errc::upstream_failed,
              "the server answered " + std::to_string(status) + " instead of a WebSocket",
              {},
              {}};
  if (status == 401)
    error = {Errc::unauthenticated, "the server does not know these credentials", {}, {}};
  else if (status == 403)
    error = {Errc::forbidden, "the server does not allow this", {}, {}};
  else if (status == 429)
    error = {Errc::rate_limited, "too many connections", {}, {}};
  auto header = response[beast::http::field::retry_after];
  int seconds = 0;
  auto [end, bad] = std::from_chars(header.data(), header.data() + header.size(), seconds);
  if (bad == std::errc{} && seconds >= 0 && seconds < 3600)
    error.retry_after = std::chrono::seconds{seconds};
  return error;
}

template <class Stream>
class Link final : public WsLink, public std::enable_shared_from_this<Link<Stream>> {
public:
  template <class... Args>
  explicit Link(std::optional<asio::ssl::context> tls, Args&&... args)
      : tls_(std::move(tls)), ws_(make(std::forward<Args>(args)...)) {}

  task<Done> connect(Url url, WsOffer offer) {
    beast::error_code error;
    Resolver resolver{ws_.get_executor()};
    auto found = co_await resolver.async_resolve(url.host, std::to_string(url.port),
                                                 asio::redirect_error(use_task, error));
    if (error)
      co_return fail(broken(url, error));
    auto& socket = beast::get_lowest_layer(ws_);
    socket.expires_after(connect_timeout);
    co_await socket.async_connect(found, asio::redirect_error(use_task, error));
    if (error)
      co_return fail(broken(url, error));
    socket.socket().set_option(Tcp::no_delay{true}, error);
    if constexpr (std::is_same_v<Stream, TlsSocket>) {
      auto& tls = ws_.next_layer();
      SSL_set_tlsext_host_name(tls.native_handle(), url.host.c_str());
      tls.set_verify_mode(asio::ssl::verify_peer);
      tls.set_verify_callback(asio::ssl::host_name_verification(url.host));
      co_await tls.async_handshake(asio::ssl::stream_base::client,
                                   asio::redirect_error(use_task, error));
      if (error)
        co_return fail(broken(url, error));
    }
    socket.expires_never();
    // A ping after half of the idle time; a silent server is given up after the whole of it.
    ws_.set_option(
      websocket::stream_base::timeout{connect_timeout, std::chrono::seconds{50}, true});
    ws_.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
      request.set(beast::http::field::user_agent, offer.user_agent);
      request.set(beast::http::field::authorization, "Bearer " + offer.bearer);
      if (!offer.subprotocol.empty())
        request.set(beast::http::field::sec_websocket_protocol, offer.subprotocol);
    }));
    ws_.read_message_max(message_max);
    websocket::response_type response;
    co_await ws_.async_handshake(response, url.authority(), url.target,
                                 asio::redirect_error(use_task, error));
    if (error == websocket::error::upgrade_declined)
      co_return fail(refusal(response));
    if (error)
      co_return fail(broken(url, error));
    open_ = true;
    co_return Done{};
  }

  task<Result<std::string>> read() override {
    beast::flat_buffer buffer;
    beast::error_code error;
    co_await ws_.async_read(buffer, asio::redirect_error(use_task, error));
    if (!error)
      co_return std::string{static_cast<const char*>(buffer.data().data()), buffer.size()};
    open_ = false;
    co_return fail(Errc::unavailable, error == websocket::error::closed
                                        ? std::string{ws_.reason().reason.c_str()}
                                        : error.message());
  }

  void send(std::string text) override {
    if (!open_)
      return;
    queue_.push_back(std::move(text));
    write();
  }

  void close() override {
    closing_ = true;
    if (open_)
      write();
  }

  int close_code() const noexcept override {
    auto code = ws_.reason().code;
    return code == websocket::close_code::none ? 1006 : static_cast<int>(code);
  }

private:
  websocket::stream<Stream> make(IoContext& io) {
    if constexpr (std::is_same_v<Stream, TlsSocket>)
      return websocket::stream<Stream>{Socket{io.get_executor()}, *tls_};
    else
      return websocket::stream<Stream>{io.get_executor()};
  }

  void write() {
    if (std::exchange(writing_, true))
      return;
    asio::co_spawn(ws_.get_executor(), write_all(this->shared_from_this()), asio::detached);
  }

  /// `self` keeps the link alive until everything is written.
  task<void> write_all(std::shared_ptr<Link> self) {
    beast::error_code error;
    while (self->open_ && !queue_.empty()) {
      auto text = std::move(queue_.front());
      queue_.pop_front();
      ws_.text(true);
      co_await ws_.async_write(asio::buffer(text), asio::redirect_error(use_task, error));
      if (error)
        open_ = false;
    }
    if (open_ && closing_)
      co_await ws_.async_close(websocket::close_code::normal,
                               asio::redirect_error(use_task, error));
    writing_ = false;
  }

  std::optional<asio::ssl::context> tls_;
  websocket::stream<Stream> ws_;
  std::deque<std::string> queue_;
  bool open_ = false;
  bool writing_ = false;
  bool closing_ = false;
};

template <class Stream>
task<Result<std::shared_ptr<WsLink>>> open_as(std::shared_ptr<Link<Stream>> link, Url url,
                                              WsOffer offer) {
  auto connected = co_await link->connect(std::move(url), std::move(offer));
  if (!connected)
    co_return fail(std::move(connected.error()));
  co_return std::shared_ptr<WsLink>{std::move(link)};
}

}  // namespace

task<Result<std::shared_ptr<WsLink>>> WsLink::open(IoContext& io, Url url, WsOffer offer) {
  if (!url.secure())
    co_return co_await open_as(std::make_shared<Link<Socket>>(std::nullopt, io), std::move(url),
                               std::move(offer));
  asio::ssl::context tls{asio::ssl::context::tls_client};
  beast::error_code error;
  tls.set_default_verify_paths(error);
  if (!error && !offer.ca_file.empty())
    tls.load_verify_file(offer.ca_file, error);
  if (error)
    co_return fail(Errc::upstream_failed, "no certificate authorities: " + error.message());
  co_return co_await open_as(std::make_shared<Link<TlsSocket>>(std::move(tls), io), std::move(url),
                             std::move(offer));
}

}  // namespace jobraker::net
