#include "tools/sandbox/openai_answer.hpp"

#include <algorithm>
#include <set>

#include "tools/sandbox/openai_schema.hpp"
#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/score_rules.hpp"
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

std::string instructions(const std::vector<ChatMessage>& messages) {
  std::string out;
  for (const auto& message : messages)
    if (message.role == "system" || message.role == "developer")
      out += message.text + "\n";
  return out;
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
  for (const auto& stop : request.stop)
    if (auto at = choice.content.find(stop); !stop.empty() && at != std::string::npos)
      choice.content.resize(at);
  choice.tokens = count_tokens(choice.content);
  for (const auto& call : choice.calls)
    choice.tokens += 8 + count_tokens(call.name) + count_tokens(call.arguments);
  if (request.max_tokens && choice.tokens > static_cast<std::size_t>(*request.max_tokens)) {
    auto limit = static_cast<std::size_t>(*request.max_tokens);
    choice.content = first_tokens(choice.content, limit);
    if (!choice.calls.empty()) {
      choice.calls.resize(1);
      choice.calls[0].arguments = first_tokens(choice.calls[0].arguments, limit);
    }
    choice.tokens = limit;
    choice.finish_reason = "length";
  }
}

std::vector<ToolCall> calls_for(const ChatRequest& request, std::string_view text) {
  std::vector<const ChatTool*> wanted;
  if (request.choice == ToolChoice::named) {
    for (const auto& tool : request.tools)
      if (tool.name == request.chosen_tool)
        wanted = {&tool};
  } else if (request.choice != ToolChoice::none) {
    wanted = tools_for(request.tools, text);
    if (wanted.empty() && request.choice == ToolChoice::required && !request.tools.empty())
      wanted = {&request.tools.front()};
  }
  if (!request.parallel || request.legacy)
    wanted.resize(std::min<std::size_t>(wanted.size(), 1));
  std::vector<ToolCall> calls;
  for (const auto* tool : wanted)
    calls.push_back({{}, tool->name, arguments_from(tool->parameters, text)});
  return calls;
}

/// JSON for a schema: the product's operations by name, everything else as small as it can be.
std::string structured(const ChatRequest& request) {
  auto user = last_of(request.messages, "user");
  if (request.schema_name == "parse_cv")
    return to_json(read_resume(resume_in(user)));
  if (request.schema_name == "score_jobs")
    return answer_score_jobs(user);
  return minimal_instance(request.schema);
}

}  // namespace

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

std::vector<ChatChoice> answer_chat(const ChatRequest& request,
                                    const std::vector<PostingPtr>& postings) {
  ChatChoice choice;
  auto user = last_of(request.messages, "user");
  const auto& last = request.messages.back();
  bool results = last.role == "tool" || last.role == "function";
  if (!request.tools.empty() && !results)
    choice.calls = calls_for(request, user);
  if (!choice.calls.empty()) {
    // With a named choice the service says "stop" although it calls.
    choice.finish_reason = request.choice == ToolChoice::named ? "stop"
                           : request.legacy                    ? "function_call"
                                                               : "tool_calls";
  } else if (request.format == Format::schema) {
    choice.content = structured(request);
  } else if (results) {
    choice.content = summarise_results(request.messages);
  } else {
    choice.content = free_chat(user, instructions(request.messages), postings);
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
      call.id =
        "call_" + std::to_string(a).substr(0, 12) + std::to_string(hash(user, seed)).substr(0, 12);
    }
  return choices;
}

}  // namespace jobraker::sandbox
