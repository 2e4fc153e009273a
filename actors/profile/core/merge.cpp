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

/// True when `pointer` names the value at `place` or something inside it.
bool inside(std::string_view pointer, std::string_view place) {
  return pointer.starts_with(place) &&
         (pointer.size() == place.size() || pointer[place.size()] == '/');
}

void forget(std::vector<Evidence>& evidence, std::string_view place) {
  std::erase_if(evidence, [&](const Evidence& e) { return inside(e.pointer, place); });
}

/// Takes away the entries whose index `goes`.
template <class T, class Goes>
void erase_entries(std::vector<T>& list, Goes goes) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (!goes(i))
      std::swap(list[kept++], list[i]);
  list.resize(kept);
}

/// What an earlier résumé said of one section goes: what has evidence of its own.
template <class T>
void drop_read(const std::string& name, T& section, const std::set<std::string>& read) {
  std::apply(
    [&](const auto&... f) {
      auto one = [&](const auto& field) {
        auto& value = section.*field.member;
        auto place = name + "/" + std::string{field.name};
        if constexpr (json::detail::is_vector<std::decay_t<decltype(value)>>) {
          erase_entries(
            value, [&](std::size_t i) { return read.contains(place + "/" + std::to_string(i)); });
        } else if (read.contains(place)) {
          value.reset();
        }
      };
      (one(f), ...);
    },
    T::fields());
}

/// Employments are one list of three columns: what was read of any column takes its row along.
/// Answers whether there was such a row.
bool drop_read_rows(Experience& e, const std::set<std::string>& read) {
  std::vector<bool> was_read(
    std::max({e.job_titles.size(), e.companies.size(), e.experience_descriptions.size()}));
  for (std::size_t i = 0; i < was_read.size(); ++i)
    for (const char* column : {"job_titles/", "companies/", "experience_descriptions/"})
      if (read.contains("/experience/" + (column + std::to_string(i))))
        was_read[i] = true;
  for (auto* column : {&e.job_titles, &e.companies, &e.experience_descriptions})
    erase_entries(*column, [&](std::size_t i) { return was_read[i]; });
  return std::find(was_read.begin(), was_read.end(), true) != was_read.end();
}

/// What a section states takes the place of what is there.
template <class T>
void lay_over(T& section, const T& stated) {
  std::apply(
    [&](const auto&... f) {
      auto one = [&](const auto& field) {
        const auto& value = stated.*field.member;
        bool silent = false;
        if constexpr (json::detail::is_vector<std::decay_t<decltype(value)>>)
          silent = value.empty();
        else
          silent = !value;
        if (!silent)
          section.*field.member = value;
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
  std::set<std::string> read;
  for (const auto& e : current.evidence)
    read.insert(e.pointer);
  // Rows first: the columns' elements move when some go.
  if (drop_read_rows(p.experience, read)) {
    p.summary.years_of_experience.reset();
    p.summary.career_level.reset();
  }
  Experience industries{.industries = std::move(p.experience.industries)};
  drop_read("/experience", industries, read);
  p.experience.industries = std::move(industries.industries);
  drop_read("/personal_info", p.personal_info, read);
  drop_read("/summary", p.summary, read);
  drop_read("/skills", p.skills, read);
  drop_read("/education", p.education, read);
  auto currency = p.preferences.salary_currency;
  drop_read("/preferences", p.preferences, read);
  // An amount typed beside a currency that was read means that currency.
  if (p.preferences.salary_range_min || p.preferences.salary_range_max)
    p.preferences.salary_currency = currency;

  lay_over(p.personal_info, r.personal_info);
  lay_over(p.summary, r.summary);
  lay_over(p.skills, r.skills);
  lay_over(p.education, r.education);
  // Parts of one value are replaced together: rows of employments, and a salary.
  if (!r.experience.job_titles.empty()) {
    auto kept = std::move(p.experience.industries);
    p.experience = r.experience;
    p.experience.industries = std::move(kept);
  }
  if (!r.experience.industries.empty())
    p.experience.industries = r.experience.industries;
  if (r.preferences.salary_range_min || r.preferences.salary_range_max) {
    p.preferences.salary_range_min = r.preferences.salary_range_min;
    p.preferences.salary_range_max = r.preferences.salary_range_max;
    p.preferences.salary_currency = r.preferences.salary_currency;
  }
  lay_over(p.preferences, r.preferences);
  p.ai_insights = r.ai_insights;
  // Nothing is left that the old text bears out.
  p.evidence = r.evidence;
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
