#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/openai_schema.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using json::View;
using json::Writer;

/// What a text says about arguments.
struct Clues {
  std::string_view text;
  std::string low;
  std::vector<std::string> skills;
  std::string place, quoted, title;
  std::vector<double> numbers;
};

Clues clues_of(std::string_view text) {
  Clues out{text, lower(text), {}, {}, {}, {}, {}};
  for (const auto& hit : Lexicon::instance().find(text))
    if (hit.skill->category != "soft_skill")
      out.skills.push_back(hit.skill->name);
  for (std::string_view lead : {" in ", " near ", " around ", " nach ", " à "}) {
    auto at = out.low.find(lead);
    while (at != std::string::npos && out.place.empty()) {
      auto rest = trim(text.substr(at + lead.size()));
      std::size_t end = 0;
      while (end < rest.size() && rest[end] != '.' && rest[end] != '?' && rest[end] != '!' &&
             rest[end] != ';' && rest[end] != '\n')
        ++end;
      rest = rest.substr(0, end);
      // Capitalised words in a row: "New York", "San Francisco".
      std::size_t taken = 0;
      for (std::size_t i = 0; i < rest.size();) {
        auto next = std::min(rest.find(' ', i), rest.size());
        if (!is_upper(rest, i))
          break;
        taken = next;
        i = next + 1;
        if (rest[taken - 1] == ',' && !(i < rest.size() && is_upper(rest, i)))
          break;
      }
      auto place = trim(rest.substr(0, taken));
      while (place.ends_with(','))
        place.remove_suffix(1);
      if (!place.empty() && !Lexicon::instance().by_name(place))
        out.place = place;
      at = out.low.find(lead, at + 1);
    }
  }
  auto open = text.find('"');
  if (auto close = open == std::string_view::npos ? open : text.find('"', open + 1);
      close != std::string_view::npos)
    out.quoted = text.substr(open + 1, close - open - 1);
  for (std::size_t i = 0; i < text.size(); ++i)
    if (is_digit(text[i]) &&
        (i == 0 || (!is_word_at(text, i - 1) && text[i - 1] != '-' && text[i - 1] != '.'))) {
      std::string digits;
      while (i < text.size() &&
             (is_digit(text[i]) || text[i] == '.' ||
              (text[i] == ',' && i + 1 < text.size() && is_digit(text[i + 1])))) {
        if (text[i] != ',')
          digits += text[i];
        ++i;
      }
      auto value = std::atof(digits.c_str());
      if (i < text.size() && (text[i] == 'k' || text[i] == 'K'))
        value *= 1000;
      out.numbers.push_back(value);
    }
  return out;
}

bool named(std::string_view name, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](auto part) { return name.find(part) != std::string_view::npos; });
}

/// The words of a question without the phrases that only ask.
std::string query_of(const Clues& clues) {
  if (!clues.quoted.empty())
    return clues.quoted;
  static const std::set<std::string> noise{
    "find",      "me",      "search", "for",   "show",  "list",    "get",      "jobs",
    "job",       "please",  "i",      "want",  "a",     "an",      "the",      "in",
    "near",      "what",    "are",    "is",    "there", "any",     "can",      "you",
    "look",      "looking", "am",     "my",    "to",    "of",      "and",      "with",
    "some",      "give",    "tell",   "about", "would", "like",    "openings", "opening",
    "positions", "remote",  "how",    "do",    "does",  "weather", "which"};
  std::string out;
  auto place = words(clues.place);
  for (const auto& word : words(clues.text))
    if (!noise.contains(word) && std::find(place.begin(), place.end(), word) == place.end())
      out += (out.empty() ? "" : " ") + word;
  return std::string{cut(out.empty() ? std::string{trim(clues.text)} : out, 120)};
}

std::optional<std::string> string_for(std::string_view name, const Clues& clues) {
  if (named(name, {"location", "city", "where", "place", "town", "region"}))
    return clues.place.empty() ? std::nullopt : std::optional{clues.place};
  if (named(name,
            {"query", "keyword", "what", "search", "title", "role", "text", "question", "term"}) ||
      name == "q")
    return query_of(clues);
  if (named(name, {"skill", "language", "technology"}))
    return clues.skills.empty() ? std::nullopt : std::optional{clues.skills.front()};
  if (named(name, {"email", "mail"})) {
    auto at = clues.text.find('@');
    if (at == std::string_view::npos)
      return std::nullopt;
    auto begin = clues.text.find_last_of(" \n<(", at), end = clues.text.find_first_of(" \n>),", at);
    begin = begin == std::string_view::npos ? 0 : begin + 1;
    return std::string{clues.text.substr(begin, end == std::string_view::npos ? end : end - begin)};
  }
  if (name == "id" || name.ends_with("_id")) {
    for (auto word : split(clues.text, ' '))
      if (word.size() == 36 && std::count(word.begin(), word.end(), '-') == 4)
        return std::string{word};
    if (!clues.numbers.empty())
      return std::to_string(static_cast<std::int64_t>(clues.numbers.front()));
    return std::nullopt;
  }
  return clues.quoted.empty() ? std::nullopt : std::optional{clues.quoted};
}

/// Writes the value that the text gives for a property; false when it gives none.
bool write_found(Writer& out, std::string_view key, View root, View raw, const Clues& clues,
                 std::size_t& number, int depth) {
  auto schema = resolve(root, raw);
  auto name = lower(key);
  if (auto values = schema["enum"]; values.size() > 0) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      auto word = lower(values.at(i).string_or(""));
      std::replace(word.begin(), word.end(), '_', ' ');
      if (!word.empty() && has_phrase(clues.low, word)) {
        out.key(key).raw(values.at(i).dump());
        return true;
      }
    }
    return false;
  }
  if (has_type(schema, "string")) {
    auto text = string_for(name, clues);
    if (text)
      out.key(key).value(std::string_view{*text});
    return text.has_value();
  }
  if ((has_type(schema, "integer") || has_type(schema, "number")) &&
      number < clues.numbers.size()) {
    auto value = clues.numbers[number++];
    if (auto low = schema["minimum"].number())
      value = std::max(value, *low);
    if (auto high = schema["maximum"].number())
      value = std::min(value, *high);
    if (has_type(schema, "integer"))
      out.key(key).value(static_cast<std::int64_t>(value));
    else
      out.key(key).value(value);
    return true;
  }
  if (has_type(schema, "boolean")) {
    auto word = name.substr(0, name.find('_'));
    if (word.starts_with("is") || word == "only" || !has_phrase(clues.low, word))
      return false;
    out.key(key).value(clues.low.find("not " + word) == std::string::npos &&
                       clues.low.find("no " + word) == std::string::npos);
    return true;
  }
  if (has_type(schema, "array") && has_type(resolve(root, schema["items"]), "string") &&
      !clues.skills.empty() && named(name, {"skill", "keyword", "tag", "technolog", "language"})) {
    out.key(key).begin_array();
    for (const auto& skill : clues.skills)
      out.value(std::string_view{skill});
    out.end_array();
    return true;
  }
  if (has_type(schema, "object") && depth < 6) {
    bool any = false;
    Writer inner;
    inner.begin_object();
    schema["properties"].each_member([&](std::string_view child, View property) {
      any = write_found(inner, child, root, property, clues, number, depth + 1) || any;
    });
    inner.end_object();
    if (any && schema["required"].size() == 0)
      out.key(key).raw(inner.text());
    return any && schema["required"].size() == 0;
  }
  return false;
}

}  // namespace

QueryClues query_clues(std::string_view text) {
  auto clues = clues_of(text);
  return {clues.place, query_of(clues), clues.skills};
}

std::string arguments_from(json::View parameters, std::string_view text) {
  Writer out;
  out.begin_object();
  auto clues = clues_of(text);
  std::set<std::string> required;
  parameters["required"].each_element([&](View name) { required.insert(name.string_or("")); });
  std::size_t number = 0;
  parameters["properties"].each_member([&](std::string_view name, View property) {
    if (write_found(out, name, parameters, property, clues, number, 0) ||
        !required.contains(std::string{name}))
      return;
    auto schema = resolve(parameters, property);
    out.key(name);
    // A required text nobody named is best answered with what was asked.
    if (has_type(schema, "string") && !schema["enum"] && !schema["format"] &&
        !has_type(schema, "null"))
      out.value(std::string_view{query_of(clues)});
    else
      write_minimal(out, parameters, schema);
  });
  out.end_object();
  return out.text();
}

}  // namespace jobraker::sandbox
