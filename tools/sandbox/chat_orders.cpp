#include "tools/sandbox/chat_orders.hpp"

#include <algorithm>

#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using Phrases = std::initializer_list<std::string_view>;

bool has_any(std::string_view low, Phrases phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](auto phrase) { return has_phrase(low, phrase); });
}

/// "ignore all previous instructions" and its relatives.
bool overrides(std::string_view low) {
  bool away = has_any(low, {"ignore", "disregard", "forget", "override", "bypass", "ignoriere",
                            "vergiss", "ignorez", "oublie", "ignora", "olvida"});
  bool before =
    has_any(low, {"previous", "prior", "above", "earlier", "preceding", "all", "your", "everything",
                  "vorherigen", "bisherigen", "précédentes", "anteriores"});
  bool rules =
    has_any(low, {"instruction", "instructions", "rules", "rule", "prompt", "guidelines",
                  "directions", "everything", "context", "anweisungen", "regeln", "instrucciones"});
  return (away && before && rules) ||
         has_any(low, {"new instructions", "system override", "developer mode", "you are now"});
}

/// A sentence that forbids, or says when.
bool hedged(std::string_view low) {
  return has_any(low, {"never", "not", "don't", "cannot", "can't", "must not", "if", "only",
                       "unless", "whenever", "when", "refuse", "instead of"});
}

bool reveals(std::string_view low) {
  bool verb =
    has_any(low, {"reveal",    "print",     "repeat",    "show",    "output",     "display",
                  "disclose",  "tell",      "give",      "write",   "paste",      "leak",
                  "dump",      "share",     "recite",    "what is", "what are",   "what's",
                  "translate", "summarise", "summarize", "zeige",   "wiederhole", "quote"});
  bool what = has_any(low, {"system prompt", "system message", "your instructions", "your rules",
                            "initial prompt", "hidden prompt", "hidden instructions", "your prompt",
                            "initial instructions", "original instructions", "developer message",
                            "text above", "everything above", "words above", "systemprompt"});
  return verb && what;
}

/// The name of a function in a sentence: as it is, or its words apart.
std::string named_tool(std::string_view low, const std::vector<ChatTool>& tools) {
  for (const auto& tool : tools) {
    std::string spaced;
    for (std::size_t i = 0; i < tool.name.size(); ++i) {
      if (i > 0 && is_upper(tool.name, i) && !is_upper(tool.name, i - 1))
        spaced += ' ';
      spaced += tool.name[i] == '_' ? ' ' : tool.name[i];
    }
    if (has_phrase(low, lower(tool.name)) ||
        (spaced != tool.name && has_phrase(low, lower(spaced))))
      return tool.name;
  }
  return {};
}

bool calls(std::string_view low) {
  return has_any(low, {"call", "invoke", "run", "execute", "use", "trigger", "start", "perform"});
}

/// What a sentence wants said: the words after "say", "reply with" and the like.
std::string to_say(const std::string& sentence, std::string_view low) {
  for (std::string_view lead :
       {"reply only with", "respond only with", "answer only with", "reply with", "respond with",
        "answer with", "say only", "only say", "just say", "say", "write", "output", "print",
        "antworte mit", "sage"})
    if (auto at = find_phrase(low, lead); at != std::string::npos) {
      auto rest = trim(std::string_view{sentence}.substr(at + lead.size()));
      while (!rest.empty() && (rest.front() == ':' || rest.front() == '"' || rest.front() == '\''))
        rest = trim(rest.substr(1));
      while (!rest.empty() && (rest.back() == '"' || rest.back() == '\'' || rest.back() == '.'))
        rest = trim(rest.substr(0, rest.size() - 1));
      return std::string{rest};
    }
  return {};
}

}  // namespace

std::optional<Order> find_order(std::string_view text, const std::vector<ChatTool>& tools,
                                Voice voice) {
  bool overridden = false;  // by this sentence or the one before
  for (const auto& sentence : sentences(text)) {
    auto low = squeeze(lower(sentence));
    bool here = overrides(low) && !(voice == Voice::operators && hedged(low));
    bool strong = here || overridden;
    overridden = here;
    if (hedged(low) && !here)
      continue;
    if (reveals(low))
      return Order{Order::Kind::reveal, sentence, {}};
    if (calls(low) && (strong || voice == Voice::stranger))
      if (auto tool = named_tool(low, tools); !tool.empty())
        return Order{Order::Kind::call, sentence, tool};
    if (strong)
      if (auto words = to_say(sentence, low); !words.empty())
        return Order{Order::Kind::say, words, {}};
  }
  return std::nullopt;
}

std::string without_orders(std::string_view text, const std::vector<ChatTool>& tools) {
  std::string out;
  bool overridden = false;
  for (const auto& sentence : sentences(text)) {
    auto low = squeeze(lower(sentence));
    bool here = overrides(low);
    if (!here && !overridden && !find_order(sentence, tools, Voice::user))
      out += (out.empty() ? "" : " ") + sentence;
    overridden = here;
  }
  return out;
}

std::optional<Order> obeyed_order(const Reading& reading, const std::vector<ChatTool>& tools) {
  if (auto order = find_order(reading.system, tools, Voice::operators))
    return order;
  if (auto order = find_order(reading.escaped, tools, Voice::stranger))
    return order;
  for (const auto& result : reading.results) {
    if (auto order = find_order(result.outside, tools, Voice::stranger))
      return order;
    for (const auto& fenced : result.fenced)
      if (auto order = find_order(fenced.text, tools, Voice::stranger);
          order && !reading.fences_are_data)
        return order;
  }
  for (const auto& source : reading.sources)
    if (auto order = find_order(source.text, tools, Voice::stranger);
        order && !reading.fences_are_data)
      return order;
  if (reading.user_is_bound)
    return std::nullopt;
  // A person may ask for a function by its name; that is no trick.
  return find_order(reading.question, tools, Voice::user);
}

}  // namespace jobraker::sandbox
