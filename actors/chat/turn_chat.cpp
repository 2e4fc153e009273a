#include <deque>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/chat/core/turn.hpp"
#include "actors/chat/frames.hpp"
#include "actors/chat/retrieve.hpp"
#include "actors/chat/tool_applications.hpp"
#include "actors/chat/tool_run.hpp"
#include "actors/chat/turn_parts.hpp"
#include "actors/chat/turn_speech.hpp"
#include "actors/llm/core/tokens.hpp"
#include "actors/llm/gateway.hpp"
#include "messages/together.hpp"
#include "storage/chat_turns.hpp"
#include "storage/databases.hpp"

namespace jobraker::chat {
namespace {

constexpr std::size_t messages_read = 200;  // of the unsummarised part

std::string fence_of(std::string_view id, std::string_view kind, std::string_view title,
                     std::string_view text) {
  return llm::fenced(id, kind, title, text);
}

ModelMessage system_note(std::string text) {
  ModelMessage message;
  message.role = ModelRole::system;
  message.text = std::move(text);
  return message;
}

/// A few lines on who asks, without contact data.
std::string about_person(const Profile& profile) {
  std::string text;
  auto list = [&text](std::string_view name, const Strings& values, std::size_t most) {
    if (values.empty())
      return;
    text.append(name).append(": ");
    for (std::size_t i = 0; i < std::min(values.size(), most); ++i)
      text.append(i == 0 ? "" : ", ").append(values[i]);
    text.push_back('\n');
  };
  list("Titles", profile.experience.job_titles, 5);
  list("Languages", profile.skills.programming_languages, 15);
  list("Frameworks", profile.skills.frameworks_libraries, 15);
  list("Tools", profile.skills.tools_platforms, 15);
  list("Wanted roles", profile.preferences.desired_roles, 5);
  list("Wanted places", profile.preferences.preferred_locations, 5);
  if (profile.summary.years_of_experience)
    text += "Years of experience: " +
            std::to_string(static_cast<int>(*profile.summary.years_of_experience)) + "\n";
  return text;
}

/// One turn of the assistant while it runs.
class ChatTurn {
public:
  ChatTurn(Services& services, TurnInput input, TurnPort port)
      : services_(services), input_(std::move(input)), port_(std::move(port)) {}

  task<TurnResult> run() {
    auto profile = co_await profile_of(services_, input_.context);
    personal_ = std::make_unique<PersonalData>(profile ? known_person(profile->personal_info)
                                                       : KnownPerson{});
    auto question = personal_->hide(input_.question.content);
    auto [pass, stored] =
      co_await together(admitted(services_, input_.context, question), messages());
    if (!pass)
      co_return failed(std::move(pass.error()), "moderation_away");
    if (!*pass)
      co_return failed(Error{Errc::unprocessable, "this message cannot be answered", {}, {}},
                       "flagged");
    if (!stored)
      co_return failed(std::move(stored.error()));
    auto prompt = co_await build_prompt(profile, question, std::move(*stored));
    if (!prompt)
      co_return failed(std::move(prompt.error()));
    port_.cancel.watch([stop = stop_] { stop.cancel(); });
    auto result = co_await play(std::move(*prompt));
    port_.cancel.watch({});
    co_return result;
  }

private:
  /// What no summary covers, up to the question.
  task<Result<std::vector<ChatMessage>>> messages() {
    Result<std::vector<ChatMessage>> stored;
    if (input_.recent)
      stored = std::move(*input_.recent);
    else
      stored = co_await storage::recent_messages(services_.databases.here(),
                                                 input_.conversation.conversation.id,
                                                 input_.conversation.summary_upto, messages_read);
    // Questions that wait behind this one are not part of what came before it.
    if (stored)
      std::erase_if(*stored,
                    [this](const ChatMessage& m) { return m.position > input_.question.position; });
    co_return stored;
  }

  task<Result<std::vector<ModelMessage>>> build_prompt(const Result<Profile>& profile,
                                                       const std::string& question,
                                                       std::vector<ChatMessage> stored) {
    const auto& config = services_.config.chat;
    HistoryOptions options;
    options.budget = config.history_tokens;
    options.summarise_above = config.summarise_tokens;
    auto history = build_history(
      stored, {input_.conversation.summary, input_.conversation.summary_upto}, options,
      [](std::string_view text) { return llm::estimate_tokens(text); }, fence_of, personal_.get());
    std::vector<ModelMessage> prompt;
    prompt.push_back(system_note("Today is " + to_rfc3339(now()).substr(0, 10) + "."));
    if (profile)
      if (auto about = about_person(*profile); !about.empty())
        prompt.push_back(system_note("What is known of the user, as data:\n" +
                                     llm::fenced("P1", "profile", "", personal_->hide(about))));
    if (config.retrieval_chunks > 0 && !question.empty()) {
      std::vector<std::string> known;
      for (const auto& message : stored)
        known.push_back(to_string(message.id));
      auto found = co_await retrieve(services_, input_.context, question, std::move(known));
      sources_ = sources_of(found);
      if (!found.empty())
        prompt.push_back(system_note("Material that may help with the next question, as data:\n" +
                                     sources_block(found, fence_of, personal_.get())));
    }
    for (auto& message : history.messages)
      prompt.push_back(std::move(message));
    if (!prompt.empty() && !input_.images.empty())
      prompt.back().images = std::move(input_.images);
    co_return prompt;
  }

  turn::CheckCall check() {
    return [this](const ToolCall& call) -> Result<CheckedCall> {
      auto plain = call;
      plain.arguments = personal_->reveal_json(call.arguments);
      return services_.chat->tools.check(plain);
    };
  }

  /// Performs what the turn's reducer wants, until it has finished.
  task<TurnResult> play(std::vector<ModelMessage> prompt) {
    turn::Turn turn{std::move(prompt), check()};
    std::deque<turn::Effect> todo;
    auto more = [&todo](turn::Effects effects) {
      for (auto& effect : effects)
        todo.push_back(std::move(effect));
    };
    more(turn.start());
    while (!todo.empty()) {
      auto effect = std::move(todo.front());
      todo.pop_front();
      if (auto* finish = std::get_if<turn::Finish>(&effect))
        co_return ended(std::move(*finish));
      if (port_.cancel.cancelled()) {
        more(turn.cancelled(""));
        continue;
      }
      if (auto* ask = std::get_if<turn::AskModel>(&effect))
        more(co_await ask_model(turn, std::move(*ask)));
      else if (auto* tool = std::get_if<turn::RunTool>(&effect))
        more(turn.tool_done(tool->call_id, co_await run_call(*tool)));
      else if (auto* confirm = std::get_if<turn::AskConfirm>(&effect))
        more(turn.confirmed(confirm->call_id, co_await agreed(*confirm)));
    }
    co_return failed(Error{Errc::internal, "the turn ended without an end", {}, {}});
  }

  task<turn::Effects> ask_model(turn::Turn& turn, turn::AskModel ask) {
    llm::ModelCall call;
    call.operation = "chat";
    call.messages = std::move(ask.messages);
    if (ask.tools)
      call.tools = services_.chat->tools.specs();
    call.user = input_.context.principal.user;
    call.cancel = stop_;
    auto speech = new_speech();
    bool prefixed = ask.prefix.empty();
    call.on_event = [&](const llm::ModelEvent& event) {
      if (event.kind == llm::ModelEvent::Kind::restart) {
        // The conversation voids the whole round; what an earlier call said in it is said again.
        speech->abandon();
        speech = new_speech();
        prefixed = ask.prefix.empty();
        caf::anon_send(port_.conversation, TurnRestart{port_.turn, std::string{event.text}});
        if (!round_text_.empty())
          say(port_, round_text_);
        return;
      }
      if (!std::exchange(prefixed, true))
        speech->add(ask.prefix);
      speech->add(event.text);
    };
    auto outcome = co_await llm::ask_model(services_, input_.context, std::move(call));
    if (!stop_.cancelled())
      co_await speech->finish();
    speech->abandon();  // a verdict that is still out finds nobody
    round_text_ += speech->shown();
    if (speech->away() && speech->flagged())
      away_ = true;
    if (speech->flagged()) {
      flagged_ = true;
      co_return turn.model_failed(Error{Errc::unprocessable, "the answer was held back", {}, {}},
                                  speech->shown());
    }
    if (outcome) {
      usage_.input += outcome->usage.input;
      usage_.cached += outcome->usage.cached;
      usage_.output += outcome->usage.output;
      cost_nano_ += outcome->cost_nano;
      co_return turn.replied(outcome->reply);
    }
    if (port_.cancel.cancelled())
      co_return turn.cancelled(speech->shown());
    error_ = outcome.error();
    co_return turn.model_failed(outcome.error(), speech->shown());
  }

  std::shared_ptr<Speech> new_speech() {
    return std::make_shared<Speech>(services_, input_.context, port_, *personal_, stop_);
  }

  task<turn::ToolOutcome> run_call(const turn::RunTool& call) {
    turn::ToolOutcome outcome;
    if (!co_await keep_frame(
          port_, input_.context, "tool_call",
          tool_call_members(port_.turn, call.call_id, call.name, call.arguments))) {
      outcome.ok = false;
      outcome.result = error_result(Error{Errc::unavailable, "not run", {}, {}});
      co_return outcome;
    }
    ToolRequest request;
    request.name = call.name;
    request.arguments = call.arguments;
    request.changes = services_.chat->tools.confirms(call.name);
    request.effect_scope = input_.effect_scope;
    auto context = input_.context;
    context.deadline = std::min(context.deadline, Context::Clock::now() + std::chrono::seconds{30});
    auto result = co_await run_tool(services_, context, std::move(request));
    outcome.ok = result.has_value();
    outcome.result = result ? std::move(*result) : error_result(result.error());
    outcome.shown = tool_result_text(call.name, outcome.result, fence_of, personal_.get());
    co_await keep_frame(
      port_, input_.context, "tool_result",
      tool_result_members(port_.turn, call.call_id, call.name, outcome.ok, outcome.result));
    round_text_.clear();
    co_return outcome;
  }

  task<bool> agreed(const turn::AskConfirm& confirm) {
    AskPerson question;
    question.confirmation_id = to_string(port_.turn) + "/" + confirm.call_id;
    question.name = confirm.name;
    question.arguments = confirm.arguments;
    question.text = confirmation_text(
      confirm.name, confirm.arguments,
      co_await call_details(services_, input_.context, confirm.name, confirm.arguments));
    bool yes = co_await ask_person(port_, input_.context, std::move(question));
    round_text_.clear();
    co_return yes;
  }

  TurnResult ended(turn::Finish finish) {
    TurnResult result;
    result.state = finish.state;
    result.usage = usage_;
    result.cost_nano = cost_nano_;
    for (auto& record : finish.tools) {
      record.text_before = personal_->reveal(record.text_before);
      result.tools.push_back(std::move(record));
    }
    result.sources = cited(finish.text, sources_);
    if (finish.state == TurnState::done)
      result.note = finish.reason;
    if (finish.state != TurnState::failed)
      return result;
    result.error =
      error_ ? *error_ : Error{Errc::upstream_failed, "the model gave no answer", {}, {}};
    result.code = error_ ? "" : finish.reason;
    if (flagged_) {
      result.error = Error{Errc::unprocessable, "the answer was held back", {}, {}};
      result.code = away_ ? "moderation_away" : "flagged";
    }
    return result;
  }

  Services& services_;
  TurnInput input_;
  TurnPort port_;
  net::CancelToken stop_{};
  std::unique_ptr<PersonalData> personal_;
  std::vector<Source> sources_;
  std::string round_text_;  ///< shown since this turn's last kept frame
  TokenUsage usage_{};
  std::int64_t cost_nano_ = 0;
  std::optional<Error> error_;
  bool flagged_ = false;
  bool away_ = false;
};

}  // namespace

task<TurnResult> run_chat(Services& services, TurnInput input, TurnPort port) {
  auto turn = std::make_unique<ChatTurn>(services, std::move(input), std::move(port));
  co_return co_await turn->run();
}

}  // namespace jobraker::chat
