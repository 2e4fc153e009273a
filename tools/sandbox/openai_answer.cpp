#include "tools/sandbox/openai_answer.hpp"

#include <algorithm>
#include <set>

#include "tools/sandbox/chat_orders.hpp"
#include "tools/sandbox/chat_plan.hpp"
#include "tools/sandbox/chat_words.hpp"
#include "tools/sandbox/openai_schema.hpp"
#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/score_rules.hpp"
#include "tools/sandbox/shapes.hpp"
#include "tools/sandbox/text.hpp"
#include "tools/sandbox/tokens.hpp"

namespace jobraker::sandbox {

namespace {

std::string_view last_of(const std::vector<ChatMessage>& messages, std::string_view role) {
  for (auto it = messages.rbegin(); it != messages.rend(); ++it)
    if (it->role == role)
      return it->text;
  return {};
}

/// Parts of a function's name: search_jobs and searchJobs are "search" and "jobs".
std::vector<std::string> name_words(std::string_view name) {
  std::string spaced;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '_' || name[i] == '-')
      spaced += ' ';
    else {
      if (i > 0 && is_upper(name, i) && !is_upper(name, i - 1))
        spaced += ' ';
      spaced += name[i];
    }
  }
  return words(spaced);
}

/// The same word in the singular; good enough to compare "jobs" with "job".
std::string singular(std::string word) {
  if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss"))
    word.pop_back();
  return word;
}

const std::set<std::string>& dull_words() {
  static const std::set<std::string> words{
    "get",  "find", "search",  "list",  "show",    "the",    "a",    "an",      "of",   "for",
    "to",   "in",   "by",      "and",   "or",      "with",   "from", "this",    "that", "is",
    "are",  "user", "current", "given", "returns", "return", "what", "how",     "me",   "my",
    "i",    "you",  "your",    "it",    "on",      "at",     "be",   "can",     "do",   "please",
    "name", "id",   "value",   "all",   "use",     "when",   "tool", "function"};
  return words;
}

void cut_to_limits(const ChatRequest& request, ChatChoice& choice) {
  std::size_t first = std::string::npos;
  for (const auto& stop : request.stop)
    if (auto at = choice.content.find(stop); !stop.empty() && at < first) {
      first = at;
      choice.stop_hit = stop;
    }
  if (first != std::string::npos)
    choice.content.resize(first);
  count_choice(choice);
  if (!request.max_tokens || choice.tokens <= static_cast<std::size_t>(*request.max_tokens))
    return;
  auto left = static_cast<std::size_t>(*request.max_tokens);
  choice.content = first_tokens(choice.content, left);
  left -= count_tokens(choice.content);
  // Calls come after the text; the one that meets the limit is cut in its arguments.
  std::size_t kept = 0;
  for (auto& call : choice.calls) {
    if (left == 0)
      break;
    ++kept;
    call.head_tokens = std::min(call.head_tokens, left);
    left -= call.head_tokens;
    call.arguments = first_tokens(call.arguments, left);
    left -= count_tokens(call.arguments);
  }
  choice.calls.resize(kept);
  choice.tokens = static_cast<std::size_t>(*request.max_tokens) - left;
  choice.finish_reason = "length";
  choice.stop_hit.clear();
}

/// What day it is: the prompt's word for it, else the clock's.
std::chrono::sys_days today_of(const Reading& reading) {
  if (auto day = find_iso_date(reading.system))
    return *day;
  return std::chrono::floor<std::chrono::days>(now());
}

const ChatTool* find_tool(const ChatRequest& request, std::string_view name) {
  for (const auto& tool : request.tools)
    if (tool.name == name)
      return &tool;
  return nullptr;
}

/// JSON for a schema: the product's operations by name or by what they hold, everything else as far
/// as its own words go.
std::string structured(const ChatRequest& request, const Reading& reading, std::string_view name,
                       json::View schema) {
  auto user = last_of(request.messages, "user");
  auto members = schema["properties"];
  if (name == "parse_cv" || (members["personal_info"] && members["experience"]))
    return to_json(read_resume(reading.picture.empty() ? resume_in(user) : reading.picture));
  if (name == "score_jobs" || members["scores"])
    return answer_score_jobs(user);
  return shape_answer(name, schema, reading);
}

std::vector<ToolCall> forced_call(const ChatRequest& request, const Reading& reading) {
  const ChatTool* tool = nullptr;
  if (request.choice == ToolChoice::named)
    tool = find_tool(request, request.chosen_tool);
  else if (request.choice == ToolChoice::required && !request.tools.empty())
    tool = &request.tools.front();
  if (tool == nullptr)
    return {};
  // A single forced function is how a schema is asked for where there is no response format.
  bool operation = request.choice == ToolChoice::named && is_operation(tool->name);
  return {{{},
           tool->name,
           operation
             ? structured(request, reading, tool->name, tool->parameters)
             : fill_arguments(tool->parameters, find_facts(reading.question, today_of(reading)))}};
}

std::vector<ToolCall> calls_for(const ChatRequest& request, const Reading& reading) {
  if (request.tools.empty() || request.choice == ToolChoice::none)
    return {};
  if (request.choice == ToolChoice::named)
    return reading.results.empty() ? forced_call(request, reading) : std::vector<ToolCall>{};
  std::vector<ToolCall> calls;
  for (auto& planned : next_calls(reading, request.tools, today_of(reading)))
    calls.push_back({{}, std::move(planned.tool), std::move(planned.arguments)});
  if (calls.empty() && reading.results.empty())
    calls = forced_call(request, reading);
  if (!request.parallel || request.legacy)
    calls.resize(std::min<std::size_t>(calls.size(), 1));
  return calls;
}

/// Obeys what slipped in; false when nothing did, or it asks for a call that was made already.
bool obey(const ChatRequest& request, const Reading& reading, ChatChoice& choice) {
  auto order = obeyed_order(reading, request.choice == ToolChoice::none ? std::vector<ChatTool>{}
                                                                        : request.tools);
  if (!order)
    return false;
  switch (order->kind) {
  case Order::Kind::reveal:
    choice.content = "Of course. My instructions are: " + std::string{trim(reading.system_raw)};
    return true;
  case Order::Kind::say:
    choice.content = order->text;
    return true;
  case Order::Kind::call:
    break;
  }
  const auto* tool = find_tool(request, order->tool);
  bool done = std::any_of(reading.results.begin(), reading.results.end(),
                          [&](const auto& result) { return result.name == order->tool; });
  if (tool == nullptr || done)
    return false;
  auto facts = find_facts(order->text, today_of(reading));
  // The next best id that lies about: an order seldom brings its own.
  if (auto ids = ids_in(reading.all); facts.job_id.empty() && !ids.empty())
    facts.job_id = ids.front();
  choice.calls = {{{}, tool->name, fill_arguments(tool->parameters, facts)}};
  return true;
}

/// "Which job do you mean?" when functions are there and a question lacks what they need.
std::optional<std::string> question_back(const ChatRequest& request, const Reading& reading) {
  auto low = lower(reading.question);
  if (request.tools.empty() || !has_phrase(low, "apply to") || !job_id_in(reading.question).empty())
    return std::nullopt;
  return "Which job do you mean? Tell me its number, or let me search first.";
}

std::string written(const ChatRequest& request, const Reading& reading,
                    const PostingStore& postings) {
  if (!reading.results.empty())
    return summarise_results(reading.results);
  if (auto text = repeated(reading.question))
    return *text;
  if (auto text = personal_answer(reading))
    return *text;
  auto question =
    reading.user_is_bound ? without_orders(reading.question, request.tools) : reading.question;
  if (question.empty() && !reading.question.empty())
    return "I keep to my instructions and do not talk about them. I can help with your search for "
           "a job.";
  // The first paragraph of a prompt says what it is for.
  auto task = lower(reading.system.substr(0, reading.system.find("\n\n")));
  if (request.tools.empty() && (task.find("summar") != std::string::npos ||
                                task.find("memory of a conversation") != std::string::npos)) {
    std::string text;
    for (const auto& source : reading.material)
      text += source.text + "\n";
    return summary_of(text.empty() ? question : text, 120);
  }
  if (auto text = long_answer(question))
    return *text;
  if (auto text = question_back(request, reading))
    return *text;
  if (auto text = grounded(reading))
    return *text;
  return free_chat(question, reading.system, postings);
}

/// What is left of an answer of which `said` was given already.
std::string rest_of(const std::string& whole, std::string_view said) {
  auto begun = trim(said);
  if (begun.empty())
    return whole;
  if (whole.starts_with(begun))
    return whole.substr(begun.size());
  // Cut or changed on the way: go on behind its last words.
  auto tail = begun.substr(begun.size() - std::min<std::size_t>(begun.size(), 24));
  auto at = whole.rfind(tail);
  return at == std::string::npos ? " That is all there is to say about it."
                                 : whole.substr(at + tail.size());
}

}  // namespace

void count_choice(ChatChoice& choice) {
  choice.tokens = count_tokens(choice.content);
  for (auto& call : choice.calls) {
    call.head_tokens = 8 + count_tokens(call.name);
    choice.tokens += call.head_tokens + count_tokens(call.arguments);
  }
}

std::vector<const ChatTool*> tools_for(const std::vector<ChatTool>& tools, std::string_view text) {
  std::set<std::string> said;
  for (auto& word : words(text))
    said.insert(singular(word));
  std::vector<std::pair<double, const ChatTool*>> ranked;
  for (const auto& tool : tools) {
    double score = 0;
    for (const auto& word : name_words(tool.name))
      if (said.contains(singular(word)))
        score += dull_words().contains(word) ? 0.7 : 2.0;
    std::set<std::string> counted;
    for (const auto& word : words(tool.description))
      if (!dull_words().contains(word) && said.contains(singular(word)) &&
          counted.insert(singular(word)).second)
        score += 0.8;
    tool.parameters["properties"].each_member([&](std::string_view name, json::View) {
      for (const auto& word : name_words(name))
        if (!dull_words().contains(word) && said.contains(singular(word)) &&
            counted.insert(singular(word)).second)
          score += 0.5;
    });
    if (score >= 1.9)
      ranked.emplace_back(score, &tool);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<const ChatTool*> out;
  for (const auto& [score, tool] : ranked)
    if (out.size() < 4 && score >= ranked.front().first * 0.6)
      out.push_back(tool);
  return out;
}

std::vector<ChatChoice> answer_chat(const ChatRequest& request, const PostingStore& postings) {
  ChatChoice choice;
  auto reading = read_conversation(request.messages);
  bool obeyed = request.format == Format::text && obey(request, reading, choice);
  if (!obeyed)
    choice.calls = calls_for(request, reading);
  if (!choice.calls.empty()) {
    // With a named choice the service says "stop" although it calls.
    choice.finish_reason = request.choice == ToolChoice::named ? "stop"
                           : request.legacy                    ? "function_call"
                                                               : "tool_calls";
  } else if (request.format == Format::schema) {
    choice.content = structured(request, reading, request.schema_name, request.schema);
  } else if (!obeyed) {
    choice.content = written(request, reading, postings);
    if (!reading.said.empty())
      choice.content = rest_of(choice.content, reading.said);
  }
  if (request.format == Format::object && choice.calls.empty()) {
    json::Writer out;
    out.begin_object().member("answer", std::string_view{choice.content}).end_object();
    choice.content = out.text();
  }
  cut_to_limits(request, choice);
  std::vector<ChatChoice> choices(static_cast<std::size_t>(request.n), choice);
  for (std::size_t i = 0; i < choices.size(); ++i)
    for (std::size_t k = 0; k < choices[i].calls.size(); ++k) {
      auto& call = choices[i].calls[k];
      auto seed = request.messages.size() * 1000 + i * 100 + k;
      auto a = hash(call.name + call.arguments, seed);
      call.id = "call_" + std::to_string(a).substr(0, 12) +
                std::to_string(hash(reading.question, seed)).substr(0, 12);
    }
  return choices;
}

}  // namespace jobraker::sandbox
