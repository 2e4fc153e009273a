#include "actors/matching/core/score_prompt.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "actors/matching/core/profile_text.hpp"
#include "messages/json.hpp"

namespace jobraker::matching {
namespace {

/// JSON in which no tag can be opened or closed: `<` and `>` only occur inside strings, where JSON
/// has another spelling for them.
std::string untagged(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (char c : json)
    if (c == '<')
      out += "\\u003c";
    else if (c == '>')
      out += "\\u003e";
    else
      out += c;
  return out;
}

class Section {
public:
  explicit Section(json::Writer& writer, const PersonalInfo& person)
      : w_(writer), person_(person) {}

  void text(std::string_view key, std::string_view value, std::size_t max) {
    if (!value.empty())
      w_.member(key, std::string_view{cut(without_contact(value, person_), max)});
  }
  void list(std::string_view key, const Strings& values, std::size_t max_items = 60) {
    if (values.empty())
      return;
    w_.key(key).begin_array();
    for (std::size_t i = 0; i < std::min(values.size(), max_items); ++i)
      w_.value(std::string_view{cut(without_contact(values[i], person_), 200)});
    w_.end_array();
  }

private:
  json::Writer& w_;
  const PersonalInfo& person_;
};

std::string candidate_json(const Profile& c, const PromptSettings& settings) {
  json::Writer w;
  Section s{w, c.personal_info};
  w.begin_object();
  if (c.personal_info.location) {
    // The town is needed to judge the place; the street is not.
    auto place = *c.personal_info.location;
    if (place.find_first_of("0123456789") == std::string::npos)
      s.text("location", place, 200);
    else if (auto comma = place.find_last_of(','); comma != std::string::npos)
      s.text("location",
             place.substr(place.find_first_not_of(" 0123456789", comma + 1) == std::string::npos
                            ? place.size()
                            : place.find_first_not_of(" 0123456789", comma + 1)),
             200);
  }
  s.text("work_authorization", c.personal_info.work_authorization.value_or(""), 200);
  if (c.summary.years_of_experience)
    w.member("years_of_experience", *c.summary.years_of_experience);
  if (c.summary.career_level)
    w.member("career_level", name_of(*c.summary.career_level));
  s.text("summary", c.summary.professional_summary.value_or(""), 1500);
  s.list("programming_languages", c.skills.programming_languages);
  s.list("frameworks_libraries", c.skills.frameworks_libraries);
  s.list("tools_platforms", c.skills.tools_platforms);
  s.list("soft_skills", c.skills.soft_skills);
  w.key("experience").begin_array();
  auto count = std::min(c.experience.job_titles.size(), settings.employments_max);
  for (std::size_t i = 0; i < count; ++i) {
    w.begin_object();
    s.text("title", c.experience.job_titles[i], 200);
    if (i < c.experience.companies.size())
      s.text("company", c.experience.companies[i], 200);
    if (i < c.experience.experience_descriptions.size())
      s.text("description", c.experience.experience_descriptions[i], settings.experience_max);
    w.end_object();
  }
  w.end_array();
  s.list("industries", c.experience.industries, 20);
  s.list("degrees", c.education.degrees, 10);
  s.list("desired_roles", c.preferences.desired_roles, 20);
  s.list("preferred_locations", c.preferences.preferred_locations, 20);
  if (c.preferences.salary_range_min)
    w.member("salary_min", *c.preferences.salary_range_min);
  if (c.preferences.salary_range_max)
    w.member("salary_max", *c.preferences.salary_range_max);
  s.text("salary_currency", c.preferences.salary_currency.value_or(""), 3);
  if (!c.preferences.job_types.empty()) {
    w.key("job_types").begin_array();
    for (auto type : c.preferences.job_types)
      w.value(name_of(type));
    w.end_array();
  }
  if (c.preferences.company_size_preference)
    w.member("company_size", name_of(*c.preferences.company_size_preference));
  w.end_object();
  return w.text();
}

void write_job(json::Writer& w, const PromptJob& item, const PromptSettings& settings) {
  const auto& job = *item.job;
  auto text = [&](std::string_view key, const std::string& value, std::size_t max) {
    if (!value.empty())
      w.member(key, std::string_view{cut(value, max)});
  };
  w.begin_object();
  w.member("job_id", std::string_view{to_string(job.id)});
  text("title", job.title, 300);
  text("company", job.company, 200);
  text("location", job.location, 200);
  if (job.workplace != Workplace::unknown)
    w.member("workplace", name_of(job.workplace));
  if (job.salary_min || job.salary_max) {
    w.key("salary").begin_object();
    if (job.salary_min)
      w.member("min", *job.salary_min);
    if (job.salary_max)
      w.member("max", *job.salary_max);
    text("currency", job.salary_currency, 3);
    w.member("estimated", job.salary_predicted);
    w.end_object();
  }
  if (job.job_type)
    w.member("job_type", name_of(*job.job_type));
  if (job.seniority != Seniority::unknown)
    w.member("seniority", name_of(job.seniority));
  if (job.years_required)
    w.member("years_required", *job.years_required);
  w.key("skills").begin_array();
  for (std::size_t i = 0; i < std::min<std::size_t>(job.skills.size(), 60); ++i)
    w.value(std::string_view{cut(job.skills[i], 100)});
  w.end_array();
  text("description", job.description, settings.description_max);
  w.key("rubric").begin_object();
  w.member("skills", to_points(item.rubric.skills.score));
  w.member("experience", to_points(item.rubric.experience.score));
  w.member("location", to_points(item.rubric.location.score));
  w.member("salary", to_points(item.rubric.salary.score));
  w.member("total", to_points(item.rubric.total));
  w.end_object();
  w.end_object();
}

constexpr std::size_t reasoning_max = 2000;
constexpr std::size_t factor_max = 200;
constexpr std::size_t factors_max = 8;

std::optional<double> percent(json::View view) {
  auto number = view.number();
  if (!number || !std::isfinite(*number))
    return std::nullopt;
  return std::clamp(*number, 0.0, 100.0);
}

Strings factors(json::View view) {
  Strings out;
  for (std::size_t i = 0; i < view.size() && out.size() < factors_max; ++i)
    if (auto text = view.at(i).string(); text && !text->empty())
      out.push_back(cut(*text, factor_max));
  return out;
}

}  // namespace

std::string score_prompt(const Profile& candidate, std::span<const PromptJob> jobs,
                         const PromptSettings& settings) {
  json::Writer w;
  w.begin_array();
  for (const auto& job : jobs)
    write_job(w, job, settings);
  w.end_array();
  return "<candidate>" + untagged(candidate_json(candidate, settings)) + "</candidate>\n<jobs>" +
         untagged(w.text()) + "</jobs>";
}

Result<ReadScores> read_scores(std::string_view answer, std::span<const JobId> expected) {
  auto document = json::Document::parse(answer);
  if (!document)
    return fail(Errc::upstream_failed, "the model did not answer with JSON");
  auto list = document->root()["scores"];
  if (!list.is_array())
    return fail(Errc::upstream_failed, "the model's answer has no list \"scores\"");
  ReadScores out;
  std::unordered_map<JobId, ScoredJob> found;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto item = list.at(i);
    auto where = "scores/" + std::to_string(i);
    auto text = item["job_id"].string();
    auto id = text ? JobId::parse(*text) : std::nullopt;
    if (!id || std::find(expected.begin(), expected.end(), *id) == expected.end()) {
      out.problems.push_back(where + " is about a job nobody asked for");
      continue;
    }
    auto compatibility = percent(item["compatibility_score"]);
    auto confidence = percent(item["confidence_score"]);
    if (!compatibility || !confidence) {
      out.problems.push_back(where + " has no usable score");
      continue;
    }
    ScoredJob scored{*id,
                     *compatibility,
                     *confidence,
                     percent(item["culture_match_score"]).value_or(50.0),
                     cut(item["reasoning"].string_or(""), reasoning_max),
                     factors(item["match_factors"]),
                     factors(item["mismatch_factors"])};
    if (!found.emplace(*id, std::move(scored)).second)
      out.problems.push_back(where + " judges a job a second time");
  }
  for (const auto& id : expected)
    if (auto node = found.extract(id); !node.empty())
      out.scores.push_back(std::move(node.mapped()));
    else if (std::none_of(out.scores.begin(), out.scores.end(),
                          [&](auto& s) { return s.job_id == id; }))
      out.missing.push_back(id);
  return out;
}

JobScore job_score(UserId user, const ScoredJob& scored, const RubricScore& rubric,
                   std::int64_t version, Time now) {
  JobScore out;
  out.user_id = user;
  out.job_id = scored.job_id;
  out.version = version;
  out.compatibility_score = scored.compatibility_score;
  out.confidence_score = scored.confidence_score;
  out.ai_reasoning = scored.reasoning;
  out.match_factors = scored.match_factors;
  out.mismatch_factors = scored.mismatch_factors;
  out.skills_match_score = to_points(rubric.skills.score);
  out.location_match_score = to_points(rubric.location.score);
  out.experience_match_score = to_points(rubric.experience.score);
  out.salary_match_score = to_points(rubric.salary.score);
  out.culture_match_score = scored.culture_match_score;
  out.created_at = now;
  return out;
}

}  // namespace jobraker::matching
