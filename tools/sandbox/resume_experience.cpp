#include <algorithm>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

/// Words that make a phrase a job title even when they name no line of work.
constexpr std::string_view title_words[] = {
  "engineer",
  "developer",
  "manager",
  "intern",
  "analyst",
  "consultant",
  "assistant",
  "director",
  "lead",
  "head",
  "officer",
  "specialist",
  "associate",
  "supervisor",
  "coordinator",
  "technician",
  "administrator",
  "architect",
  "founder",
  "president",
  "owner",
  "trainee",
  "apprentice",
  "tester",
  "operator",
  "executive",
  "member",
  "volunteer",
  "instructor",
  "advisor",
  "representative",
  "agent",
  "designer",
  "nurse",
  "driver",
  "teacher",
  "chef",
  "cook",
  "worker",
  "researcher",
  "scientist",
  "freelancer",
  "tutor",
  "leiter",
  "leiterin",
  "mitarbeiter",
  "mitarbeiterin",
  "entwicklerin",
  "ingenieur",
  "praktikant",
  "werkstudent",
  "techniker",
  "stagiaire",
  "ingénieur",
  "directeur",
  "responsable",
  "conseiller",
  "assistante",
  "cto",
  "ceo",
  "cfo",
  "clerk",
  "staff",
  "partner",
  "contractor",
  "welder",
  "planner",
  "buyer",
  "auditor",
  "secretary",
  "co-founder",
  "vp",
};

/// "Maintained web pages …": what was done, not what one was.
bool opens_with_verb(std::string_view low) {
  auto first = low.substr(0, low.find(' '));
  for (std::string_view word :
       {"certified", "registered", "licensed", "chartered", "qualified", "embedded"})
    if (first == word)
      return false;
  for (std::string_view word :
       {"working", "developing", "writing", "creating", "building", "built", "led", "wrote", "ran"})
    if (first == word)
      return true;
  return first.size() > 3 && first.ends_with("ed");
}

bool is_title(std::string_view text) {
  auto low = lower(squeeze(text));
  if (low.size() > 90 || opens_with_verb(low) || low.find(" of the ") != std::string::npos)
    return false;
  for (auto word : title_words)
    if (has_phrase(low, word))
      return true;
  return !Lexicon::instance().family_of(text).family.empty() && split(text, ' ').size() <= 7;
}

/// A sentence or a fragment of one, as descriptions consist of.
bool is_prose(std::string_view raw) {
  auto text = squeeze(raw);
  return text.size() > 110 || text.ends_with('.') || text.ends_with(';') || !is_upper(text, 0) ||
         (text.ends_with(',') && text.size() > 60);
}

/// "2 years 10 months", "(5 month)".
bool is_duration(std::string_view text) {
  auto low = lower(text);
  bool unit = low.find("year") != std::string::npos || low.find("month") != std::string::npos ||
              low.find("yrs") != std::string::npos || low.find("mos") != std::string::npos;
  return unit && low.size() < 28 && std::any_of(low.begin(), low.end(), is_digit);
}

/// Parts of a heading line: between separators, without dates, places and durations.
std::vector<std::string_view> heading_parts(std::string_view text) {
  std::vector<std::string_view> parts;
  auto add = [&](std::string_view part) {
    part = trim(part);
    if (part.starts_with('('))
      return;
    if (auto open = part.find('('); open != std::string_view::npos && open > 3)
      part = trim(part.substr(0, open));
    while (!part.empty() && (part.front() == '(' || part.front() == ',' || part.front() == ':' ||
                             part.front() == '-' || part.front() == '|'))
      part = trim(part.substr(1));
    while (!part.empty() && (part.back() == ',' || part.back() == ':' || part.back() == '-' ||
                             part.back() == '|' || part.back() == '('))
      part = trim(part.substr(0, part.size() - 1));
    if (part.ends_with(')') && part.find('(') == std::string_view::npos)
      part = trim(part.substr(0, part.size() - 1));
    if (part.size() > 1 && !is_duration(part))
      parts.push_back(part);
  };
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(')
      ++depth;
    if (text[i] == ')')
      depth = std::max(0, depth - 1);
    auto rest = text.substr(i);
    std::size_t skip = 0;
    if (depth > 0)
      continue;
    for (std::string_view separator : {" | ", " – ", " — ", " - ", " • ", " · ", " @ ", " at ",
                                       " bei ", " chez ", ", ", ": ", "   ", "\t", " / ", "- "})
      if (rest.starts_with(separator)) {
        skip = separator.size();
        break;
      }
    // "Smith, Jones & Co" keeps its comma only by luck; "Acme, Inc." keeps it by rule.
    if (skip == 2 && rest[0] == ',')
      for (std::string_view form :
           {", Inc", ", Ltd", ", LLC", ", LLP", ", GmbH", ", S.A", ", Corp"})
        if (rest.starts_with(form))
          skip = 0;
    if (skip == 0)
      continue;
    add(text.substr(begin, i - begin));
    begin = i + skip;
    i = begin - 1;
  }
  add(text.substr(std::min(begin, text.size())));
  // "Santa Clara, CA" is one place, not an employer and a state.
  for (std::size_t i = parts.size(); i-- > 1;)
    if (is_region(parts[i]) && parts[i].data() == parts[i - 1].data() + parts[i - 1].size() + 2) {
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i) - 1,
                  parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      if (--i == 0)
        break;
    }
  return parts;
}

/// Whether a word of the line names an occupation, and not only a trade ("Acme Logistics").
bool names_occupation(const Line& line) {
  auto low = lower(line.text);
  return std::any_of(std::begin(title_words), std::end(title_words),
                     [&](auto word) { return has_phrase(low, word); });
}

struct Draft {
  std::size_t first = 0, last = 0;  ///< heading lines
  std::size_t body_end = 0;         ///< one past the description
  std::optional<DateRange> range;
  std::size_t range_line = 0;
  bool titled = false;
};

/// A heading line without its dates, in up to two pieces.
std::vector<std::string_view> without_range(const Line& line) {
  auto range = find_range(line.text);
  if (!range)
    return {line.text};
  return {trim(line.text.substr(0, range->begin)),
          trim(line.text.substr(range->begin + range->length))};
}

bool titled_line(const Line& line) {
  if (line.bullet && !find_range(line.text))
    return false;
  for (auto piece : without_range(line)) {
    if (is_prose(piece) && piece.size() > 80)
      continue;
    for (auto part : heading_parts(piece))
      if (is_title(part) && is_upper(part, 0) && part.size() <= 70)
        return true;
  }
  return false;
}

bool heading_like(const Line& line) {
  return !line.bullet && !is_prose(line.text) && squeeze(line.text).size() <= 100;
}

std::vector<Draft> find_drafts(const std::vector<Line>& lines, std::size_t from, std::size_t to) {
  std::vector<Draft> drafts;
  for (std::size_t i = from; i < to; ++i) {
    const auto& line = lines[i];
    auto range = find_range(line.text);
    // Dates deep inside a long bullet belong to the prose.
    if (range && line.bullet && range->begin > 2 &&
        range->begin + range->length + 2 < line.text.size())
      range.reset();
    bool titled = titled_line(line) && (heading_like(line) || range);
    if (range && !drafts.empty()) {
      auto& last = drafts.back();
      bool alone = range->begin == 0 && range->length + 3 >= line.text.size();
      bool right_cell = !titled && cells(line.text).size() > 1;
      // The dates of a heading may come a line later, or below the description in column layouts.
      if (!last.range && (!titled || i - last.last <= 1) &&
          (i - last.last <= 2 || alone || right_cell)) {
        last.range = range;
        last.range_line = i;
        if (i - last.last <= 2 && !line.bullet)
          last.last = i;
        last.titled = last.titled || titled;
        continue;
      }
    }
    if (titled && !drafts.empty()) {
      auto& last = drafts.back();
      if (last.range && !last.titled && i - last.last <= 2) {
        last.last = i;
        last.titled = true;
        continue;
      }
    }
    if (titled && !drafts.empty() && !drafts.back().range && i == drafts.back().last + 1 &&
        names_occupation(line) && !names_occupation(lines[drafts.back().last])) {
      // The line above was the employer, named after its trade.
      drafts.back().last = i;
      if (range) {
        drafts.back().range = range;
        drafts.back().range_line = i;
      }
      continue;
    }
    bool dated = range && (range->present || range->end) && !line.bullet;
    if ((titled && (range || line.blank_before || i == from || heading_like(line))) || dated) {
      Draft draft{i, i, 0, range, i, titled};
      // The name of the employer may stand above the dated line.
      if (i > from && heading_like(lines[i - 1]) && lines[i - 1].text.size() <= 60 &&
          (lines[i - 1].blank_before || i - 1 == from) && !find_range(lines[i - 1].text) &&
          (drafts.empty() || drafts.back().last + 1 < i - 1 || !drafts.back().range))
        if (drafts.empty() || drafts.back().last < i - 1)
          draft.first = i - 1;
      drafts.push_back(draft);
    }
  }
  for (std::size_t d = 0; d < drafts.size(); ++d) {
    auto end = d + 1 < drafts.size() ? drafts[d + 1].first : to;
    auto& draft = drafts[d];
    // One more line for the employer: "Stripe • San Francisco, CA" below the title.
    while (draft.last + 1 < end && draft.last - draft.first < 2) {
      const auto& next = lines[draft.last + 1];
      bool body_follows = draft.last + 2 < end &&
                          (lines[draft.last + 2].bullet || is_prose(lines[draft.last + 2].text));
      if (!heading_like(next) || squeeze(next.text).size() > 70 || next.text.ends_with(':') ||
          titled_line(next) || (next.blank_before && !(draft.last == draft.first && body_follows)))
        break;
      ++draft.last;
    }
    draft.body_end = end;
  }
  return drafts;
}

std::string description_of(const std::vector<Line>& lines, std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to && text.size() < 1150; ++i) {
    auto range = find_range(lines[i].text);
    if (range && range->begin == 0 && range->length + 2 >= lines[i].text.size())
      continue;
    if (!text.empty())
      text += lines[i].bullet ? "\n" : " ";
    text += squeeze(lines[i].text);
  }
  return std::string{cut(text, 1190)};
}

std::optional<ReadEmployment> to_employment(const std::vector<Line>& lines, const Draft& draft) {
  ReadEmployment job;
  std::string_view title, company;
  std::vector<std::string_view> parts;
  for (auto i = draft.first; i <= draft.last; ++i)
    for (auto piece : without_range(lines[i]))
      for (auto part : heading_parts(piece))
        parts.push_back(part);
  std::size_t best = 0;
  for (auto part : parts) {
    if (!is_title(part) || !is_upper(part, 0))
      continue;
    auto weight = std::max<std::size_t>(1, Lexicon::instance().family_of(part).length);
    for (auto word : title_words)
      if (has_phrase(lower(part), word))
        weight += 20;
    if (weight > best) {
      best = weight;
      title = part;
    }
  }
  if (title.empty())
    return std::nullopt;
  for (auto part : parts) {
    if (part.data() == title.data() || looks_like_place(part) || part.size() > 70 ||
        !is_upper(part, 0))
      continue;
    auto low = lower(part);
    bool titled = std::any_of(std::begin(title_words), std::end(title_words),
                              [&](auto word) { return has_phrase(low, word); });
    // A skill beside the title comes from another column.
    bool beside =
      part.data() > title.data() && part.data() < title.data() + 220 &&
      std::string_view{title.data(), static_cast<std::size_t>(part.data() - title.data())}.find(
        '\n') == std::string_view::npos;
    if (titled || (beside && Lexicon::instance().by_name(part)))
      continue;
    bool form = low == "full time" || low == "full-time" || low == "part-time" || low == "remote" ||
                low == "contract" || low == "hybrid" || low.starts_with("latest project");
    if (!form && !last_year(part)) {
      company = part;
      break;
    }
  }
  job.title = squeeze(title);
  if (!company.empty())
    job.company = squeeze(company);
  auto evidence = span_of(lines[draft.first].text, lines[draft.last].text);
  if (draft.range) {
    if (draft.range->start)
      job.start = draft.range->start->iso();
    if (draft.range->present)
      job.end = "present";
    else if (draft.range->end)
      job.end = draft.range->end->iso();
    auto end = draft.range->present ? 99999
               : draft.range->end   ? draft.range->end->index()
               : draft.range->start ? draft.range->start->index()
                                    : 0;
    job.order = end;
    auto dated = span_of(
      evidence, lines[draft.range_line].text.substr(draft.range->begin, draft.range->length));
    if (dated.size() <= 1500)
      evidence = dated;
  }
  job.evidence = evidence.size() <= 1500 ? std::string{evidence} : std::string{title};
  auto description = description_of(lines, draft.last + 1, draft.body_end);
  if (description.size() > 15)
    job.description = std::move(description);
  return job;
}

/// The export format "company - X / description - Y" below a line "Title - X".
std::vector<ReadEmployment> exported_entries(const std::vector<Line>& lines) {
  std::vector<ReadEmployment> jobs;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto text = lines[i].text;
    if (!text.starts_with("company - ") && !text.starts_with("company -"))
      continue;
    auto company = trim(text.substr(9));
    ReadEmployment job;
    for (const auto& line : lines)
      if (auto at = line.text.find(" - "); !company.empty() && at != std::string_view::npos &&
                                           !line.text.starts_with("company") &&
                                           trim(line.text.substr(at + 3)) == company && at < 70) {
        job.title = squeeze(line.text.substr(0, at));
        job.evidence = std::string{line.text};
        break;
      }
    if (job.title.empty())
      continue;
    job.company = squeeze(company);
    std::size_t end = i + 1;
    while (end < lines.size() && !lines[end].text.starts_with("company - "))
      ++end;
    auto description = description_of(lines, i + 1, end);
    if (description.starts_with("description - "))
      description.erase(0, 14);
    if (description.size() > 15)
      job.description = std::string{cut(description, 1190)};
    // Stated months of a skill say nothing of the employment; dates do when the text gives a range.
    for (auto k = i + 1; k < std::min(end, i + 4); ++k)
      if (auto range = find_range(lines[k].text); range && range->start) {
        job.start = range->start->iso();
        job.end = range->present ? std::optional<std::string>{"present"}
                  : range->end   ? std::optional{range->end->iso()}
                                 : std::nullopt;
        break;
      }
    jobs.push_back(std::move(job));
  }
  return jobs;
}

}  // namespace

std::vector<ReadEmployment> read_experience(const std::vector<Line>& lines) {
  auto jobs = exported_entries(lines);
  for (std::size_t i = 0; i < lines.size() && jobs.empty();) {
    if (lines[i].section != Section::experience) {
      ++i;
      continue;
    }
    for (; i < lines.size();) {
      while (i < lines.size() && lines[i].section != Section::experience)
        ++i;
      std::size_t end = i;
      while (end < lines.size() && lines[end].section == Section::experience)
        ++end;
      auto start = i < end && lines[i].heading && lines[i].text.empty() ? i + 1 : i;
      for (const auto& draft : find_drafts(lines, start, end))
        if (auto job = to_employment(lines, draft))
          jobs.push_back(std::move(*job));
      i = end;
    }
    break;
  }
  if (jobs.empty())
    // No such section: dated titles anywhere but among studies and projects.
    for (std::size_t i = 0; i < lines.size();) {
      auto skip = [&](Section s) {
        return s == Section::education || s == Section::projects || s == Section::other ||
               s == Section::certificates;
      };
      std::size_t end = i;
      while (end < lines.size() && !skip(lines[end].section))
        ++end;
      for (const auto& draft : find_drafts(lines, i, end))
        if (draft.range && (draft.range->present || draft.range->end))
          if (auto job = to_employment(lines, draft))
            jobs.push_back(std::move(*job));
      i = std::max(end, i + 1);
    }
  std::stable_sort(jobs.begin(), jobs.end(), [](const auto& a, const auto& b) {
    return a.order != 0 && b.order != 0 && a.order > b.order;
  });
  if (jobs.size() > 30)
    jobs.resize(30);
  return jobs;
}

std::optional<Sourced> level_of(std::string_view title) {
  struct Word {
    std::string_view word, level;
  };
  static constexpr Word levels[] = {
    {"intern", "intern"},       {"trainee", "intern"},
    {"apprentice", "intern"},   {"working student", "intern"},
    {"chief", "executive"},     {"cto", "executive"},
    {"ceo", "executive"},       {"cfo", "executive"},
    {"coo", "executive"},       {"vice president", "executive"},
    {"vp", "executive"},        {"director", "executive"},
    {"founder", "executive"},   {"co-founder", "executive"},
    {"head of", "lead"},        {"head chef", "lead"},
    {"lead", "lead"},           {"principal", "lead"},
    {"staff engineer", "lead"}, {"staff software", "lead"},
    {"manager", "lead"},        {"team leader", "lead"},
    {"charge nurse", "lead"},   {"senior", "senior"},
    {"sr.", "senior"},          {"sr", "senior"},
    {"junior", "junior"},       {"jr.", "junior"},
    {"jr", "junior"},           {"graduate", "junior"},
    {"entry level", "junior"},
  };
  auto low = lower(title);
  for (const auto& [word, level] : levels)
    if (has_phrase(low, word))
      return Sourced{std::string{level}, std::string{title}};
  return std::nullopt;
}

}  // namespace jobraker::sandbox
