#include "actors/chat/turn_run.hpp"

#include <caf/send.hpp>

#include "actors/chat/turn_parts.hpp"
#include "actors/chat/turn_speech.hpp"
#include "messages/codec.hpp"
#include "net/ask.hpp"

namespace jobraker::chat {

task<Result<Profile>> profile_of(Services& services, const Context& context) {
  auto user = context.principal.user;
  auto rendered =
    co_await net::ask([&services, user] { return services.user(user); }, context, GetProfile{});
  if (!rendered)
    co_return fail(std::move(rendered.error()));
  co_return json::decode<Profile>(*rendered->json);
}

PersonalData personal_data(const Result<Profile>& profile) {
  return PersonalData{profile ? known_person(profile->personal_info) : KnownPerson{}};
}

TurnResult failed(Error error, std::string code) {
  TurnResult result;
  result.state = error.code == Errc::cancelled ? TurnState::cancelled : TurnState::failed;
  result.error = std::move(error);
  result.code = std::move(code);
  return result;
}

task<Result<bool>> admitted(Services& services, const Context& context, const std::string& text) {
  if (services.config.chat.moderation == "off" || text.empty())
    co_return true;
  auto verdict = co_await judge_text(services, context, text, context.principal.user);
  if (verdict.flagged && verdict.away)
    co_return fail(Error{Errc::unavailable,
                         "messages cannot be checked at present; please try again in a moment",
                         {},
                         std::chrono::seconds{10}});
  co_return !verdict.flagged;
}

task<bool> keep_frame(const TurnPort& port, const Context& context, std::string type,
                      std::string members) {
  KeepFrame message{port.turn, std::move(type), std::move(members)};
  auto done = co_await net::ask(
    [conversation = port.conversation]() -> Result<ConversationInside> { return conversation; },
    context, message);
  co_return done.has_value();
}

task<bool> ask_person(const TurnPort& port, const Context& context, AskPerson question) {
  question.turn = port.turn;
  auto said = co_await net::ask_once(port.conversation, context, question);
  co_return said && said->accept;
}

void say(const TurnPort& port, std::string text) {
  caf::anon_send(port.conversation, TurnText{port.turn, std::move(text)});
}

task<Result<TurnResult>> run_turn(Services& services, TurnInput input, TurnPort port) {
  if (input.conversation.conversation.kind == ConversationKind::mock_interview)
    co_return co_await run_interview(services, std::move(input), std::move(port));
  if (!input.images.empty())
    if (auto kind = picture_kind(input.question.content))
      co_return co_await run_pictures(services, std::move(input), std::move(port), *kind);
  co_return co_await run_chat(services, std::move(input), std::move(port));
}

}  // namespace jobraker::chat
