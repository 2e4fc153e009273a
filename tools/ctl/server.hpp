#pragma once

#include <memory>
#include <optional>
#include <string>

#include "messages/task.hpp"
#include "net/client/http_client.hpp"
#include "net/client/ws_link.hpp"
#include "net/http/url.hpp"
#include "tools/ctl/call.hpp"
#include "tools/ctl/outcome.hpp"
#include "tools/ctl/session_file.hpp"

namespace jobraker::ctl {

template <class T>
using Outcome = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> refuse(int exit, std::string line) {
  return tl::unexpected<Refusal>(Refusal{std::move(line), exit});
}

/// Who speaks: a token made elsewhere, or the session that `login` has kept.
struct Identity {
  std::string token{};
  SessionFile file{""};
};

/// One server and who we are to it. Used on the thread of its context.
class Server {
public:
  /// `url` is the server's address; a path in it is a proxy's prefix.
  Server(IoContext& io, net::Url url, Identity identity, std::string ca_file,
         std::chrono::seconds timeout);

  /// `http://127.0.0.1:8080`, with the prefix.
  std::string address() const { return url_.origin() + url_.target; }

  /// Whether others on the way can read what is sent: plain HTTP to another machine.
  bool readable_on_the_way() const;

  /// The body of a successful answer. With a kept session an access token that is no longer good is
  /// replaced once.
  task<Outcome<std::string>> send(Call call);
  /// Exchanges e-mail and password for tokens, and keeps them.
  task<Outcome<void>> sign_in(std::string email, std::string password);
  /// Ends the kept session, on the server too. False: there was none.
  task<Outcome<bool>> sign_out();
  /// The stream of live figures.
  task<Outcome<std::shared_ptr<net::WsLink>>> watch();

private:
  task<Outcome<net::ClientResponse>> transfer(Call call, std::string token);
  task<Outcome<std::string>> token();
  task<Outcome<std::string>> renew(std::string stale);
  task<Result<std::shared_ptr<net::WsLink>>> open(std::string token);
  Refusal unreachable(const Error& error) const;

  IoContext& io_;
  net::HttpClient client_;
  net::Url url_;
  Identity identity_;
  std::string ca_file_;
  std::chrono::seconds timeout_;
};

}  // namespace jobraker::ctl
