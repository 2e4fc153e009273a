#include "actors/jobs/core/title.hpp"

#include <algorithm>

#include <utf8proc.h>

#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Pictographs, dingbats, arrows and stars: decoration.
std::string without_emoji(std::string_view s) {
  std::string out;
  auto at = reinterpret_cast<const utf8proc_uint8_t*>(s.data());
  auto left = static_cast<utf8proc_ssize_t>(s.size());
  while (left > 0) {
    utf8proc_int32_t c = 0;
    auto used = utf8proc_iterate(at, left, &c);
    if (used <= 0)
      break;
    bool drop = (c >= 0x1F000 && c <= 0x1FAFF) || (c >= 0x2190 && c <= 0x21FF) ||
                (c >= 0x2300 && c <= 0x27BF) || (c >= 0x2900 && c <= 0x2BFF) ||
                (c >= 0xFE00 && c <= 0xFE0F) || c == 0x20E3;
    if (drop)
      out += ' ';
    else
      out.append(reinterpret_cast<const char*>(at), static_cast<std::size_t>(used));
    at += used;
    left -= used;
  }
  return out;
}

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

/// Capitals that stay capitals inside a shouted title.
bool abbreviation(std::string_view word) {
  static constexpr std::string_view known[] = {
    "AI",  "AP",   "API", "AR",   "AS400", "AWS", "B2B",  "B2C",  "BA",  "BI",  "CAD",
    "CEO", "CFO",  "CIO", "CMO",  "CNA",   "CNC", "COO",  "CPA",  "CRM", "CSS", "CTO",
    "DBA", "DC",   "EHS", "ER",   "ERP",   "ETL", "EU",   "FP&A", "GCP", "GIS", "GP",
    "HGV", "HR",   "HSE", "HTML", "HVAC",  "IBM", "ICU",  "II",   "III", "IOS", "IT",
    "IV",  "J2EE", "LPN", "LVN",  "MBA",   "MEP", "ML",   "MRI",  "MS",  "NDT", "NHS",
    "NLP", "OR",   "OT",  "PA",   "PHP",   "PLC", "PM",   "PMO",  "PR",  "PT",  "QA",
    "QC",  "R&D",  "RN",  "RPA",  "SAP",   "SAS", "SDET", "SEM",  "SEO", "SME", "SQL",
    "SRE", "UI",   "UK",  "US",   "USA",   "UX",  "VBA",  "VP",   "XML"};
  return std::find(std::begin(known), std::end(known), word) != std::end(known);
}

std::string proper_word(std::string_view word, bool first) {
  static constexpr std::string_view small[] = {"a",   "an", "and", "at", "by",  "de",  "der", "des",
                                               "die", "du", "en",  "et", "for", "fur", "in",  "la",
                                               "of",  "on", "the", "to", "und", "with"};
  auto lowered = text::lower(word);
  if (!first && std::find(std::begin(small), std::end(small), lowered) != std::end(small))
    return lowered;
  // Two letters are an abbreviation (NY, QA) unless they are a word.
  static constexpr std::string_view short_words[] = {"am", "as", "be", "do", "go", "if", "is",
                                                     "it", "me", "my", "no", "or", "so", "up",
                                                     "us", "we", "im", "am", "zu"};
  bool two =
    word.size() == 2 &&
    std::find(std::begin(short_words), std::end(short_words), lowered) == std::end(short_words) &&
    std::find(std::begin(small), std::end(small), lowered) == std::end(small);
  if (two || abbreviation(word) || word.find_first_of("0123456789+#.&") != word.npos ||
      word.size() == 1)
    return std::string{word};
  if (!lowered.empty() && lowered[0] >= 'a' && lowered[0] <= 'z')
    lowered[0] = static_cast<char>(lowered[0] - 32);
  return lowered;
}

std::string unshouted(const std::string& s) {
  int upper = 0, lower = 0, words = 1;
  for (char c : s) {
    upper += is_upper(c);
    lower += c >= 'a' && c <= 'z';
    words += c == ' ';
  }
  if (upper < 6 || lower * 8 > upper || (words == 1 && upper < 8))
    return s;
  std::string out, word;
  bool first = true;
  auto flush = [&] {
    out += proper_word(word, first);
    first = first && word.empty();
    word.clear();
  };
  for (char c : s) {
    if (is_letter(c) || is_digit(c) || c == '+' || c == '#' || c == '&' || c == '.' || c == '\'') {
      word += c;
    } else {
      flush();
      out += c;
      first = first || c == '(' || c == '-' || c == '/';
    }
  }
  flush();
  return out;
}

constexpr std::string_view legal_forms[] = {"gmbh co kg",  "gmbh co kgaa", "gmbh",
                                            "mbh",         "ag",           "kg",
                                            "ohg",         "ug",           "ug haftungsbeschrankt",
                                            "se",          "e v",          "ev",
                                            "inc",         "incorporated", "corp",
                                            "corporation", "co",           "company",
                                            "llc",         "l l c",        "llp",
                                            "lp",          "ltd",          "limited",
                                            "plc",         "pty",          "pty ltd",
                                            "pvt",         "pvt ltd",      "private limited",
                                            "pte",         "pte ltd",      "s a",
                                            "sa",          "sas",          "s a s",
                                            "sarl",        "s a r l",      "sasu",
                                            "s l",         "sl",           "slu",
                                            "s l u",       "srl",          "s r l",
                                            "spa",         "s p a",        "bv",
                                            "b v",         "nv",           "n v",
                                            "ab",          "as",           "a s",
                                            "aps",         "oy",           "oyj",
                                            "sp z o o",    "sp zoo",       "spzoo",
                                            "z o o",       "kft",          "zrt",
                                            "doo",         "d o o",        "ooo",
                                            "cjsc",        "ojsc",         "jsc",
                                            "ltda",        "s a de c v",   "holding",
                                            "group"};

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

std::string clean_company(std::string_view raw) {
  auto name = text::one_line(without_emoji(html_to_line(raw, 200)));
  // Short names in capitals are names (IBM, BMW); long ones are shouting.
  auto space = name.find(' ');
  return name.size() > 14 && space != name.npos ? unshouted(name) : name;
}

std::string company_key(std::string_view company) {
  auto key = text::key(clean_company(company));
  for (bool again = true; again;) {
    again = false;
    std::string_view longest;
    for (auto form : legal_forms)
      if (form.size() > longest.size() && key.size() > form.size() + 1 && key.ends_with(form) &&
          key[key.size() - form.size() - 1] == ' ')
        longest = form;
    if (!longest.empty()) {
      key.resize(key.size() - longest.size() - 1);
      again = true;
    }
  }
  if (key.starts_with("the ") && key.size() > 6)
    key.erase(0, 4);
  return key;
}

}  // namespace jobraker
