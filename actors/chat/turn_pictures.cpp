#include "actors/chat/frames.hpp"
#include "actors/chat/turn_parts.hpp"
#include "actors/jobs/read_posting.hpp"
#include "actors/profile/resume_picture.hpp"
#include "messages/codec.hpp"
#include "net/ask.hpp"

namespace jobraker::chat {
namespace {

bool names_any(const std::string& text, std::initializer_list<std::string_view> words) {
  for (auto word : words)
    if (text.find(word) != std::string::npos)
      return true;
  return false;
}

/// A step of reading a picture, shown as a function's call.
task<bool> show_call(const TurnPort& port, const Context& context, std::string_view name) {
  co_return co_await keep_frame(port, context, "tool_call",
                                tool_call_members(port.turn, "picture", name, "{}"));
}

ToolRecord record_of(std::string name, std::string result, bool ok) {
  ToolRecord record;
  record.call_id = "picture";
  record.name = std::move(name);
  record.arguments = "{}";
  record.ok = ok;
  record.result = std::move(result);
  record.round = 1;
  return record;
}

task<TurnResult> read_resume(Services& services, TurnInput input, TurnPort port) {
  co_await show_call(port, input.context, "readResumePicture");
  auto draft =
    co_await resume_of_pictures(services, input.context, std::move(input.images), port.cancel);
  if (!draft)
    co_return failed(std::move(draft.error()));
  auto patch = draft_patch(draft->resume);
  co_await keep_frame(port, input.context, "tool_result",
                      tool_result_members(port.turn, "picture", "readResumePicture", true, patch));
  AskPerson question;
  question.confirmation_id = "picture-" + to_string(port.turn);
  question.name = "saveProfile";
  question.arguments = patch;
  question.text = "Store what was read from the picture in your profile?";
  bool yes = co_await ask_person(port, input.context, std::move(question));
  TurnResult result;
  result.usage = draft->usage;
  result.cost_nano = draft->cost_nano;
  result.tools.push_back(record_of("readResumePicture", patch, true));
  if (port.cancel.cancelled()) {
    result.state = TurnState::cancelled;
    co_return result;
  }
  if (!yes) {
    say(port, "I have read your résumé and stored nothing. Send it again if you change your mind.");
    co_return result;
  }
  auto user = input.context.principal.user;
  auto saved = co_await net::ask([&services, user] { return services.user(user); }, input.context,
                                 UpdateProfile{patch, {}});
  if (!saved)
    co_return failed(std::move(saved.error()));
  say(port, "Your profile now has what your résumé says. Please look it over once.");
  co_return result;
}

task<TurnResult> read_job(Services& services, TurnInput input, TurnPort port) {
  co_await show_call(port, input.context, "readPostingPicture");
  auto posting =
    co_await posting_of(services, input.context, {}, std::move(input.images), port.cancel);
  if (!posting)
    co_return failed(std::move(posting.error()));
  auto job = json::encode(posting->job);
  co_await keep_frame(port, input.context, "tool_result",
                      tool_result_members(port.turn, "picture", "readPostingPicture", true, job));
  TurnResult result;
  result.usage = posting->usage;
  result.cost_nano = posting->cost_nano;
  result.tools.push_back(record_of("readPostingPicture", job, true));
  auto text = "This posting is for " + posting->job.title;
  if (!posting->job.company.empty())
    text += " at " + posting->job.company;
  if (posting->job.location)
    text += ", " + *posting->job.location;
  say(port, text + ".");
  co_return result;
}

}  // namespace

std::optional<PictureKind> picture_kind(std::string_view text) {
  std::string lower;
  for (char c : text)
    lower.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  if (names_any(lower, {"posting", "job ad", "advert", "vacancy", "this job", "job description"}))
    return PictureKind::posting;
  if (names_any(lower,
                {"resume", "résumé", "curriculum", " cv", "cv ", "my profile", "lebenslauf"}) ||
      lower == "cv")
    return PictureKind::resume;
  return std::nullopt;
}

task<TurnResult> run_pictures(Services& services, TurnInput input, TurnPort port,
                              PictureKind kind) {
  auto personal = personal_data(co_await profile_of(services, input.context));
  auto pass = co_await admitted(services, input.context, personal.hide(input.question.content));
  if (!pass)
    co_return failed(std::move(pass.error()), "moderation_away");
  if (!*pass)
    co_return failed(Error{Errc::unprocessable, "this message cannot be answered", {}, {}},
                     "flagged");
  if (kind == PictureKind::resume)
    co_return co_await read_resume(services, std::move(input), std::move(port));
  co_return co_await read_job(services, std::move(input), std::move(port));
}

}  // namespace jobraker::chat
