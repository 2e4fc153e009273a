#include <algorithm>
#include <array>
#include <charconv>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

/// What follows a label with a colon ("Desired role: X"), or nullopt.
std::optional<std::string_view> after(std::string_view line,
                                      std::initializer_list<std::string_view> labels) {
  auto low = lower(line);
  for (auto label : labels)
    if (auto at = find_phrase(low, label); at != std::string_view::npos) {
      auto rest = trim(line.substr(at + label.size()));
      if (rest.starts_with(':') && rest.size() > 1)
        return trim(rest.substr(1));
    }
  return std::nullopt;
}

void add_list(std::vector<Sourced>& out, std::string_view list) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    auto rest = list.substr(i);
    std::size_t skip =
      rest.empty() || rest[0] == ';' || rest[0] == '|' || rest[0] == ',' || rest[0] == '/' ? 1
      : rest.starts_with(" or ")                                                           ? 4
      : rest.starts_with(" and ")                                                          ? 5
                                                                                           : 0;
    if (skip == 0)
      continue;
    auto item = trim(list.substr(begin, i - begin));
    while (item.ends_with('.'))
      item.remove_suffix(1);
    if (item.size() > 1 && item.size() < 70)
      out.push_back({squeeze(item), std::string{item}});
    begin = i + skip;
    i = begin - 1;
  }
}

/// "seeking a position as X", "looking for a X role": the words that name the role.
void roles_in(std::string_view line, std::vector<Sourced>& out) {
  auto low = lower(line);
  for (std::string_view lead :
       {"looking for", "seeking", "to obtain", "search of", "position as", "role as", "work as",
        "auf der suche nach", "recherche un poste de"}) {
    auto at = find_phrase(low, lead);
    if (at == std::string_view::npos)
      continue;
    auto rest = line.substr(at + lead.size());
    auto low_rest = lower(rest);
    std::size_t end = rest.size();
    for (std::string_view stop :
         {" position", " role", " job", " in a ", " in an ", " where", " with ", " that ", ".", ",",
          " to ", " at ", " who", " which", "-related", " opportunit"})
      end = std::min(end, low_rest.find(stop, 1));
    auto words = trim(rest.substr(0, end));
    auto low_words = lower(words);
    for (std::string_view article :
         {"a full-time ", "a part-time ", "an entry-level ", "a challenging ", "a new ", "a ",
          "an ", "the ", "einer stelle als "})
      if (low_words.starts_with(article)) {
        words = trim(words.substr(article.size()));
        break;
      }
    if (words.size() > 3 && words.size() < 60 && split(words, ' ').size() <= 6 &&
        !Lexicon::instance().family_of(words).family.empty()) {
      out.push_back({squeeze(words), std::string{words}});
      return;
    }
  }
}

std::string_view currency_of(std::string_view text) {
  struct Sign {
    std::string_view sign, code;
  };
  static constexpr Sign signs[] = {
    {"£", "GBP"},   {"gbp", "GBP"}, {"€", "EUR"},   {"eur", "EUR"}, {"chf", "CHF"}, {"inr", "INR"},
    {"₹", "INR"},   {"pln", "PLN"}, {"zł", "PLN"},  {"a$", "AUD"},  {"aud", "AUD"}, {"c$", "CAD"},
    {"cad", "CAD"}, {"s$", "SGD"},  {"sgd", "SGD"}, {"$", "USD"},   {"usd", "USD"}};
  auto low = lower(text);
  for (const auto& [sign, code] : signs)
    if (low.find(sign) != std::string::npos)
      return code;
  return {};
}

std::optional<ReadSalary> read_salary(std::string_view line) {
  auto value = after(line, {"salary expectation", "salary expectations", "expected salary",
                            "desired salary", "salary", "target salary", "gehaltsvorstellung",
                            "prétentions salariales", "expected ctc", "salary range"});
  if (!value)
    return std::nullopt;
  std::vector<std::int64_t> amounts;
  auto text = *value;
  for (std::size_t i = 0; i < text.size() && amounts.size() < 2; ++i) {
    if (!is_digit(text[i]))
      continue;
    std::string digits;
    std::size_t end = i;
    while (end < text.size() &&
           (is_digit(text[end]) ||
            ((text[end] == ',' || text[end] == '.' || text[end] == ' ' || text[end] == '\'') &&
             end + 3 < text.size() + 0 && end + 1 < text.size() && is_digit(text[end + 1])))) {
      if (is_digit(text[end]))
        digits += text[end];
      ++end;
    }
    std::int64_t amount = 0;
    std::from_chars(digits.data(), digits.data() + std::min<std::size_t>(digits.size(), 12),
                    amount);
    if (end < text.size() && (text[end] == 'k' || text[end] == 'K'))
      amount *= 1000;
    if (amount >= 1000)
      amounts.push_back(amount);
    i = end;
  }
  if (amounts.empty())
    return std::nullopt;
  ReadSalary out{amounts[0], std::nullopt, std::nullopt, std::string{line}};
  if (amounts.size() == 2 && amounts[1] >= amounts[0])
    out.max = amounts[1];
  if (auto code = currency_of(text); !code.empty())
    out.currency = std::string{code};
  return out;
}

}  // namespace

ReadPreferences read_preferences(std::string_view text, const std::vector<Line>& lines) {
  ReadPreferences out;
  auto inside = [&](std::string_view part) {
    return part.data() >= text.data() && part.data() <= text.data() + text.size();
  };
  for (const auto& line : lines) {
    if (!inside(line.text) || line.text.empty())
      continue;
    bool wish = line.section == Section::objective || line.section == Section::preferences;
    bool open = wish || line.section == Section::summary || line.section == Section::header;
    if (auto roles = after(line.text, {"desired role", "desired roles", "desired position",
                                       "target role", "target roles", "target position",
                                       "desired job", "position sought", "wunschposition"}))
      add_list(out.desired_roles, *roles);
    else if (open)
      roles_in(line.text, out.desired_roles);
    if (auto places = after(line.text, {"preferred location", "preferred locations",
                                        "desired location", "desired locations", "locations",
                                        "willing to relocate to", "wunschort"}))
      add_list(out.preferred_locations, *places);
    auto low = lower(line.text);
    for (std::string_view phrase : {"open to remote", "remote preferred", "prefer remote",
                                    "remote work", "remote only", "fully remote"})
      if (auto at = find_phrase(low, phrase);
          open && at != std::string_view::npos && out.preferred_locations.empty()) {
        auto evidence = line.text.substr(at, phrase.size());
        out.preferred_locations.push_back({"Remote", std::string{evidence}});
      }
    if (auto at = find_phrase(low, "willing to relocate to");
        at != std::string_view::npos && out.preferred_locations.empty()) {
      auto rest = trim(line.text.substr(at + 22));
      add_list(out.preferred_locations, rest.substr(0, rest.find('.')));
    }
    bool labelled = after(line.text, {"job type", "job types", "employment type", "availability",
                                      "type of employment"})
                      .has_value();
    if (wish || labelled || (line.section == Section::header && low.size() < 80)) {
      struct Type {
        std::string_view words, value;
      };
      static constexpr Type types[] = {{"full-time", "full_time"},   {"full time", "full_time"},
                                       {"vollzeit", "full_time"},    {"part-time", "part_time"},
                                       {"part time", "part_time"},   {"teilzeit", "part_time"},
                                       {"contract", "contract"},     {"temporary", "temporary"},
                                       {"internship", "internship"}, {"freelance", "freelance"}};
      for (const auto& [words, value] : types)
        if (auto at = find_phrase(low, words);
            at != std::string_view::npos &&
            std::none_of(out.job_types.begin(), out.job_types.end(),
                         [&](const auto& t) { return t.value == value; }))
          out.job_types.push_back(
            {std::string{value}, std::string{line.text.substr(at, words.size())}});
      for (std::string_view size : {"startup", "start-up", "small company", "medium-sized company",
                                    "large company", "large enterprise"})
        if (auto at = find_phrase(low, size);
            wish && !out.company_size && at != std::string_view::npos) {
          auto value = size.starts_with("start")    ? "startup"
                       : size.starts_with("small")  ? "small"
                       : size.starts_with("medium") ? "medium"
                                                    : "large";
          out.company_size = Sourced{value, std::string{line.text.substr(at, size.size())}};
        }
    }
    if (!out.salary)
      out.salary = read_salary(line.text);
  }
  return out;
}

std::optional<Sourced> read_summary(const std::vector<Line>& lines) {
  for (auto wanted : {Section::summary, Section::objective}) {
    std::string_view first, last;
    std::size_t size = 0;
    for (const auto& line : lines) {
      if (line.section != wanted || line.text.empty()) {
        if (!first.empty() && line.section != wanted)
          break;
        continue;
      }
      if (first.empty())
        first = line.text;
      size += line.text.size();
      if (size > 1400)
        break;
      last = line.text;
    }
    if (!first.empty() && !last.empty()) {
      auto span = span_of(first, last);
      if (span.size() >= 20)
        return Sourced{std::string{cut(squeeze(span), 1500)}, std::string{span}};
    }
  }
  // A paragraph of sentences below the name, without a heading.
  std::string_view first, last;
  for (const auto& line : lines) {
    if (line.section != Section::header)
      break;
    bool prose =
      line.text.size() > 60 && line.text.find('@') == std::string_view::npos && !line.bullet;
    if (prose && first.empty())
      first = line.text;
    if (!first.empty() && (prose || line.text.ends_with('.')))
      last = line.text;
    else if (!first.empty())
      break;
  }
  if (!first.empty() && !last.empty())
    if (auto span = span_of(first, last);
        span.size() > 100 && span.size() < 1600 && span.find(". ") != std::string_view::npos)
      return Sourced{squeeze(span), std::string{span}};
  return std::nullopt;
}

}  // namespace jobraker::sandbox
