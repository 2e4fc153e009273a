#include "net/api/chat_api.hpp"

#include "messages/json.hpp"
#include "net/api/answers.hpp"
#include "net/api/decode.hpp"
#include "net/ask.hpp"
#include "net/http/forms.hpp"
#include "net/http/headers.hpp"
#include "net/ws/sse_link.hpp"

namespace jobraker::net {
namespace {

/// How long a `POST …/messages` waits for its answer before it says where the answer will be.
constexpr std::chrono::milliseconds answer_budget{330'000};

/// Asks `/system/chat` and answers with the reply as JSON.
template <class Message>
task<Response> ask_desk(const Actors& actors, Request& request, Result<Message> message,
                        int status = 200) {
  if (!message)
    co_return problem(message.error(), request.context);
  auto reply = co_await ask(actors.chat, request.context, *message);
  co_return answer(reply, request, status);
}

/// A message about the thing whose id is in the path.
template <class Message, class IdType, class Part>
Result<Message> about(Result<IdType> id, Result<Part> part) {
  if (!id)
    return fail(std::move(id.error()));
  if (!part)
    return fail(std::move(part.error()));
  return Message{*id, std::move(*part)};
}

auto conversation(const Actors& actors, const ConversationId& id) {
  return [find = actors.conversation, id] { return find(id); };
}

std::string outcome_json(const TurnAccepted& accepted, const TurnOutcome& outcome) {
  json::Writer w;
  w.begin_object();
  w.member("conversation_id", std::string_view{to_string(accepted.conversation_id)});
  w.member("turn_id", std::string_view{to_string(outcome.turn_id)});
  w.member("state", name_of(outcome.state));
  w.key("message");
  if (outcome.message)
    w.raw(json::encode(*outcome.message));
  else
    w.null();
  w.key("error");
  if (outcome.error)
    w.raw(*outcome.error);
  else
    w.null();
  w.end_object();
  return w.text();
}

bool wants_events(const Request& request) {
  return request.headers.value("accept").find("text/event-stream") != std::string_view::npos;
}

SessionOpening opening_of(const Request& request, const ConversationId& id, std::string after) {
  SessionOpening opening;
  opening.context = request.context;
  opening.conversation = to_string(id);
  opening.after = std::move(after);
  return opening;
}

/// One turn: streamed for who accepts events, else answered whole; 202 with `respond-async` or when
/// it takes longer than the caller waits.
task<Response> post_message(const Actors& actors, const ApiSettings& settings, Request& request) {
  auto id = id_of<ConversationId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto message = body_of<SendMessage>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto accepted = co_await ask(conversation(actors, *id), request.context, *message);
  if (!accepted)
    co_return problem(accepted.error(), request.context);
  if (wants_events(request)) {
    StreamPosition before{accepted->epoch, std::max<std::int64_t>(accepted->seq - 1, 0)};
    auto opening = opening_of(request, *id, to_string(before));
    opening.turn = to_string(accepted->turn_id);
    co_return co_await open_event_stream(request, std::move(opening), settings.open_session,
                                         settings.websocket);
  }
  auto location = "/api/v1/conversations/" + to_string(*id) + "/messages";
  auto wait = preferred_wait(request);
  auto context = request.context;
  context.deadline = std::min(context.deadline, Context::Clock::now() + wait);
  if (wait.count() > 0) {
    auto outcome = co_await ask(conversation(actors, *id), context, AwaitTurn{accepted->turn_id});
    if (outcome)
      co_return Response::json(200, outcome_json(*accepted, *outcome));
    if (outcome.error().code != Errc::timed_out)
      co_return problem(outcome.error(), request.context);
  }
  co_return Response::accepted(location, json::encode(*accepted));
}

task<Response> follow(const ApiSettings& settings, Request& request) {
  auto id = id_of<ConversationId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto after = std::string{request.query_value("after").value_or("")};
  if (!after.empty() && !parse_position(after))
    co_return problem(Error{Errc::invalid,
                            "the position is none",
                            {{"after", "must be EPOCH-SEQ, as in the id of an event"}},
                            {}},
                      request.context);
  co_return co_await open_event_stream(request, opening_of(request, *id, std::move(after)),
                                       settings.open_session, settings.websocket);
}

task<Response> remove_conversation(const Actors& actors, Request& request) {
  auto id = id_of<ConversationId>(request, "id");
  if (!id)
    co_return problem(id.error(), request.context);
  auto done = co_await ask(conversation(actors, *id), request.context, DeleteConversation{});
  if (!done)
    co_return problem(done.error(), request.context);
  co_return Response::no_content();
}

/// A conversation that waits for its first answer: an interview begins with a question.
task<Response> start_interview(const Actors& actors, Request& request) {
  auto message = body_of<StartInterview>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto made = co_await ask(actors.chat, request.context, *message);
  if (!made)
    co_return problem(made.error(), request.context);
  SendMessage first;
  first.content = "I am ready.";
  first.client_msg_id = "start";
  auto begun = co_await ask(conversation(actors, made->id), request.context, first);
  if (!begun)
    co_return problem(begun.error(), request.context);
  co_return Response::created("/api/v1/conversations/" + to_string(made->id), json::encode(*made));
}

task<Response> create_conversation(const Actors& actors, Request& request) {
  auto message = body_of<CreateConversation>(request);
  if (!message)
    co_return problem(message.error(), request.context);
  auto made = co_await ask(actors.chat, request.context, *message);
  if (!made)
    co_return problem(made.error(), request.context);
  co_return Response::created("/api/v1/conversations/" + to_string(made->id), json::encode(*made));
}

/// A form with the part `image` or `file`, the picture itself, or JSON `{"text"}`.
Result<ParsePosting> posting_of(Request& request) {
  ParsePosting message;
  auto type = request.media_type();
  if (type == "application/json") {
    auto document = json::Document::parse(request.body);
    if (!document)
      return fail(std::move(document.error()));
    message.text = document->root()["text"].string_or("");
    if (message.text.size() < 20 || message.text.size() > 60000)
      return fail(Error{Errc::invalid,
                        "the text is too short or too long",
                        {{"/text", "must have 20 to 60000 bytes"}},
                        {}});
    return message;
  }
  if (type.starts_with("image/")) {
    message.image = std::move(request.body);
    return message;
  }
  auto form = parse_form(request, {});
  if (!form)
    return fail(std::move(form.error()));
  auto* part = find(*form, "image");
  if (part == nullptr)
    part = find(*form, "file");
  if (part == nullptr || part->data.empty())
    return fail(Error{Errc::invalid, "the form has no picture", {{"image", "is required"}}, {}});
  message.image = part->data;
  return message;
}

task<Response> resume_feedback(const Actors& actors, Request& request) {
  auto user = user_of(request);
  if (!user)
    co_return problem(user.error(), request.context);
  auto question = body_of<AskResumeFeedback>(request);
  if (!question)
    co_return problem(question.error(), request.context);
  auto text = co_await ask(actors.chat, request.context, ResumeFeedbackFor{*user, *question});
  if (!text)
    co_return problem(text.error(), request.context);
  co_return Response::json(200, std::move(text->json));
}

void add_conversations(Router& router, const Actors& actors, const ApiSettings& settings) {
  router.get(
    "/api/v1/conversations",
    [actors](Request& r) { return ask_desk(actors, r, query_of<ListConversations>(r)); },
    RouteOptions{.name = "list_conversations"});
  router.post(
    "/api/v1/conversations", [actors](Request& r) { return create_conversation(actors, r); },
    RouteOptions{.name = "create_conversation", .accepts = {"application/json"}});
  router.get(
    "/api/v1/conversations/{id}",
    [actors](Request& r) {
      auto id = id_of<ConversationId>(r, "id");
      return ask_desk(actors, r,
                      id ? Result<GetConversation>{GetConversation{*id}} : fail(id.error()));
    },
    RouteOptions{.name = "get_conversation"});
  router.patch(
    "/api/v1/conversations/{id}",
    [actors](Request& r) {
      return ask_desk(
        actors, r,
        about<ChangeConversation>(id_of<ConversationId>(r, "id"), body_of<UpdateConversation>(r)));
    },
    RouteOptions{.name = "update_conversation", .accepts = {"application/json"}});
  router.del(
    "/api/v1/conversations/{id}", [actors](Request& r) { return remove_conversation(actors, r); },
    RouteOptions{.name = "delete_conversation"});
  router.get(
    "/api/v1/conversations/{id}/messages",
    [actors](Request& r) {
      return ask_desk(
        actors, r, about<ReadMessages>(id_of<ConversationId>(r, "id"), query_of<ListMessages>(r)));
    },
    RouteOptions{.name = "list_messages"});
  RouteOptions say;
  say.name = "send_message";
  say.body_max = settings.websocket.message_max;
  say.budget = answer_budget;
  say.accepts = {"application/json"};
  router.post(
    "/api/v1/conversations/{id}/messages",
    [actors, settings](Request& r) { return post_message(actors, settings, r); }, say);
  router.get(
    "/api/v1/conversations/{id}/stream", [settings](Request& r) { return follow(settings, r); },
    RouteOptions{.name = "follow_conversation"});
  WsOptions live;
  live.name = "chat_ws";
  live.open = settings.open_session;
  live.origins = settings.websocket_origins;
  live.settings = settings.websocket;
  live.redeem = redeem_ticket(actors.chat);
  router.ws("/api/v1/chat/ws", std::move(live));
}

void add_reports(Router& router, const Actors& actors) {
  router.post(
    "/api/v1/messages/{id}/report",
    [actors](Request& r) {
      return ask_desk(actors, r,
                      about<ReportThis>(id_of<MessageId>(r, "id"), body_of<ReportMessage>(r)), 201);
    },
    RouteOptions{.name = "report_message", .accepts = {"application/json"}});
  router.get(
    "/api/v1/admin/reports",
    [actors](Request& r) { return ask_desk(actors, r, query_of<ListReports>(r)); },
    RouteOptions{.name = "list_reports", .access = Access::admin});
  router.post(
    "/api/v1/admin/reports/{id}/decide",
    [actors](Request& r) {
      return ask_desk(actors, r,
                      about<DecideThis>(id_of<ReportId>(r, "id"), body_of<DecideReport>(r)));
    },
    RouteOptions{
      .name = "decide_report", .access = Access::admin, .accepts = {"application/json"}});
}

}  // namespace

RedeemTicket redeem_ticket(std::function<Result<ChatDeskActor>()> chat) {
  return [chat = std::move(chat)](std::string ticket) -> task<Result<Principal>> {
    auto owner =
      co_await ask(chat, Context::system(std::chrono::seconds{5}), RedeemThis{std::move(ticket)});
    if (!owner)
      co_return fail(std::move(owner.error()));
    co_return owner->principal;
  };
}

void add_chat_routes(Router& router, const Actors& actors, const ApiSettings& settings) {
  add_conversations(router, actors, settings);
  add_reports(router, actors);
  router.post(
    "/api/v1/mock-interviews", [actors](Request& r) { return start_interview(actors, r); },
    RouteOptions{.name = "start_interview", .accepts = {"application/json"}});
  router.post(
    "/api/v1/auth/ws-ticket",
    [actors](Request& r) -> task<Response> {
      auto response = co_await ask_desk(actors, r, Result<CreateTicket>{CreateTicket{}}, 201);
      response.headers.set("cache-control", "no-store");
      co_return response;
    },
    RouteOptions{.name = "create_ticket"});
  router.get(
    "/api/v1/users/{user_id}/consents",
    [actors](Request& r) {
      auto user = user_of(r);
      return ask_desk(actors, r,
                      user ? Result<ConsentsOf>{ConsentsOf{*user, {}}} : fail(user.error()));
    },
    RouteOptions{.name = "get_consents"});
  router.put(
    "/api/v1/users/{user_id}/consents",
    [actors](Request& r) {
      return ask_desk(actors, r, about<ConsentsOf>(user_of(r), body_of<SetConsents>(r)));
    },
    RouteOptions{.name = "set_consents", .accepts = {"application/json"}});
  RouteOptions slow;
  slow.budget = std::chrono::milliseconds{150'000};
  slow.accepts = {"application/json"};
  slow.name = "resume_feedback";
  router.post(
    "/api/v1/profiles/{user_id}/resume-feedback",
    [actors](Request& r) { return resume_feedback(actors, r); }, slow);
  slow.name = "parse_job_image";
  slow.accepts = {"multipart/form-data", "application/json", "image/png", "image/jpeg",
                  "image/webp"};
  slow.body_max = settings.document_bytes_max + (64 << 10);
  router.post(
    "/api/v1/jobs/parse-image", [actors](Request& r) { return ask_desk(actors, r, posting_of(r)); },
    slow);
}

}  // namespace jobraker::net
