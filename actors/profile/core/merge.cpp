#include "actors/profile/core/merge.hpp"

#include <algorithm>
#include <set>

#include "actors/profile/core/contact.hpp"
#include "actors/profile/core/evidence.hpp"
#include "actors/profile/core/unicode.hpp"
#include "actors/skills/skills.hpp"
#include "messages/codec.hpp"

namespace jobraker {
namespace {

template <class T>
bool is_blank(const std::optional<T>& value) {
  return !value;
}
template <class T>
bool is_blank(const std::vector<T>& value) {
  return value.empty();
}

/// True when `pointer` names the value at `place` or something inside it.
bool inside(std::string_view pointer, std::string_view place) {
  return pointer.starts_with(place) &&
         (pointer.size() == place.size() || pointer[place.size()] == '/');
}

void forget(std::vector<Evidence>& evidence, std::string_view place) {
  std::erase_if(evidence, [&](const Evidence& e) { return inside(e.pointer, place); });
}

template <class T>
void replace(const std::string& place, T& value, const T& stated, Profile& profile,
             const std::vector<Evidence>& news) {
  value = stated;
  forget(profile.evidence, place);
  for (const auto& e : news)
    if (inside(e.pointer, place))
      profile.evidence.push_back(e);
}

template <class T>
void merge_section(const std::string& name, T& section, const T& stated, Profile& profile,
                   const std::vector<Evidence>& news) {
  std::apply(
    [&](const auto&... f) {
      auto one = [&](const auto& field) {
        if (!is_blank(stated.*field.member))
          replace(name + "/" + std::string{field.name}, section.*field.member, stated.*field.member,
                  profile, news);
      };
      (one(f), ...);
    },
    T::fields());
}

/// Evidence of what an update changed goes; that of list entries that stayed in place stays.
template <class T>
void forget_changed(const std::string& name, const T& before, const T& after,
                    std::vector<Evidence>& evidence) {
  std::apply(
    [&](const auto&... f) {
      auto one = [&](const auto& field) {
        const auto& was = before.*field.member;
        const auto& is = after.*field.member;
        auto place = name + "/" + std::string{field.name};
        if constexpr (json::detail::is_vector<std::decay_t<decltype(was)>>) {
          for (std::size_t i = 0; i < was.size(); ++i)
            if (i >= is.size() || was[i] != is[i])
              forget(evidence, place + "/" + std::to_string(i));
        } else if (was != is) {
          forget(evidence, place);
        }
      };
      (one(f), ...);
    },
    T::fields());
}

/// Reads one section of an update over what is there.
template <class T>
void read_section(std::string_view name, json::View patch, T& section,
                  json::detail::Problems& problems) {
  auto node = patch[name];
  if (!node)
    return;
  if (node.is_null()) {
    section = T{};
    return;
  }
  problems.path = "/" + std::string{name};
  if (!node.is_object()) {
    problems.add("must be an object or null");
    problems.path.clear();
    return;
  }
  std::apply(
    [&](const auto&... f) {
      const std::string_view names[] = {f.name...};
      node.each_member([&](std::string_view key, json::View) {
        if (std::find(std::begin(names), std::end(names), key) == std::end(names))
          json::detail::unknown_member(problems, key, names, std::size(names));
      });
      auto one = [&](const auto& field) {
        auto value = node[field.name];
        if (!value)
          return;
        using V = typename std::decay_t<decltype(field)>::value_type;
        V fresh{};
        auto length = problems.path.size();
        problems.path.append("/").append(field.name);
        if (!value.is_null())
          json::detail::read(value, fresh, field.rules, problems);
        problems.path.resize(length);
        section.*field.member = std::move(fresh);
      };
      (one(f), ...);
    },
    T::fields());
  problems.path.clear();
}

/// The rules that no single field can state.
class Checker {
public:
  explicit Checker(std::vector<FieldProblem>& problems) : problems_(problems) {}

  void add(std::string pointer, std::string detail) {
    problems_.push_back({std::move(pointer), std::move(detail)});
  }

  void text(const std::string& pointer, std::optional<std::string>& value) {
    if (!value)
      return;
    value = std::string{trim(*value)};
    if (value->empty())
      add(pointer, "must not be empty; null clears it");
  }

  /// Entries trimmed, none empty, none twice.
  template <class Key>
  void distinct(const std::string& pointer, Strings& values, Key key) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = std::string{trim(values[i])};
      auto at = pointer + "/" + std::to_string(i);
      if (values[i].empty())
        add(at, "must not be empty");
      else if (!seen.insert(key(values[i])).second)
        add(at, "is in the list twice");
    }
  }

  void profile(Profile& p) {
    text("/personal_info/full_name", p.personal_info.full_name);
    text("/personal_info/email", p.personal_info.email);
    text("/personal_info/phone", p.personal_info.phone);
    text("/personal_info/location", p.personal_info.location);
    text("/personal_info/work_authorization", p.personal_info.work_authorization);
    if (auto& email = p.personal_info.email; email && !email->empty() && !is_email(*email))
      add("/personal_info/email", "is no e-mail address");
    if (auto& phone = p.personal_info.phone; phone && !phone->empty() && !is_phone(*phone))
      add("/personal_info/phone", "is no telephone number");
    text("/summary/professional_summary", p.summary.professional_summary);
    distinct("/skills/programming_languages", p.skills.programming_languages, skill_key);
    distinct("/skills/frameworks_libraries", p.skills.frameworks_libraries, skill_key);
    distinct("/skills/tools_platforms", p.skills.tools_platforms, skill_key);
    distinct("/skills/soft_skills", p.skills.soft_skills, skill_key);
    distinct("/experience/industries", p.experience.industries, fold);
    distinct("/education/relevant_coursework", p.education.relevant_coursework, fold);
    distinct("/preferences/desired_roles", p.preferences.desired_roles, fold);
    distinct("/preferences/preferred_locations", p.preferences.preferred_locations, fold);
    parallel(p.experience);
    preferences(p.preferences);
  }

private:
  void parallel(Experience& e) {
    auto n = e.job_titles.size();
    for (std::size_t i = 0; i < n; ++i)
      if (trim(e.job_titles[i]).empty())
        add("/experience/job_titles/" + std::to_string(i), "must not be empty");
    auto one = [&](const char* name, Strings& list) {
      if (list.size() > n)
        add(std::string{"/experience/"} + name,
            "has " + std::to_string(list.size()) + " entries for " + std::to_string(n) +
              " job titles; entries of the same place belong together");
      else
        list.resize(n);
    };
    one("companies", e.companies);
    one("experience_descriptions", e.experience_descriptions);
  }

  void preferences(Preferences& p) {
    if (p.salary_range_min && p.salary_range_max && *p.salary_range_min > *p.salary_range_max)
      add("/preferences/salary_range_min", "is above salary_range_max");
    if (p.salary_currency && !is_currency(*p.salary_currency))
      add("/preferences/salary_currency", "must be three capital letters (ISO 4217), such as EUR");
    for (std::size_t i = 0; i < p.job_types.size(); ++i)
      if (std::find(p.job_types.begin(), p.job_types.begin() + static_cast<std::ptrdiff_t>(i),
                    p.job_types[i]) != p.job_types.begin() + static_cast<std::ptrdiff_t>(i))
        add("/preferences/job_types/" + std::to_string(i), "is in the list twice");
  }

  std::vector<FieldProblem>& problems_;
};

constexpr std::string_view section_names[] = {
  "personal_info", "summary", "skills", "experience", "education", "preferences", "ai_insights"};

}  // namespace

Profile merge(const Profile& current, const ParsedResume& resume, Time now) {
  Profile p = current;
  const auto& r = resume.profile;
  const auto& news = r.evidence;
  merge_section("/personal_info", p.personal_info, r.personal_info, p, news);
  merge_section("/summary", p.summary, r.summary, p, news);
  merge_section("/skills", p.skills, r.skills, p, news);
  merge_section("/education", p.education, r.education, p, news);
  merge_section("/ai_insights", p.ai_insights, r.ai_insights, p, news);
  // Employments are one list of three columns, and a salary one value of three parts.
  if (!r.experience.job_titles.empty()) {
    replace("/experience/job_titles", p.experience.job_titles, r.experience.job_titles, p, news);
    replace("/experience/companies", p.experience.companies, r.experience.companies, p, news);
    replace("/experience/experience_descriptions", p.experience.experience_descriptions,
            r.experience.experience_descriptions, p, news);
  }
  if (!r.experience.industries.empty())
    replace("/experience/industries", p.experience.industries, r.experience.industries, p, news);
  auto stated = r.preferences;
  if (stated.salary_range_min || stated.salary_range_max) {
    replace("/preferences/salary_range_min", p.preferences.salary_range_min,
            stated.salary_range_min, p, news);
    replace("/preferences/salary_range_max", p.preferences.salary_range_max,
            stated.salary_range_max, p, news);
    replace("/preferences/salary_currency", p.preferences.salary_currency, stated.salary_currency,
            p, news);
  }
  merge_section("/preferences", p.preferences, stated, p, news);
  p.version = current.version + 1;
  p.updated_at = now;
  if (p.created_at == Time{})
    p.created_at = now;
  p.last_resume_upload = now;
  return p;
}

Result<Profile> apply_update(const Profile& current, json::View patch, Time now) {
  if (!patch.is_object())
    return fail(Errc::invalid, "the body must be an object");
  json::detail::Problems problems{json::Unknown::reject};
  patch.each_member([&](std::string_view key, json::View) {
    if (std::find(std::begin(section_names), std::end(section_names), key) ==
        std::end(section_names))
      json::detail::unknown_member(problems, key, section_names, std::size(section_names));
  });
  Profile p = current;
  read_section("personal_info", patch, p.personal_info, problems);
  read_section("summary", patch, p.summary, problems);
  read_section("skills", patch, p.skills, problems);
  read_section("experience", patch, p.experience, problems);
  read_section("education", patch, p.education, problems);
  read_section("preferences", patch, p.preferences, problems);
  read_section("ai_insights", patch, p.ai_insights, problems);
  if (problems.list.empty())
    Checker{problems.list}.profile(p);
  if (!problems.list.empty()) {
    const auto& first = problems.list.front();
    auto detail = first.pointer + " " + first.detail;
    return fail(Error{Errc::invalid, std::move(detail), std::move(problems.list), {}});
  }
  forget_changed("/personal_info", current.personal_info, p.personal_info, p.evidence);
  forget_changed("/summary", current.summary, p.summary, p.evidence);
  forget_changed("/skills", current.skills, p.skills, p.evidence);
  forget_changed("/experience", current.experience, p.experience, p.evidence);
  forget_changed("/education", current.education, p.education, p.evidence);
  forget_changed("/preferences", current.preferences, p.preferences, p.evidence);
  bool same = p.personal_info == current.personal_info && p.summary == current.summary &&
              p.skills == current.skills && p.experience == current.experience &&
              p.education == current.education && p.preferences == current.preferences &&
              p.ai_insights == current.ai_insights;
  if (same)
    return current;
  p.version = current.version + 1;
  p.updated_at = now;
  if (p.created_at == Time{})
    p.created_at = now;
  return p;
}

}  // namespace jobraker
