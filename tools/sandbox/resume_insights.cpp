#include <algorithm>
#include <map>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

std::string joined(const std::vector<std::string>& items, std::size_t limit) {
  std::string out;
  auto count = std::min(items.size(), limit);
  for (std::size_t i = 0; i < count; ++i)
    out += (i == 0 ? "" : i + 1 == count ? " and " : ", ") + items[i];
  return out;
}

bool has_numbers(std::string_view text) { return std::any_of(text.begin(), text.end(), is_digit); }

}  // namespace

ReadInsights make_insights(const ReadResume& resume) {
  ReadInsights out;
  const auto& lexicon = Lexicon::instance();
  std::vector<std::string> hard, soft;
  std::map<std::string, int> groups;
  for (const auto& skill : resume.skills) {
    (skill.category == "soft_skill" ? soft : hard).push_back(skill.name);
    if (const auto* known = lexicon.by_name(skill.name); known && known->group != "soft")
      ++groups[known->group];
  }
  if (resume.experience.empty() && hard.empty() && resume.education.empty())
    return out;
  auto latest = resume.experience.empty() ? nullptr : &resume.experience.front();
  std::string summary;
  if (latest) {
    summary = "Your latest post is " + latest->title +
              (latest->company ? " at " + *latest->company : "") + ".";
    if (resume.experience.size() > 1)
      summary += " The résumé lists " + std::to_string(resume.experience.size()) + " posts in all.";
  } else {
    summary = "The résumé names no dated employment.";
  }
  if (!hard.empty())
    summary += " What stands out among your skills: " + joined(hard, 5) + ".";
  if (!resume.education.empty() && resume.education.front().degree)
    summary += " Highest listed education: " + *resume.education.front().degree + ".";
  out.profile_summary = std::move(summary);

  if (hard.size() >= 6)
    out.strengths.push_back("A broad set of practical skills, " + joined(hard, 3) + " among them");
  else if (!hard.empty())
    out.strengths.push_back("Practical knowledge of " + joined(hard, 3));
  if (resume.experience.size() >= 3)
    out.strengths.push_back("A working history over " + std::to_string(resume.experience.size()) +
                            " posts");
  auto measured =
    std::count_if(resume.experience.begin(), resume.experience.end(),
                  [](const auto& job) { return job.description && has_numbers(*job.description); });
  if (measured > 0)
    out.strengths.push_back("Results are backed with figures");
  if (!resume.education.empty() && resume.education.front().degree)
    out.strengths.push_back("Formal education: " + *resume.education.front().degree);
  if (!soft.empty())
    out.strengths.push_back("You name " + joined(soft, 2));
  if (out.strengths.size() > 5)
    out.strengths.resize(5);

  if (!resume.professional_summary)
    out.improvement_areas.push_back(
      "Open with two or three sentences that say what you do and want");
  if (measured == 0 && latest)
    out.improvement_areas.push_back("Add figures to your results: how much, how many, how fast");
  if (latest && !latest->start)
    out.improvement_areas.push_back("Give month and year for each post");
  if (hard.size() < 5)
    out.improvement_areas.push_back("List the tools and methods you work with");
  if (!resume.location)
    out.improvement_areas.push_back("Say where you live or want to work");
  if (out.improvement_areas.size() < 2)
    out.improvement_areas.push_back("Order the skills by how well you know them");
  if (out.improvement_areas.size() < 2)
    out.improvement_areas.push_back("Link to work that others can look at");
  if (out.improvement_areas.size() > 4)
    out.improvement_areas.resize(4);

  std::string advice = "Put what the posting asks for on the first half page";
  if (latest)
    advice += ", starting with your work as " + latest->title;
  if (!groups.empty()) {
    auto main = std::max_element(groups.begin(), groups.end(),
                                 [](const auto& a, const auto& b) { return a.second < b.second; });
    advice += ". Most of your skills lie in " + main->first +
              "; choose openings there, and name one skill you are building next";
  }
  out.career_advice = advice + ".";
  return out;
}

}  // namespace jobraker::sandbox
