// Somebody else's client against our server: Beast's, with and without permessage-deflate.
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <gtest/gtest.h>

#include "tests/net/ws_fixture.hpp"

namespace jobraker::net {
namespace {

namespace websocket = boost::beast::websocket;
using Tcp = boost::asio::ip::tcp;
using Client = websocket::stream<Tcp::socket>;

struct BeastEcho : testing::TestWithParam<bool> {
  BeastEcho() {
    WsOptions options;
    options.access = Access::anonymous;
    options.open = sessions.opener();
    options.settings.message_max = 4 << 20;
    options.settings.frames_burst = 1e6;
    options.settings.deflate = GetParam();
    Router router;
    router.ws("/ws", std::move(options));
    running = std::make_unique<RunningServer>(std::move(router));
    websocket::permessage_deflate deflate;
    deflate.client_enable = true;
    client.set_option(deflate);
    client.next_layer().connect({boost::asio::ip::make_address("127.0.0.1"), running->port()});
    client.handshake("h.example", "/ws");
    client.auto_fragment(true);
    client.write_buffer_bytes(1000);
  }

  std::string read() {
    boost::beast::flat_buffer buffer;
    client.read(buffer);
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
  }

  Sessions sessions;
  std::unique_ptr<RunningServer> running;
  boost::asio::io_context io;
  Client client{io};
};

TEST_P(BeastEcho, MessagesOfAllSizesComeAndGo) {
  const auto session = sessions.at(0);
  std::vector<std::string> said;
  for (const std::size_t size : {0u, 1u, 126u, 1023u, 1024u, 5000u, 70'000u, 1'000'000u}) {
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i)
      text += std::to_string(i * 7919 % 1000) + " of these, ";
    text.resize(size);
    said.push_back(text);
    client.write(boost::asio::buffer(text));
  }
  ASSERT_TRUE(session.port->wait_received(said.size()));
  EXPECT_EQ(session.port->messages(), said);
  for (const auto& text : said)
    session.say(text);
  for (const auto& text : said)
    ASSERT_EQ(read(), text);
}

TEST_P(BeastEcho, ClosesCleanlyFromEitherSide) {
  client.close({websocket::close_code::going_away, "page left"});
  EXPECT_EQ(sessions.at(0).port->wait_closed(), 1001);
  Client other{io};
  other.next_layer().connect({boost::asio::ip::make_address("127.0.0.1"), running->port()});
  other.handshake("h.example", "/ws");
  const auto session = sessions.at(1);
  session.link->close(4401, "token expired");
  boost::beast::flat_buffer buffer;
  boost::system::error_code error;
  other.read(buffer, error);
  EXPECT_EQ(error, websocket::error::closed);
  EXPECT_EQ(other.reason().code, 4401);
  EXPECT_EQ(other.reason().reason, "token expired");
  EXPECT_EQ(session.port->wait_closed(), 4401);
}

INSTANTIATE_TEST_SUITE_P(Ws, BeastEcho, testing::Bool());

}  // namespace
}  // namespace jobraker::net
