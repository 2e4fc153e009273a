#include <algorithm>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/resume_titles.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

struct Draft {
  std::size_t first = 0, last = 0;  ///< heading lines
  std::size_t body_end = 0;         ///< one past the description
  std::optional<DateRange> range;
  std::size_t range_line = 0;
  bool titled = false;
};

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
        has_occupation(line.text) && !has_occupation(lines[drafts.back().last].text)) {
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
    auto weight = title_weight(part);
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
    bool titled = has_occupation(part);
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

}  // namespace jobraker::sandbox
