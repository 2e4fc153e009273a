#include "actors/jobs/core/title.hpp"

#include <algorithm>

#include "actors/jobs/core/decoration.hpp"
#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `m/w/d`, `f/m/x`, `all genders`, `h/f` …: letters of that alphabet parted by slashes or bars.
bool gender_mark(std::string_view s) {
  auto lowered = text::lower(text::trim(s));
  if (lowered == "all genders" || lowered == "gn" || lowered == "all gender")
    return true;
  if (lowered.size() < 3 || lowered.size() > 12)
    return false;
  int letters = 0, bars = 0;
  for (char c : lowered) {
    if (std::string_view{"mwfdxhigv"}.find(c) != std::string_view::npos)
      ++letters;
    else if (c == '/' || c == '|' || c == ',' || c == '-')
      ++bars;
    else if (c != ' ' && c != '*')
      return false;
  }
  return letters >= 2 && bars >= letters - 1 && letters <= 5;
}

/// `Req #1234`, `Job ID: R-77`, `#4711`, `JR0012345`, `REF 88`.
bool requisition(std::string_view s) {
  auto lowered = text::lower(text::trim(s));
  std::string_view rest = lowered;
  bool named = false;
  for (bool again = true; again;) {
    again = false;
    for (std::string_view word : {"requisition", "reference", "req", "ref", "job", "id", "nr", "no",
                                  "number", "vacancy", "code", "jr", "kennziffer", "position"})
      if (rest.starts_with(word) && (rest.size() == word.size() || !is_letter(rest[word.size()]))) {
        rest = rest.substr(word.size());
        named = again = true;
      }
    while (!rest.empty() && std::string_view{" .:#-_"}.find(rest.front()) != rest.npos) {
      named |= rest.front() == '#';
      rest.remove_prefix(1);
      again = !rest.empty();
    }
  }
  auto digits = std::count_if(rest.begin(), rest.end(), is_digit);
  bool code = !rest.empty() && rest.find(' ') == rest.npos && digits >= 1 &&
              static_cast<std::size_t>(digits) * 2 >= rest.size();
  // Without a word before it, five digits or more make a number.
  return code && (named ? digits >= 2 : digits >= 5 && rest.size() <= 12 && rest.front() != '$');
}

/// Bracketed and trailing parts that say nothing about the work.
std::string without_marks(std::string title) {
  for (std::size_t at = 0; (at = title.find_first_of("([{", at)) != title.npos;) {
    auto close = title[at] == '(' ? ')' : title[at] == '[' ? ']' : '}';
    auto end = title.find(close, at);
    if (end == title.npos)
      break;
    auto inside = std::string_view{title}.substr(at + 1, end - at - 1);
    if (gender_mark(inside) || requisition(inside) || text::trim(inside).empty())
      title.replace(at, end + 1 - at, " ");
    else
      at = end;
  }
  // `- m/w/d`, ` m/w/d` at the end, `| Req 4711`, `#4711`.
  for (bool again = true; again;) {
    again = false;
    title = std::string{text::trim(title)};
    for (std::string_view separator : {" - ", " – ", " | ", ", ", " "}) {
      auto at = title.rfind(separator);
      if (at == title.npos || at == 0)
        continue;
      auto tail = std::string_view{title}.substr(at + separator.size());
      bool numbered =
        requisition(tail) && (separator != " " || tail.front() == '#' || tail.size() >= 6);
      if (gender_mark(tail) || numbered) {
        title.resize(at);
        again = true;
      }
    }
  }
  for (std::string_view word : {"req", "ref", "job id", "job"})  // a label left without its number
    for (std::string_view end : {"", " #", ":", "."})
      if (auto tail = " " + std::string{word} + std::string{end};
          word != "job" && text::lower(title).ends_with(tail))
        title.resize(title.size() - tail.size());
  return title;
}

/// Trimmed of stars, dashes and other decoration at both ends and repeated marks.
std::string undecorated(std::string title) {
  auto lowered = text::lower(title);
  for (std::string_view call : {"apply now", "urgently hiring", "urgent hiring", "now hiring",
                                "immediate start", "immediate hire", "hiring now", "urgent"})
    if (auto at = text::find_word(lowered, call); at != lowered.npos) {
      auto end = at + call.size();
      // Only as decoration at an edge: `Urgent Care Nurse` is a trade.
      auto before = std::string_view{title}.substr(0, at);
      auto after = text::trim(std::string_view{title}.substr(end));
      constexpr std::string_view marks = "!:-|*,>#~ ";
      bool first = before.find_first_not_of(marks) == before.npos;
      bool last = after.find_first_not_of(marks) == after.npos;
      bool marked = (last && !first) || (first && marks.find(after.front()) != marks.npos);
      if (marked && (!first || !after.empty())) {
        title.replace(at, call.size(), " ");
        lowered = text::lower(title);
      }
    }
  for (std::string_view shout :
       {"***", "**", "!!!", "!!", "###", ">>>", ">>", "<<<", "<<", "~~", "++++", "===", "---", "•"})
    title = text::replace_all(std::move(title), shout, " ");
  title = text::one_line(title);
  auto edge = [](char c) {
    return std::string_view{" -|:;,.!*~_/\\=>"}.find(c) != std::string_view::npos;
  };
  while (!title.empty() && edge(title.back()))
    title.pop_back();
  std::size_t start = 0;
  while (start < title.size() && edge(title[start]) &&
         !(title[start] == '.' && start + 1 < title.size() && is_letter(title[start + 1])))  // .NET
    ++start;
  return title.substr(start);
}

}  // namespace

std::string clean_title(std::string_view raw) {
  auto title = without_emoji(html_to_line(raw, 600));
  title = undecorated(std::move(title));
  title = undecorated(without_marks(std::move(title)));
  return std::string{text::trim(text::cut(unshouted(title), 300))};
}

std::string title_key(std::string_view title) {
  auto key = " " + text::key(clean_title(title)) + " ";
  struct Pair {
    std::string_view from, to;
  };
  constexpr Pair pairs[] = {{" sr ", " senior "},
                            {" jr ", " junior "},
                            {" snr ", " senior "},
                            {" jnr ", " junior "},
                            {" eng ", " engineer "},
                            {" engr ", " engineer "},
                            {" dev ", " developer "},
                            {" mgr ", " manager "},
                            {" mngr ", " manager "},
                            {" asst ", " assistant "},
                            {" assoc ", " associate "},
                            {" admin ", " administrator "},
                            {" vp ", " vice president "},
                            {" fullstack ", " full stack "},
                            {" frontend ", " front end "},
                            {" backend ", " back end "},
                            {" exec ", " executive "},
                            {" the ", " "},
                            {" a ", " "}};
  for (const auto& pair : pairs)
    key = text::replace_all(std::move(key), pair.from, pair.to);
  return std::string{text::trim(key)};
}

}  // namespace jobraker
