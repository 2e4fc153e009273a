#include "tools/sandbox/skyvern_prompt.hpp"

#include <algorithm>

#include "messages/json.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::size_t opened_max = 1000;  ///< braces looked at: a prompt is no dump

/// How questions are answered beside their own names: names that are the answer, and words in
/// names that are.
struct Synonyms {
  std::string_view field;
  std::vector<std::string_view> names, words;
};

const std::vector<Synonyms>& synonyms() {
  static const std::vector<Synonyms> all{
    {"full_name", {"name", "applicantname", "candidatename"}, {"fullname"}},
    {"email", {"mail"}, {"email"}},
    {"phone", {"mobile", "tel"}, {"phone"}},
    {"resume", {"cv", "rsum"}, {"resume", "cvurl", "cvtext", "curriculum", "workhistory"}},
    {"location", {"city", "address", "place", "livesin"}, {"location"}},
    {"linkedin", {}, {"linkedin"}},
    {"cover_letter", {"letter"}, {"coverletter", "motivation"}},
    {"work_authorization",
     {"visa"},
     {"authoriz", "authoris", "righttowork", "workpermit", "sponsor"}},
    {"salary_expectation", {}, {"salary", "compensation", "expectedpay"}},
    {"notice_period", {}, {"notice", "startdate", "availab"}},
  };
  return all;
}

std::string plain(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c + 32);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      out.push_back(c);
  }
  return out;
}

/// `[EMAIL_1]`: what stands for something that was not to be told.
bool is_placeholder(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']' &&
         std::all_of(text.begin() + 1, text.end() - 1,
                     [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c); });
}

void add(Applicant& out, std::string_view name, std::string_view value) {
  auto text = trim(value);
  auto key = plain(name);
  if (!key.empty() && !text.empty() && !is_placeholder(text))
    out.facts.emplace_back(std::move(key), text);
}

void walk(Applicant& out, json::View value) {
  if (value.is_array())
    return value.each_element([&](json::View element) { walk(out, element); });
  for (auto question : {"question", "label", "field"})
    for (auto answer : {"answer", "value"})
      if (auto text = value[answer]; value[question].is_string() && text && !text.is_null())
        add(out, value[question].string_or(""),
            text.is_string() ? text.string_or("") : text.dump());
  value.each_member([&](std::string_view name, json::View member) {
    if (name == "properties" || member.is_null())  // of a JSON schema: says nothing of anybody
      return;
    if (member.is_object() || member.is_array()) {
      if (member.size() > 0)
        add(out, name, member.dump());
      return walk(out, member);
    }
    add(out, name, member.is_string() ? member.string_or("") : member.dump());
  });
}

/// Behind the brace that closes the one at `from`; npos when it is never closed.
std::size_t closing(std::string_view text, std::size_t from) {
  int depth = 0;
  bool quoted = false;
  for (auto i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

void read_lines(Applicant& out, std::string_view text) {
  for (auto line : split(text, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon > 60)
      continue;
    auto label = trim(line.substr(0, colon));
    while (!label.empty() && (label[0] == '-' || label[0] == '*' || label[0] == ' '))
      label.remove_prefix(1);
    add(out, label, line.substr(colon + 1));
  }
}

/// 2 for exactly this name, 1 for one that contains it, 0 for others.
int closeness(const std::string& fact, const FormField& field) {
  const auto name = plain(field.name), label = plain(field.label);
  if (fact == name || fact == label)
    return 2;
  for (const auto& known : synonyms()) {
    if (known.field != field.name)
      continue;
    if (std::find(known.names.begin(), known.names.end(), fact) != known.names.end())
      return 2;
    if (std::any_of(known.words.begin(), known.words.end(),
                    [&](std::string_view word) { return fact.find(word) != std::string::npos; }))
      return 1;
  }
  return name.size() >= 5 && fact.find(name) != std::string::npos ? 1 : 0;
}

}  // namespace

std::string Applicant::answer(const FormField& field) const {
  const std::string* found = nullptr;
  int best = 0;
  std::string first, last;
  for (const auto& [name, text] : facts) {
    if (name == "firstname" || name == "givenname")
      first = text;
    if (name == "lastname" || name == "familyname" || name == "surname")
      last = text;
    if (auto close = closeness(name, field); close > best) {
      best = close;
      found = &text;
    }
  }
  if (field.name == "full_name" && !first.empty() && !last.empty())
    return first + " " + last;
  return found == nullptr ? std::string{} : *found;
}

Applicant read_applicant(std::string_view prompt) {
  Applicant out;
  std::string rest;
  std::size_t opened = 0;
  for (std::size_t at = 0; at < prompt.size();) {
    if (prompt[at] == '{' && ++opened <= opened_max)
      if (auto end = closing(prompt, at); end != std::string_view::npos)
        if (auto document = json::Document::parse(prompt.substr(at, end - at))) {
          walk(out, document->root());
          rest.push_back('\n');
          at = end;
          continue;
        }
    rest.push_back(prompt[at++]);
  }
  read_lines(out, rest);
  return out;
}

bool stops_before_submitting(std::string_view prompt) {
  std::string text = lower(prompt);
  std::replace(text.begin(), text.end(), '\n', '.');
  for (auto sentence : split(text, '.')) {
    bool stops = false, conditional = false;
    for (auto words :
         {"stop before submitting", "do not submit", "don't submit", "without submitting"})
      stops = stops || has_phrase(sentence, words);
    for (auto word : {"if", "when", "unless", "until", "twice", "again", "more than once"})
      conditional = conditional || has_phrase(sentence, word);
    if (stops && !conditional)
      return true;
  }
  return false;
}

}  // namespace jobraker::sandbox
