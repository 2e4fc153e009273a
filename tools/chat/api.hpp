#pragma once

#include <string>

#include "messages/chat.hpp"
#include "messages/json.hpp"
#include "messages/result.hpp"
#include "messages/task.hpp"
#include "net/client/http_client.hpp"
#include "net/http/url.hpp"

namespace jobraker::chat_client {

/// Who logs in: an e-mail address and password, or a token made elsewhere.
struct Credentials {
  std::string email{};
  std::string password{};
  std::string token{};
};

/// The REST calls a chat client needs. Errors: unauthenticated, forbidden, not_found, rate_limited,
/// upstream_failed; `detail` is a sentence with what the server said.
class Api {
public:
  /// `base` is the server's address: `http://127.0.0.1:8080`.
  Api(IoContext& io, net::Url base, Credentials credentials, std::string ca_file);

  /// Logs in, again when the token is no longer good. A given token is taken as it is.
  task<Done> log_in();
  const std::string& token() const noexcept { return credentials_.token; }
  /// Whether another log-in could help after a refusal.
  bool can_log_in() const noexcept { return !credentials_.password.empty(); }

  /// Whether the person has agreed that a model reads what they write.
  task<Result<bool>> has_consent();
  task<Done> give_consent();

  /// Where the conversation's stored frames end.
  task<Result<StreamPosition>> position(ConversationId conversation);

  /// The address of the WebSocket.
  net::Url socket_url() const;

private:
  task<Result<json::Document>> call(net::Method method, std::string path, std::string body,
                                    bool again = true);

  net::HttpClient client_;
  net::Url base_;
  Credentials credentials_;
};

}  // namespace jobraker::chat_client
