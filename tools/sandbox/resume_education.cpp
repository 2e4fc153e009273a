#include <algorithm>
#include <array>

#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::string_view degree_words[] = {
  "bachelor",
  "bachelors",
  "bachelor's",
  "master",
  "masters",
  "master's",
  "phd",
  "ph.d",
  "ph.d.",
  "doctor",
  "doctorate",
  "mba",
  "bsc",
  "b.sc",
  "b.sc.",
  "bs",
  "b.s.",
  "ba",
  "b.a.",
  "msc",
  "m.sc",
  "m.sc.",
  "ms",
  "m.s.",
  "ma",
  "m.a.",
  "beng",
  "b.eng",
  "meng",
  "m.eng",
  "b.e",
  "b.e.",
  "be",
  "btech",
  "b.tech",
  "b.tech.",
  "b-tech",
  "mtech",
  "m.tech",
  "m.tech.",
  "b.com",
  "bcom",
  "m.com",
  "bca",
  "mca",
  "bba",
  "b.ed",
  "pgce",
  "associate degree",
  "associate",
  "diploma",
  "diplom",
  "magister",
  "high school",
  "secondary school",
  "a-levels",
  "gcse",
  "gcses",
  "nvq",
  "btec",
  "hnd",
  "hnc",
  "certificate",
  "degree",
  "licence",
  "bts",
  "dut",
  "dcg",
  "baccalauréat",
  "staatsexamen",
  "abitur",
  "matura",
  "ausbildung",
  "lehre",
  "bsn",
  "adn",
  "asn",
  "rn diploma",
  "llb",
  "ll.b",
  "llm",
  "ll.m",
  "jd",
  "md",
  "mbbs",
  "apprenticeship",
  "city & guilds",
  "foundation degree",
  "h.s.c",
  "hsc",
  "s.s.c",
  "ssc",
  "engineer's degree",
  "b.e/b.tech",
  "pg diploma",

};

constexpr std::string_view institution_words[] = {
  "university",   "college",      "institute",    "school",
  "academy",      "universität",  "hochschule",   "université",
  "école",        "polytechnic",  "politecnico",  "universidad",
  "universidade", "lycée",        "iut",          "fachhochschule",
  "technikum",    "faculty",      "politechnika", "uniwersytet",
  "mit",          "eth",          "uc berkeley",  "ucla",
  "iit",          "nit",          "gymnasium",    "htl",
  "technion",     "conservatory", "üniversitesi", "vidyalaya",
  "board",
};

template <std::size_t N>
bool has_any(std::string_view text, const std::string_view (&list)[N]) {
  auto low = lower(text);
  return std::any_of(std::begin(list), std::end(list),
                     [&](auto word) { return has_phrase(low, word); });
}

/// Short forms count only in their exact capitals: "be" and "ma" are words, "BE" is a degree.
bool is_degree(std::string_view text) {
  for (auto word : degree_words) {
    auto low = lower(text);
    auto at = find_phrase(low, word);
    if (at == std::string_view::npos)
      continue;
    if (word.size() > 3 || is_upper(text, at + word.size() - 1) ||
        text[at + word.size() - 1] == '.' || (is_upper(text, at) && word.size() == 3) ||
        word == "phd")
      return true;
  }
  return false;
}

bool is_institution(std::string_view text) { return has_any(text, institution_words); }

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (auto cell : cells(text)) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= cell.size(); ++i) {
      auto rest = cell.substr(i);
      std::size_t skip = rest.empty() ? 1 : 0;
      for (std::string_view separator :
           {" | ", " – ", " — ", " - ", " • ", " · ", ", ", ": ", "; "})
        if (skip == 0 && rest.starts_with(separator))
          skip = separator.size();
      if (skip == 0)
        continue;
      if (auto part = trim(cell.substr(begin, i - begin)); !part.empty())
        parts.push_back(part);
      begin = i + skip;
      i = begin - 1;
    }
  }
  return parts;
}

std::string_view without_dates(std::string_view part) {
  if (auto range = find_range(part))
    return trim(range->begin > 0 ? part.substr(0, range->begin) : part.substr(range->length));
  if (auto year = last_year(part)) {
    auto at = part.rfind(std::to_string(*year));
    auto rest = trim(at == 0 ? part.substr(4) : part.substr(0, at));
    while (!rest.empty() && (rest.back() == '(' || rest.back() == ',' || rest.front() == ')'))
      rest = trim(rest.front() == ')' ? rest.substr(1) : rest.substr(0, rest.size() - 1));
    return rest;
  }
  return part;
}

struct Building {
  std::string_view degree, subject, institution, first, last;
  std::optional<int> year;
  std::vector<std::string> coursework;
  bool empty() const { return degree.empty() && institution.empty(); }
};

ReadEducation finish(const Building& from) {
  ReadEducation out;
  if (!from.degree.empty()) {
    out.degree = squeeze(from.degree);
    // "PhD" and "Computer Science" of one line belong together when nothing stands between them.
    if (!from.subject.empty())
      out.degree = *out.degree + ", " + squeeze(from.subject);
  }
  if (!from.institution.empty())
    out.institution = squeeze(from.institution);
  out.graduation_year = from.year;
  out.coursework = from.coursework;
  out.evidence = std::string{cut(span_of(from.first, from.last), 1200)};
  return out;
}

void take_line(Building& now, const Line& line) {
  for (auto raw : parts_of(line.text)) {
    auto part = without_dates(raw);
    if (part.size() < 2 || part.size() > 120)
      continue;
    if (now.institution.empty() && is_institution(part) && !(is_degree(part) && part.size() < 14))
      now.institution = part;
    else if (now.degree.empty() && is_degree(part))
      now.degree = part;
    else if (!now.degree.empty() && now.subject.empty() && now.degree.size() < 24 &&
             now.degree.find(" in ") == std::string_view::npos && !looks_like_place(part) &&
             is_upper(part, 0) && part.size() < 60 && !last_year(part) &&
             lower(part).find("gpa") == std::string::npos &&
             part.data() < line.text.data() + line.text.size() &&
             now.last.data() == line.text.data())
      now.subject = part;
  }
  if (auto year = last_year(line.text))
    now.year = std::max(now.year.value_or(0), *year);
}

bool read_coursework(std::string_view text, std::vector<std::string>& out) {
  auto low = lower(text);
  auto at = low.find("coursework");
  if (at == std::string::npos)
    return false;
  auto colon = text.find(':', at);
  if (colon == std::string_view::npos)
    return false;
  for (auto course : split(text.substr(colon + 1), ','))
    if (course.size() < 80)
      out.push_back(squeeze(course.ends_with('.') ? course.substr(0, course.size() - 1) : course));
  return true;
}

}  // namespace

std::vector<ReadEducation> read_education(const std::vector<Line>& lines) {
  std::vector<ReadEducation> out;
  Building now;
  auto flush = [&] {
    if (!now.empty())
      out.push_back(finish(now));
    now = {};
  };
  std::size_t gap = 0;
  for (const auto& line : lines) {
    if (line.section != Section::education) {
      flush();
      continue;
    }
    if (line.text.empty() || read_coursework(line.text, now.coursework))
      continue;
    bool degree = is_degree(line.text), institution = is_institution(line.text);
    bool dated = find_range(line.text) || last_year(line.text);
    bool prose = line.bullet && (now.empty() ? !degree && !institution : !(degree && institution));
    if (prose || line.text.size() > 220) {
      // The column to the right of a bullet may hold the dates.
      if (!now.empty() && !now.year && find_range(line.text) && cells(line.text).size() > 1) {
        now.year = last_year(line.text);
        now.last = line.text;
      }
      ++gap;
      continue;
    }
    if (!degree && !institution && !dated) {
      ++gap;
      continue;
    }
    bool clash = (degree && !now.degree.empty()) || (institution && !now.institution.empty());
    if (clash || (gap > 3 && !dated))
      flush();
    if (now.first.empty())
      now.first = line.text;
    now.last = line.text;
    take_line(now, line);
    gap = 0;
  }
  flush();
  if (out.size() > 12)
    out.resize(12);
  return out;
}

}  // namespace jobraker::sandbox
