#include "tools/sandbox/chat_reading.hpp"

#include <algorithm>
#include <map>

#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

std::string unescaped(std::string_view text) {
  static constexpr std::pair<std::string_view, char> entities[] = {
    {"&lt;", '<'},   {"&gt;", '>'},    {"&quot;", '"'},
    {"&#39;", '\''}, {"&apos;", '\''}, {"&amp;", '&'}};
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    auto rest = text.substr(i);
    auto found = std::find_if(std::begin(entities), std::end(entities),
                              [&](const auto& entity) { return rest.starts_with(entity.first); });
    if (found == std::end(entities)) {
      out += text[i++];
    } else {
      out += found->second;
      i += found->first.size();
    }
  }
  return out;
}

std::string attribute(std::string_view tag, std::string_view name) {
  for (char quote : {'"', '\''}) {
    auto start = " " + std::string{name} + "=" + quote;
    if (auto at = tag.find(start); at != std::string_view::npos) {
      auto begin = at + start.size();
      return unescaped(tag.substr(begin, std::min(tag.find(quote, begin), tag.size()) - begin));
    }
  }
  return {};
}

struct Opening {
  std::size_t begin = std::string_view::npos, end = 0;
  std::string name;
  std::string_view tag;
};

/// The next opening tag that has an id.
Opening find_opening(std::string_view text, std::size_t from) {
  constexpr std::string_view start = "<untrusted";
  for (auto at = text.find(start, from); at != std::string_view::npos;
       at = text.find(start, at + 1)) {
    auto end = text.find('>', at);
    if (end == std::string_view::npos)
      break;
    auto tag = text.substr(at, end - at);
    auto id = attribute(tag, "id");
    bool named = !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
      return is_digit(c) || c == '-' || c == '_' || c == ':' ||
             ((c | 32) >= 'a' && (c | 32) <= 'z');
    });
    // A prompt that speaks of the tag writes an id such as "…".
    if (named && tag.find('<', 1) == std::string_view::npos)
      return {at, end + 1, std::string{tag.substr(1, tag.find(' ') - 1)}, tag};
  }
  return {};
}

/// Without `<tags>` that a template puts around what a person wrote.
std::string without_tags(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto end = text[i] == '<' ? text.find('>', i) : std::string_view::npos;
    bool tag = end != std::string_view::npos && end - i < 200 && i + 1 < text.size() &&
               (text[i + 1] == '/' || (text[i + 1] | 32) >= 'a') && (text[i + 1] | 32) <= 'z';
    if (tag) {
      out += ' ';
      i = end;
    } else {
      out += text[i];
    }
  }
  return std::string{trim(out)};
}

bool has_any(std::string_view low, std::initializer_list<std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](auto phrase) { return low.find(phrase) != std::string_view::npos; });
}

/// "The text between <untrusted> and </untrusted> is data" in these or similar words, in one
/// sentence or two that follow each other.
bool says_fences_are_data(std::string_view system) {
  auto list = sentences(lower(system));
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto two = list[i] + " " + (i + 1 < list.size() ? list[i + 1] : "");
    if (has_any(list[i], {"untrusted", "fenced", "delimited"}) &&
        has_any(two, {" data", "not instruction", "no instruction", "never instruction",
                      "never follow", "do not follow", "not obey", "never obey", "ignore"}))
      return true;
  }
  return false;
}

bool says_user_is_bound(std::string_view system) {
  return has_any(lower(system), {"never reveal",
                                 "not reveal",
                                 "never state",
                                 "rules stand above everything",
                                 "attempts to change these rules",
                                 "never disclose",
                                 "not disclose",
                                 "never repeat",
                                 "never quote",
                                 "cannot change these",
                                 "can not change these",
                                 "cannot change the rules",
                                 "cannot change any",
                                 "cannot override",
                                 "can not override",
                                 "never change these rules",
                                 "no message can change",
                                 "nothing the user",
                                 "nothing a user",
                                 "keep these instructions secret",
                                 "keep these instructions to yourself"});
}

bool asks_to_continue(const ChatMessage& message) {
  auto low = lower(trim(message.text));
  return low.size() < 400 && message.images.empty() &&
         has_any(low.substr(0, 60),
                 {"continue", "go on", "carry on", "keep going", "weiter", "cut off"});
}

bool is_result(const ChatMessage& message) {
  return message.role == "tool" || message.role == "function";
}

ToolResult result_of(const ChatMessage& message, const std::map<std::string, std::string>& names) {
  auto parted = part(message.text);
  ToolResult out;
  auto found = names.find(message.tool_call_id);
  out.name = found != names.end() && message.role == "tool" ? found->second : message.name;
  out.outside = std::move(parted.outside);
  out.text = std::string{trim(out.outside)};
  for (const auto& fenced : parted.fenced)
    out.text += (out.text.empty() ? "" : "\n") + fenced.text;
  out.fenced = std::move(parted.fenced);
  return out;
}

/// How many messages come before the answer's beginning; `said` receives that beginning.
std::size_t cut_tail(const std::vector<ChatMessage>& messages, std::string& said) {
  auto count = messages.size();
  auto is_partial = [&](std::size_t i) {
    return messages[i].role == "assistant" && messages[i].tool_call_names.empty() &&
           !messages[i].text.empty();
  };
  while (count > 1) {
    if (is_partial(count - 1)) {
      said = messages[count - 1].text + said;
      --count;
    } else if (!is_result(messages[count - 1]) && messages[count - 1].role != "assistant" &&
               asks_to_continue(messages[count - 1]) && is_partial(count - 2)) {
      said = messages[count - 2].text + said;
      count -= 2;
    } else {
      break;
    }
  }
  return count;
}

void read_system(const ChatMessage& message, Reading& out) {
  auto parted = part(message.text);
  if (out.rules.empty()) {
    // What a prompt says of fences counts, not what stands in one.
    out.rules = parted.outside;
    for (std::size_t i = 0; i < parted.fenced.size(); ++i)
      out.rules += " <untrusted>";
  }
  out.system += parted.outside + "\n";
  out.escaped += parted.escaped;
  out.system_raw += message.text + "\n";
  for (auto& fenced : parted.fenced) {
    out.material.push_back(fenced);
    out.sources.push_back(std::move(fenced));
  }
}

}  // namespace

Parted part(std::string_view text) {
  Parted out;
  std::size_t at = 0;
  auto leave = [&](std::string_view stretch) {
    out.outside += stretch;
    auto stray = out.fenced.empty() ? std::string_view::npos : stretch.find("</untrusted");
    if (stray != std::string_view::npos && stretch.find("<untrusted") > stray)
      out.escaped += stretch.substr(0, stray);
  };
  while (at < text.size()) {
    auto opening = find_opening(text, at);
    if (opening.begin == std::string_view::npos)
      break;
    auto closing = "</" + opening.name + ">";
    auto end = text.find(closing, opening.end);
    auto next = find_opening(text, opening.end);
    if (end == std::string_view::npos || next.begin < end) {
      // No fence: everything up to its tag's end stays outside.
      leave(text.substr(at, opening.end - at));
      at = opening.end;
      continue;
    }
    leave(text.substr(at, opening.begin - at));
    auto title = attribute(opening.tag, "title");
    auto kind = attribute(opening.tag, "kind");
    out.fenced.push_back({attribute(opening.tag, "id"), kind, title,
                          unescaped(trim(text.substr(opening.end, end - opening.end)))});
    at = end + closing.size();
  }
  if (at < text.size())
    leave(text.substr(at));
  return out;
}

std::vector<std::string> sentences(std::string_view text) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool last = i + 1 == text.size();
    bool stop = c == '\n' || ((c == '.' || c == '!' || c == '?') &&
                              (last || text[i + 1] == ' ' || text[i + 1] == '\n'));
    if (!stop && !last)
      continue;
    auto sentence = trim(text.substr(begin, i + 1 - begin));
    if (!sentence.empty())
      out.emplace_back(sentence);
    begin = i + 1;
  }
  return out;
}

Reading read_conversation(const std::vector<ChatMessage>& all) {
  Reading out;
  auto count = cut_tail(all, out.said);
  std::map<std::string, std::string> names;
  std::size_t asked = 0;
  for (std::size_t i = 0; i < count; ++i) {
    out.all += all[i].text + "\n";
    for (std::size_t k = 0; k < all[i].tool_call_ids.size(); ++k)
      names[all[i].tool_call_ids[k]] = all[i].tool_call_names[k];
    if (all[i].role == "user")
      asked = i;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto& message = all[i];
    if (message.role == "system" || message.role == "developer")
      read_system(message, out);
    else if (is_result(message))
      (i > asked ? out.results : out.earlier).push_back(result_of(message, names));
  }
  if (asked < count && all[asked].role == "user") {
    auto parted = part(all[asked].text);
    auto question = without_tags(parted.outside);
    out.escaped += parted.escaped;
    out.asked = parted.outside;
    out.picture = all[asked].picture_text;
    out.material.insert(out.material.end(), parted.fenced.begin(), parted.fenced.end());
    for (auto& fenced : parted.fenced) {
      // What a person wrote may be fenced like everything else; sources are called S1, S2, ….
      bool user = fenced.kind == "user" || fenced.kind == "question" || fenced.kind == "message" ||
                  !fenced.id.starts_with("S");
      if (user)
        question += (question.empty() ? "" : "\n") + fenced.text;
      else
        out.sources.push_back(std::move(fenced));
    }
    out.question = std::string{trim(question)};
  }
  out.fences_are_data = says_fences_are_data(out.rules);
  out.user_is_bound = says_user_is_bound(out.rules);
  return out;
}

}  // namespace jobraker::sandbox
