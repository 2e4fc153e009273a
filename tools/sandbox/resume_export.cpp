#include <algorithm>

#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

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

}  // namespace jobraker::sandbox
