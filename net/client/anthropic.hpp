#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "messages/model.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"
#include "net/client/model_failure.hpp"
#include "net/client/rate_headers.hpp"
#include "net/client/reply_stream.hpp"
#include "net/http/headers.hpp"

/// Anthropic's wire protocol, `POST /v1/messages` of version 2023-06-01. Pure: text in, text out.
/// Facts: Anthropic's API reference.
namespace jobraker::net::anthropic {

/// `x-api-key`, `anthropic-version`, content type and what is accepted.
Headers request_headers(std::string_view api_key, bool stream);

/// The request's body. System messages go to the top; messages of one role that follow each other
/// are merged, a turn's tool results first in it; empty texts, which Anthropic refuses, are left
/// out. `max_tokens`, required there, is 4096 when the request has none; a temperature above 1
/// is 1. A tool call whose arguments are no JSON object is repeated with `{}`.
std::string messages_body(const ModelRequest& request);

/// Reads a 200 answer. A refusal is an answer (`refusal` is not empty), thinking is left out.
/// upstream_failed for anything that is no message.
Result<ModelReply> read_reply(std::string_view body);

/// Reads a streamed answer: it ends properly with `message_stop`.
std::unique_ptr<ReplyStream> reply_stream();

/// Judges an answer with a status other than 200.
ModelFailure read_failure(int status, const Headers& headers, std::string_view body, Time now);

/// The limits in an answer's headers; `now` turns the instants of reset into durations.
RateHeaders read_rate_headers(const Headers& headers, Time now);

}  // namespace jobraker::net::anthropic
