#include <algorithm>
#include <cmath>
#include <set>

#include "actors/profile/core/answer_reader.hpp"
#include "actors/profile/core/resume_dates.hpp"
#include "actors/profile/core/unicode.hpp"

namespace jobraker {
namespace {

/// One employment that the text bears out.
struct Job {
  std::string title, company, industry, description;
  Span span;
  std::optional<MonthSpan> months;
  int order = 0;  ///< the month it ended in, for sorting
};

/// True when the words state this date, in whatever form.
bool states(std::string_view words, ResumeDate date, bool& month_too) {
  auto there = words_of(base_letters(words));
  auto year = std::to_string(date.year);
  auto short_year = year.substr(2);
  bool year_there = false;
  month_too = date.month == 0;
  for (std::size_t i = 0; i < there.size(); ++i) {
    const auto& w = there[i];
    year_there = year_there || w == year || (w == short_year && i > 0);
    if (date.month == 0)
      continue;
    // A word, or the two words "3 2018", read as a date on their own.
    if (auto named = parse_resume_date(w + " " + year); named && named->month == date.month)
      month_too = true;
  }
  return year_there;
}

bool states_present(std::string_view words) {
  auto plain = base_letters(words);
  auto there = words_of(plain);
  for (std::size_t i = 0; i < there.size(); ++i)
    for (std::size_t n = 1; n <= 3 && i + n <= there.size(); ++n) {
      std::string phrase;
      for (std::size_t k = 0; k < n; ++k)
        phrase.append(k ? " " : "").append(there[i + k]);
      if (auto date = parse_resume_date(phrase); date && date->present)
        return true;
    }
  for (std::string_view open : {"since", "seit", "depuis", "desde", "dal"})
    if (std::find(there.begin(), there.end(), open) != there.end())
      return true;
  auto end = plain.find_last_not_of(" \t\n)");
  return end != std::string::npos &&
         (plain[end] == '-' || plain.substr(0, end + 1).ends_with("\xE2\x80\x93"));
}

/// The date of a member as far as the words near the employment state it.
std::optional<ResumeDate> believed_date(AnswerReader& r, json::View node, const std::string& from,
                                        Span span) {
  auto text = trim(node.string().value_or(""));
  if (text.empty())
    return std::nullopt;
  auto date = parse_resume_date(text);
  if (!date) {
    r.drop(from, text, "is no date");
    return std::nullopt;
  }
  for (auto words :
       {r.index.text().substr(span.begin, span.end - span.begin), r.neighbourhood(span)}) {
    if (date->present) {
      if (states_present(words))
        return date;
      continue;
    }
    bool month_too = false;
    if (states(words, *date, month_too)) {
      if (!month_too) {
        r.drop(from, text, "only the year is in the text");
        date->month = 0;
      }
      return date;
    }
  }
  r.drop(from, text, "its evidence does not say so");
  return std::nullopt;
}

/// The months of an employment, put right: never in the future, never backwards.
std::optional<MonthSpan> months_of(AnswerReader& r, json::View node, const std::string& from,
                                   Span span, int this_month) {
  auto start = believed_date(r, node["start"], from + "/start", span);
  auto end = believed_date(r, node["end"], from + "/end", span);
  if (!start || start->present)
    return std::nullopt;
  // One year alone is that year: "2016" says nothing of which half.
  if (!end || (!end->present && end->year == start->year && end->month == 0 && start->month == 0)) {
    if (end)
      return MonthSpan{start->year * 12, std::min(start->year * 12 + 11, this_month)};
    auto only = start->month ? first_month(*start) : start->year * 12;
    auto last = start->month ? only : only + 11;
    return MonthSpan{std::min(only, this_month), std::min(last, this_month)};
  }
  int first = first_month(*start);
  int last = end->present ? this_month : last_month(*end);
  if (last < first && !end->present && first_month(*end) < last_month(*start)) {
    r.drop(from, "", "ended before it began: the two dates were exchanged");
    first = first_month(*end);
    last = last_month(*start);
  }
  return MonthSpan{std::min(first, this_month), std::min(std::max(first, last), this_month)};
}

/// The text without the dates at the ends of its lines: in documents with dates at the right margin
/// they stand in the middle of sentences that go on in the next line.
std::string without_date_tails(std::string_view text) {
  auto date_like = [](std::string_view word) {
    auto plain = fold(word);
    if (words_of(plain).empty())
      return plain == "-";
    for (std::string_view unit : {"years", "year", "months", "month", "yrs", "mos"})
      if (plain == unit)
        return true;
    return plain.find_first_not_of("0123456789/.-'") == std::string::npos ||
           parse_resume_date(plain).has_value() || parse_resume_date(plain + " 2000").has_value();
  };
  std::string out;
  while (!text.empty()) {
    auto stop = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, stop);
    text.remove_prefix(std::min(stop + 1, text.size()));
    for (;;) {
      auto last = line.substr(line.rfind(' ') + 1);
      if (last.size() == line.size() || !date_like(last))
        break;
      line = line.substr(0, line.size() - last.size() - 1);
    }
    out.append(line).push_back('\n');
  }
  return out;
}

/// The sentences of a description that are in the text; the others are left out and reported.
std::string believed_description(AnswerReader& r, std::string_view text, const std::string& from) {
  text = trim(text);
  if (text.empty())
    return {};
  if (r.index.find(text))
    return std::string{text};
  auto undated = without_date_tails(r.index.text());
  EvidenceIndex undated_index(undated);
  auto there = [&](std::string_view words) {
    return r.index.find(words) || undated_index.find(words);
  };
  if (there(text))
    return std::string{text};
  std::string kept;
  std::size_t begin = 0;
  auto piece = [&](std::size_t end) {
    auto sentence = trim(text.substr(begin, end - begin));
    begin = end;
    if (sentence.empty())
      return;
    if (there(sentence))
      kept.append(kept.empty() ? "" : "\n").append(sentence);
    else
      r.drop(from, sentence, "is not in the text");
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool stop = text[i] == '\n' || text[i] == ';' ||
                ((text[i] == '.' || text[i] == '!' || text[i] == '?') && i + 1 < text.size() &&
                 text[i + 1] == ' ');
    if (stop)
      piece(i + 1);
  }
  piece(text.size());
  return kept;
}

std::optional<Job> read_job(AnswerReader& r, json::View node, const std::string& at,
                            int this_month) {
  auto title = trim(node["title"].string().value_or(""));
  auto company = trim(node["company"].string().value_or(""));
  auto span = r.locate(at, title.empty() ? company : title, node["evidence"]);
  if (!span)
    return std::nullopt;
  if (title.empty() || !r.borne_out(title, *span)) {
    r.drop(at + "/title", title,
           title.empty() ? "there is no job title" : "its evidence does not say so");
    return std::nullopt;
  }
  auto rules = rules_of<Experience>("job_titles");
  Job job;
  job.span = *span;
  job.title = r.fit(at + "/title", title, rules.max_length);
  if (!company.empty() && r.borne_out(company, *span))
    job.company = r.fit(at + "/company", company, rules.max_length);
  else if (!company.empty())
    r.drop(at + "/company", company, "its evidence does not say so");
  if (auto industry = trim(node["industry"].string().value_or("")); !industry.empty()) {
    if (r.borne_out(industry, *span) || r.index.find(industry))
      job.industry = r.fit(at + "/industry", industry, rules.max_length);
    else
      r.drop(at + "/industry", industry, "is not in the text");
  }
  job.description =
    r.fit(at + "/description",
          believed_description(r, node["description"].string().value_or(""), at + "/description"),
          rules_of<Experience>("experience_descriptions").max_length);
  job.months = months_of(r, node, at, *span, this_month);
  return job;
}

bool has_word(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The level: what the newest titles say, else what the years say, else what the model read.
void find_level(json::View root, AnswerReader& r, const std::vector<Job>& jobs) {
  auto& s = r.out.profile.summary;
  for (std::size_t i = 0; i < jobs.size() && i < 2; ++i) {
    auto level = level_of_title(jobs[i].title);
    // A summer as intern long ago, or beside years of work, is not where somebody stands.
    bool outgrown = level && *level <= Seniority::junior && s.years_of_experience.value_or(0) >= 3;
    if (!level || outgrown)
      continue;
    s.career_level = level;
    r.remember("/summary/career_level", jobs[i].span);
    return;
  }
  if (s.years_of_experience) {
    auto years = *s.years_of_experience;
    s.career_level = years < 2 ? Seniority::junior : years < 6 ? Seniority::mid : Seniority::senior;
    return;
  }
  auto node = root["career_level"];
  auto level = enum_from<Seniority>(node["value"].string_or(""));
  if (!level || *level == Seniority::unknown)
    return;
  if (auto span = r.locate("/career_level", node["value"].string_or(""), node["evidence"])) {
    auto said = level_of_title(r.quote(*span));
    if (said == level) {
      s.career_level = level;
      r.remember("/summary/career_level", *span);
    } else {
      r.drop("/career_level", node["value"].string_or(""), "its evidence does not say so");
    }
  }
}

}  // namespace

std::optional<Seniority> level_of_title(std::string_view title) {
  auto words = words_of(base_letters(title));
  auto any = [&](std::initializer_list<std::string_view> list) {
    return std::any_of(list.begin(), list.end(), [&](auto word) { return has_word(words, word); });
  };
  if (any({"intern", "internship", "trainee", "apprentice", "praktikant", "praktikantin",
           "stagiaire", "werkstudent", "becario", "student"}))
    return Seniority::intern;
  bool vice = has_word(words, "vice") || has_word(words, "vp") || has_word(words, "svp");
  if (any({"ceo", "cto", "cfo", "coo", "cio", "cmo", "ciso", "chro", "chief", "president",
           "geschaftsfuhrer"}) ||
      vice || (has_word(words, "managing") && has_word(words, "director")))
    return Seniority::executive;
  if (any({"lead", "principal", "head", "director", "supervisor", "foreman", "foreperson",
           "superintendent", "leiter", "leiterin", "teamleiter"}) ||
      (has_word(words, "team") && has_word(words, "leader")) ||
      (has_word(words, "staff") && has_word(words, "engineer")))
    return Seniority::lead;
  // Managers of things and accounts lead nobody by their title.
  if (has_word(words, "manager") &&
      any({"general", "engineering", "operations", "regional", "department", "development", "plant",
           "senior"}) &&
      !any({"business"}))
    return Seniority::lead;
  if (any({"senior", "sr", "expert", "veteran"}))
    return Seniority::senior;
  if (any({"junior", "jr", "graduate", "entry"}))
    return Seniority::junior;
  return std::nullopt;
}

void read_experience(json::View root, AnswerReader& r, int this_month) {
  auto list = root["experience"];
  std::vector<Job> jobs;
  int order = this_month + 1;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto at = "/experience/" + std::to_string(i);
    if (jobs.size() >= rules_of<Experience>("job_titles").max_items) {
      r.drop(at, "", "more employments than are kept");
      break;
    }
    auto job = read_job(r, list.at(i), at, this_month);
    if (!job)
      continue;
    // Without dates an employment stays behind the one it was named after.
    order = job->months ? job->months->last : order;
    job->order = order;
    jobs.push_back(std::move(*job));
  }
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const Job& a, const Job& b) { return a.order > b.order; });
  auto& e = r.out.profile.experience;
  std::vector<MonthSpan> spans;
  std::set<std::string> industries;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    auto& job = jobs[i];
    auto n = "/" + std::to_string(i);
    r.remember("/experience/job_titles" + n, job.span);
    if (!job.company.empty())
      r.remember("/experience/companies" + n, job.span);
    if (auto there = r.index.find(job.description); there && !job.description.empty())
      r.remember("/experience/experience_descriptions" + n, *there);
    if (!job.industry.empty() && industries.insert(fold(job.industry)).second) {
      r.remember("/experience/industries/" + std::to_string(e.industries.size()),
                 r.index.find(job.industry).value_or(job.span));
      e.industries.push_back(job.industry);
    }
    if (job.months)
      spans.push_back(*job.months);
    e.job_titles.push_back(job.title);
    e.companies.push_back(job.company);
    e.experience_descriptions.push_back(job.description);
  }
  if (!spans.empty())
    r.out.profile.summary.years_of_experience =
      std::min(70.0, std::round(months_covered(spans) / 12.0 * 10) / 10);
  find_level(root, r, jobs);
}

}  // namespace jobraker
