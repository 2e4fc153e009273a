#pragma once

#include "messages/session.hpp"
#include "messages/task.hpp"
#include "net/http/message.hpp"
#include "net/ws/ws_settings.hpp"

namespace jobraker::net {

/// Opens a session whose frames go out as server-sent events (HTML standard, §9.2): `event:` is
/// the frame's type, `id:` its `epoch-seq`, `data:` its JSON; comments keep the line warm. What the
/// handler of a GET route answers:
///
///     co_return co_await open_event_stream(request, std::move(opening), open, settings);
///
/// `opening.conversation` and `after` are the caller's to fill in; an empty `after` becomes the
/// request's `Last-Event-ID`, an empty `remote` its peer, and `context` and `sse` are set here. An
/// error of `open` is the problem it is. When the peer leaves, the port hears closed(1006); close()
/// sends `event: closed` with code and reason and ends the body; a draining server says
/// `event: goodbye` and closes with 1012.
task<Response> open_event_stream(const Request& request, SessionOpening opening, OpenSession open,
                                 WsSettings settings = {});

}  // namespace jobraker::net
