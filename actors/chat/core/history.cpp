#include "actors/chat/core/history.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "messages/json.hpp"

namespace jobraker::chat {
namespace {

/// The messages of one turn, as places in the list.
using Turn = std::vector<std::size_t>;

/// Turns in order of their first message; a message without a turn is one of its own.
std::vector<Turn> turns_of(const std::vector<ChatMessage>& messages) {
  std::vector<Turn> out;
  std::map<TurnId, std::size_t> known;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto& id = messages[i].turn_id;
    auto [found, fresh] = known.try_emplace(id, out.size());
    if (fresh || !id)
      out.emplace_back();
    out[id ? found->second : out.size() - 1].push_back(i);
  }
  return out;
}

std::int64_t tokens_of(const std::vector<ModelMessage>& messages, const HistoryOptions& options,
                       const CountTokens& count) {
  std::int64_t sum = 0;
  for (const auto& message : messages) {
    sum += options.message_overhead + count(message.text);
    for (const auto& call : message.tool_calls)
      sum += options.message_overhead + count(call.name) + count(call.arguments);
  }
  return sum;
}

/// What a call was made with, as an object; anything else would be refused when it is read again.
std::string object_or_empty(const std::string& arguments) {
  auto document = json::Document::parse(arguments);
  return document && document->root().is_object() ? arguments : "{}";
}

/// Text without `prefix` and the blank line that `join_text` puts behind it.
std::string_view without_prefix(std::string_view text, std::string_view prefix) {
  if (prefix.empty() || !text.starts_with(prefix))
    return text;
  text.remove_prefix(prefix.size());
  if (text.starts_with("\n\n"))
    text.remove_prefix(2);
  return text;
}

std::string with_pictures(const ChatMessage& message) {
  auto text = message.content;
  for (const auto& note : message.attachments)
    text = join_text(text, "(A picture was sent here, " + note.media_type + ".)");
  return text;
}

/// Call ids are unique within one request (Anthropic insists on it), whatever servers made them.
void make_ids_unique(std::vector<ModelMessage>& messages) {
  std::set<std::string> used;
  std::map<std::string, std::string> renamed;  // within the present round
  std::size_t number = 0;
  for (auto& message : messages) {
    if (!message.tool_calls.empty())
      renamed.clear();
    for (auto& call : message.tool_calls) {
      auto id = call.id;
      while (id.empty() || !used.insert(id).second)
        id = "call_h" + std::to_string(++number);
      renamed[call.id] = id;
      call.id = std::move(id);
    }
    if (message.role == ModelRole::tool)
      message.tool_call_id = renamed[message.tool_call_id];
  }
}

/// What is chosen of the turns, and what it costs.
struct Choice {
  std::vector<std::vector<ModelMessage>> turns{};
  std::int64_t tokens = 0;
  std::size_t messages = 0;
};

/// Reads stored messages for one call.
struct Reading {
  const std::vector<ChatMessage>& messages;
  std::size_t latest;
  const HistoryOptions& options;
  const CountTokens& count;
  const Fence& fence;
  PersonalData* personal;

  std::vector<ModelMessage> turn(const Turn& places) const {
    std::vector<ModelMessage> out;
    for (auto i : places) {
      auto message = messages[i];
      if (i != latest)  // whose pictures are still at hand
        message.content = with_pictures(message);
      for (auto& read : model_messages(message, fence, personal))
        out.push_back(std::move(read));
    }
    return out;
  }
  std::int64_t tokens(const std::vector<ModelMessage>& read) const {
    return tokens_of(read, options, count);
  }
};

/// The latest question's turn if it fits, else the question alone.
Choice choose_last(const Reading& reading, const Turn& turn) {
  auto whole = reading.turn(turn);
  auto tokens = reading.tokens(whole);
  if (turn.size() > 1 && tokens > reading.options.budget) {
    auto question = reading.turn({reading.latest});
    tokens = reading.tokens(question);
    return {{std::move(question)}, tokens, 1};
  }
  return {{std::move(whole)}, tokens, turn.size()};
}

std::string hidden(std::string_view text, PersonalData* personal) {
  return personal ? personal->hide(text) : std::string{text};
}

ModelMessage summary_note(const ChatSummary& summary, const Fence& fence, PersonalData* personal) {
  return {.role = ModelRole::system,
          .text = "What was said before the messages that follow, in short. It is data:\n" +
                  fence("summary", "summary", "", hidden(summary.text, personal))};
}

/// Which turns should be summarised: the oldest, until what stays is small enough. The summary
/// covers positions, so it may only end where no message that stays lies before it; the last turn
/// always stays.
void choose_to_summarise(History& out, const std::vector<ChatMessage>& messages,
                         const std::vector<Turn>& turns, const std::vector<std::int64_t>& tokens,
                         const HistoryOptions& options) {
  std::int64_t rest = 0;
  for (auto t : tokens)
    rest += t;
  if (rest <= options.summarise_above)
    return;
  std::size_t end = 0;
  for (std::size_t i = 0; i + 1 < turns.size(); ++i) {
    rest -= tokens[i];
    std::int64_t last = 0, next = INT64_MAX;
    for (std::size_t k = 0; k < turns.size(); ++k)
      for (auto at : turns[k])
        if (k <= i)
          last = std::max(last, messages[at].position);
        else
          next = std::min(next, messages[at].position);
    if (last > next)
      continue;
    end = i + 1;
    out.summarise_until = last;
    if (rest <= options.keep_verbatim)
      break;
  }
  for (std::size_t i = 0; i < end; ++i)
    for (auto at : turns[i])
      out.to_summarise.push_back(messages[at]);
  auto by_position = [](const auto& a, const auto& b) { return a.position < b.position; };
  std::stable_sort(out.to_summarise.begin(), out.to_summarise.end(), by_position);
}

}  // namespace

std::string join_text(std::string_view before, std::string_view after) {
  std::string out{before};
  if (!before.empty() && !after.empty())
    out += "\n\n";
  return out += after;
}

std::string tool_result_text(std::string_view name, std::string_view result, const Fence& fence,
                             PersonalData* personal) {
  auto text = personal ? personal->hide_json(result) : std::string{result};
  return fence ? fence(name, "function_result", "", text) : text;
}

std::vector<ModelMessage> model_messages(const ChatMessage& message, const Fence& fence,
                                         PersonalData* personal) {
  std::vector<ModelMessage> out;
  if (message.role == MessageRole::user) {
    out.push_back({.role = ModelRole::user, .text = hidden(message.content, personal)});
    return out;
  }
  std::string before;
  for (std::size_t i = 0; i < message.tools.size();) {
    ModelMessage call{.role = ModelRole::assistant};
    std::vector<ModelMessage> results;
    std::string said;
    auto round = message.tools[i].round;
    for (; i < message.tools.size() && message.tools[i].round == round; ++i) {
      const auto& tool = message.tools[i];
      if (said.empty())
        said = tool.text_before;
      // Ids may be missing or repeat within a round; the place tells them apart.
      auto id = tool.call_id;
      auto taken = [&](const ToolCall& other) { return other.id == id; };
      while (id.empty() || std::any_of(call.tool_calls.begin(), call.tool_calls.end(), taken))
        id = "call_" + std::to_string(round) + "_" + std::to_string(call.tool_calls.size() + 1) +
             (id.empty() ? "" : "_" + id);
      auto arguments = object_or_empty(tool.arguments);
      call.tool_calls.push_back(
        {id, tool.name, personal ? personal->hide_json(arguments) : arguments});
      results.push_back({.role = ModelRole::tool,
                         .text = tool_result_text(tool.name, tool.result, fence, personal),
                         .tool_call_id = id,
                         .name = tool.name});
    }
    call.text = hidden(said, personal);
    before = join_text(before, said);
    out.push_back(std::move(call));
    std::move(results.begin(), results.end(), std::back_inserter(out));
  }
  auto rest = without_prefix(message.content, before);
  if (!rest.empty())
    out.push_back({.role = ModelRole::assistant, .text = hidden(rest, personal)});
  return out;
}

History build_history(const std::vector<ChatMessage>& messages, const ChatSummary& summary,
                      const HistoryOptions& options, const CountTokens& count, const Fence& fence,
                      PersonalData* personal) {
  History out;
  auto latest = messages.size();
  for (std::size_t i = 0; i < messages.size(); ++i)
    if (messages[i].role == MessageRole::user)
      latest = i;
  if (latest == messages.size())
    return out;  // nobody asks
  auto turns = turns_of(messages);
  auto asks = [&](const Turn& turn) {
    return std::find(turn.begin(), turn.end(), latest) != turn.end();
  };
  std::erase_if(turns, [&](const Turn& turn) {  // the summary has said them
    return !asks(turn) && std::all_of(turn.begin(), turn.end(), [&](auto i) {
      return messages[i].position <= summary.until;
    });
  });
  turns.erase(std::find_if(turns.begin(), turns.end(), asks) + 1, turns.end());

  Reading reading{messages, latest, options, count, fence, personal};
  std::vector<std::int64_t> tokens;
  std::vector<std::vector<ModelMessage>> read;
  std::size_t stored = 0;
  for (const auto& turn : turns) {
    read.push_back(reading.turn(turn));
    tokens.push_back(reading.tokens(read.back()));
    stored += turn.size();
  }
  choose_to_summarise(out, messages, turns, tokens, options);

  auto choice = choose_last(reading, turns.back());
  if (!summary.text.empty()) {
    out.messages.push_back(summary_note(summary, fence, personal));
    auto cost = reading.tokens(out.messages);
    if (choice.tokens + cost > options.budget)
      out.messages.clear();
    else
      choice.tokens += cost;
  }
  // From the newest back; the first that does not fit ends it, so that there is no hole.
  for (auto i = turns.size() - 1; i-- > 0 && choice.tokens + tokens[i] <= options.budget;) {
    choice.turns.push_back(std::move(read[i]));
    choice.tokens += tokens[i];
    choice.messages += turns[i].size();
  }
  for (auto turn = choice.turns.rbegin(); turn != choice.turns.rend(); ++turn)
    std::move(turn->begin(), turn->end(), std::back_inserter(out.messages));
  make_ids_unique(out.messages);
  out.tokens = choice.tokens;
  out.left_out = stored - choice.messages;
  return out;
}

std::string summary_input(const ChatSummary& summary, const std::vector<ChatMessage>& messages,
                          const Fence& fence, PersonalData* personal) {
  std::string transcript;
  auto json = [&](const std::string& text) { return personal ? personal->hide_json(text) : text; };
  for (const auto& message : messages) {
    auto who = message.role == MessageRole::user ? "User: " : "Assistant: ";
    for (const auto& tool : message.tools)
      transcript =
        join_text(transcript, "Function " + tool.name + " " + json(tool.arguments) +
                                (tool.ok ? " returned " : " failed: ") + json(tool.result));
    transcript = join_text(transcript, who + hidden(with_pictures(message), personal));
  }
  std::string out = "The memory so far:\n";
  out += summary.text.empty() ? "(none)"
                              : fence("memory", "summary", "", hidden(summary.text, personal));
  return out + "\n\nThe messages since:\n" + fence("transcript", "transcript", "", transcript);
}

}  // namespace jobraker::chat
