#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "net/client/http_client.hpp"
#include "tests/net/server_fixture.hpp"

namespace jobraker::net {
namespace {

namespace fs = std::filesystem;

/// An authority and a certificate for `localhost` signed by it, made with openssl(1).
class Certificates {
public:
  Certificates() {
    folder_ = (fs::temp_directory_path() / "jobraker-tls-XXXXXX").string();
    if (::mkdtemp(folder_.data()) == nullptr)
      return;
    std::ofstream{path("san")} << "subjectAltName=DNS:localhost\n";
    const std::string quiet = " 2>/dev/null";
    const std::string key = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes ";
    const auto run = [&](const std::string& command) {
      return std::system(("cd '" + folder_ + "' && openssl " + command + quiet).c_str()) == 0;
    };
    made_ = run("req -x509" + key + "-keyout ca.key -out ca.pem -days 2 -subj /CN=TestAuthority") &&
            run("req" + key + "-keyout server.key -out server.csr -subj /CN=localhost") &&
            run("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial "
                "-days 2 -extfile san -out server.pem");
  }
  ~Certificates() { fs::remove_all(folder_); }
  bool made() const { return made_; }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

private:
  std::string folder_;
  bool made_ = false;
};

/// Answers every request on every TLS connection, one connection at a time.
class TlsServer {
public:
  explicit TlsServer(const Certificates& certificates)
      : context_(asio::ssl::context::tls_server),
        acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}) {
    context_.use_certificate_chain_file(certificates.path("server.pem"));
    context_.use_private_key_file(certificates.path("server.key"), asio::ssl::context::pem);
    port_ = acceptor_.local_endpoint().port();
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsServer() {
    stop_ = true;
    boost::system::error_code ignored;
    asio::ip::tcp::socket{io_}.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }
  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(port_) + "/";
  }

private:
  void serve() {
    while (true) {
      boost::system::error_code error;
      asio::ssl::stream<asio::ip::tcp::socket> stream{io_, context_};
      acceptor_.accept(stream.next_layer(), error);
      if (stop_)
        return;
      stream.handshake(asio::ssl::stream_base::server, error);
      std::string text;
      while (!error) {
        const auto size = asio::read_until(stream, asio::dynamic_buffer(text), "\r\n\r\n", error);
        text.erase(0, size);
        const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecure";
        if (!error)
          asio::write(stream, asio::buffer(answer), error);
      }
    }
  }

  asio::io_context io_;
  asio::ssl::context context_;
  asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

Result<ClientResponse> get(IoThreads& io, HttpClient& client, const std::string& url) {
  ClientRequest request;
  request.url = url;
  request.context = Context::system(std::chrono::seconds{20});
  return io.run(client.send(std::move(request)));
}

TEST(HttpClientTls, TrustsAKnownAuthorityAndReusesTheConnection) {
  const Certificates certificates;
  ASSERT_TRUE(certificates.made());
  TlsServer server{certificates};
  IoThreads io{1};
  ClientSettings settings;
  settings.ca_file = certificates.path("ca.pem");
  HttpClient client{io.front(), settings};
  for (int i = 0; i < 2; ++i) {
    const auto response = get(io, client, server.url("localhost"));
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->body, "secure");
  }
  EXPECT_EQ(client.connections_made(), 1u);
  io.stop();
}

TEST(HttpClientTls, RefusesAnotherNameAndAnUnknownAuthority) {
  const Certificates certificates;
  ASSERT_TRUE(certificates.made());
  TlsServer server{certificates};
  IoThreads io{1};
  ClientSettings settings;
  settings.ca_file = certificates.path("ca.pem");
  HttpClient knows{io.front(), settings};
  const auto wrong_name = get(io, knows, server.url("127.0.0.1"));
  ASSERT_FALSE(wrong_name);
  EXPECT_EQ(wrong_name.error().code, Errc::upstream_failed);
  EXPECT_NE(wrong_name.error().detail.find("no secure connection"), std::string::npos)
    << wrong_name.error().detail;
  HttpClient stranger{io.front()};
  const auto unknown = get(io, stranger, server.url("localhost"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::upstream_failed);
  EXPECT_NE(unknown.error().detail.find("certificate"), std::string::npos)
    << unknown.error().detail;
  io.stop();
}

}  // namespace
}  // namespace jobraker::net
