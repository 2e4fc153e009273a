#include <algorithm>

#include "actors/chat/core/interview.hpp"
#include "actors/chat/turn_parts.hpp"
#include "actors/llm/gateway.hpp"
#include "messages/codec.hpp"

namespace jobraker::chat {
namespace {

bool wants_to_stop(std::string_view text) {
  std::string word;
  for (char c : text)
    if (static_cast<unsigned char>(c) > ' ' && c != '.' && c != '!')
      word.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  static constexpr std::string_view stops[] = {
    "stop", "/stop", "end", "finish", "quit", "stoptheinterview", "endtheinterview"};
  return std::find(std::begin(stops), std::end(stops), word) != std::end(stops);
}

/// What the model is told: where the interview stands, the posting, the last question and answer.
std::vector<ModelMessage> interview_messages(const Interview& interview, PersonalData& personal,
                                             const std::string& answer, bool stop) {
  std::vector<ModelMessage> messages;
  std::string text = llm::fenced("progress", "progress", "",
                                 personal.hide_json(interview_progress(interview, stop)));
  text += "\n" + llm::fenced("role", "role", "", personal.hide(interview.role));
  if (!interview.posting.empty())
    text += "\n" + llm::fenced("posting", "job", "", personal.hide(interview.posting));
  if (!interview.asked.empty())
    text += "\n" +
            llm::fenced("question", "question", "", personal.hide(interview.asked.back().question));
  if (!answer.empty())
    text += "\n" + llm::fenced("answer", "answer", "", personal.hide(answer));
  ModelMessage user;
  user.text = std::move(text);
  messages.push_back(std::move(user));
  return messages;
}

}  // namespace

task<TurnResult> run_interview(Services& services, TurnInput input, TurnPort port) {
  auto interview = json::decode<Interview>(input.conversation.state);
  if (!interview)
    co_return failed(Error{Errc::internal, "the interview's state cannot be read", {}, {}});
  auto personal = personal_data(co_await profile_of(services, input.context));
  const auto& said = input.question.content;
  auto pass = co_await admitted(services, input.context, personal.hide(said));
  if (!pass)
    co_return failed(std::move(pass.error()), "moderation_away");
  if (!*pass)
    co_return failed(Error{Errc::unprocessable, "this message cannot be answered", {}, {}},
                     "flagged");
  auto answer = interview->asked.empty() ? std::string{} : said;
  bool stop = wants_to_stop(said);
  TurnResult result;
  InterviewReply reply;
  if (!interview->finished) {
    llm::ModelCall call;
    call.operation = "mock_interview";
    call.messages = interview_messages(*interview, personal, stop ? std::string{} : answer, stop);
    call.user = input.context.principal.user;
    call.cancel = port.cancel;
    auto outcome = co_await llm::ask_model(services, input.context, std::move(call));
    if (!outcome)
      co_return failed(std::move(outcome.error()));
    auto read = read_interview_reply(personal.reveal_json(outcome->reply.text));
    if (!read)
      co_return failed(
        Error{Errc::upstream_failed, "the interviewer's answer cannot be read", {}, {}});
    reply = std::move(*read);
    result.usage = outcome->usage;
    result.cost_nano = outcome->cost_nano;
  }
  auto step =
    advance(*interview, stop ? std::string_view{} : std::string_view{answer}, reply, stop);
  auto shown = co_await admitted(services, input.context, personal.hide(step.say));
  if (!shown || !*shown)
    co_return failed(Error{Errc::unprocessable, "the answer was held back", {}, {}}, "flagged");
  say(port, step.say);
  result.new_state = json::encode(*interview);
  co_return result;
}

}  // namespace jobraker::chat
