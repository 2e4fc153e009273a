#include <algorithm>
#include <set>

#include "actors/profile/core/answer_reader.hpp"
#include "actors/profile/core/contact.hpp"
#include "actors/profile/core/unicode.hpp"
#include "actors/skills/skills.hpp"

namespace jobraker {
namespace {

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

/// Every amount of money or number in a text: 70,000 and 70.000 and 70 000 and 70k.
std::set<std::int64_t> amounts_in(std::string_view text) {
  std::set<std::int64_t> amounts;
  auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  for (std::size_t i = 0; i < text.size();) {
    if (!digit(i)) {
      ++i;
      continue;
    }
    std::int64_t value = 0, fraction = 0;
    std::size_t length = 0, grouped = 0;
    bool decimal = false;
    while (digit(i) ||
           (i < text.size() &&
            (text[i] == ',' || text[i] == '.' || text[i] == '\'' || text[i] == ' ') &&
            digit(i + 1) && digit(i + 2) && digit(i + 3) && !digit(i + 4) && length > 0)) {
      if (digit(i) && ++length <= 15)
        value = value * 10 + (text[i] - '0');
      grouped += digit(i) ? 0 : 1;
      ++i;
    }
    if (grouped == 0 && i + 1 < text.size() && text[i] == '.' && digit(i + 1)) {
      decimal = true;
      fraction = text[i + 1] - '0';
      i += 2;
    }
    auto rest = fold(text.substr(i, 6));
    auto scale = rest.starts_with("k")   ? 1000
                 : rest.starts_with("m") ? 1'000'000
                 : rest.starts_with("lpa") || rest.starts_with(" lpa") ||
                     rest.starts_with(" lak") || rest.starts_with("lak")
                   ? 100'000
                   : 1;
    amounts.insert(value * scale + (decimal ? fraction * scale / 10 : 0));
    // "60-70k": the thousand belongs to both.
    amounts.insert(value * 1000);
  }
  return amounts;
}

/// One {value, evidence} object into an optional text.
void read_text(AnswerReader& r, json::View node, const std::string& from, const std::string& to,
               std::size_t max_length, std::optional<std::string>& target) {
  auto value = node["value"].string();
  if (!value || trim(*value).empty())
    return;
  auto span = r.locate(from, *value, node["evidence"]);
  if (!span)
    return;
  if (!r.borne_out(*value, *span))
    return r.drop(from, *value, "its evidence does not say so");
  target = r.fit(from, *value, max_length);
  r.remember(to, *span);
}

/// A list of {value, evidence} objects into distinct texts.
void read_list(AnswerReader& r, json::View list, const std::string& from, const std::string& to,
               const FieldRules& rules, Strings& target) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto pointer = from + "/" + std::to_string(i);
    std::optional<std::string> one;
    if (target.size() >= rules.max_items)
      return r.drop(pointer, "", "more than " + std::to_string(rules.max_items) + " entries");
    auto before = r.out.profile.evidence.size();
    read_text(r, list.at(i), pointer, to + "/" + std::to_string(target.size()), rules.max_length,
              one);
    if (one && seen.insert(fold(*one)).second)
      target.push_back(std::move(*one));
    else
      r.out.profile.evidence.resize(before);
  }
}

}  // namespace

void read_personal(json::View root, AnswerReader& r) {
  auto node = root["personal_info"];
  auto& p = r.out.profile.personal_info;
  auto text = [&](const char* name, std::optional<std::string>& target) {
    auto at = std::string{"/personal_info/"} + name;
    read_text(r, node[name], at, at, rules_of<PersonalInfo>(name).max_length, target);
  };
  text("full_name", p.full_name);
  text("email", p.email);
  text("location", p.location);
  text("work_authorization", p.work_authorization);
  auto forget = [&](std::string_view pointer) {
    std::erase_if(r.out.profile.evidence, [&](const Evidence& e) { return e.pointer == pointer; });
  };
  if (p.email && !is_email(*p.email)) {
    r.drop("/personal_info/email", *p.email, "is no e-mail address");
    p.email.reset();
    forget("/personal_info/email");
  }
  // A number may be set out anew, but its digits must be those of the text.
  if (auto value = node["phone"]["value"].string(); value && !trim(*value).empty()) {
    const std::string at = "/personal_info/phone";
    auto span = r.locate(at, *value, node["phone"]["evidence"]);
    auto wanted = digits_of(*value);
    if (span && !is_phone(trim(*value)))
      r.drop(at, *value, "is no telephone number");
    else if (span &&
             (wanted.empty() || digits_of(r.quote(*span)).find(wanted) == std::string::npos))
      r.drop(at, *value, "its evidence does not say so");
    else if (span) {
      p.phone = r.fit(at, *value, rules_of<PersonalInfo>("phone").max_length);
      r.remember(at, *span);
    }
  }
  auto summary = root["professional_summary"];
  read_text(r, summary, "/professional_summary", "/summary/professional_summary",
            rules_of<ProfileSummary>("professional_summary").max_length,
            r.out.profile.summary.professional_summary);
}

void read_skills(json::View root, AnswerReader& r) {
  auto& s = r.out.profile.skills;
  struct List {
    Strings& values;
    const char* name;
  } lists[] = {{s.programming_languages, "programming_languages"},
               {s.frameworks_libraries, "frameworks_libraries"},
               {s.tools_platforms, "tools_platforms"},
               {s.soft_skills, "soft_skills"}};
  auto list = root["skills"];
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto node = list.at(i);
    auto pointer = "/skills/" + std::to_string(i);
    auto name = trim(node["name"].string().value_or(""));
    if (name.empty())
      continue;
    auto span = r.locate(pointer, name, node["evidence"]);
    if (!span)
      continue;
    auto known = canonical(name);
    auto words = r.quote(*span);
    bool supported = r.borne_out(name, *span);
    if (!supported && known) {
      auto whole = canonical(words);
      auto named = skills_in(words);
      supported =
        (whole && *whole == *known) || std::find(named.begin(), named.end(), *known) != named.end();
    }
    if (!supported) {
      r.drop(pointer, name, "its evidence does not say so");
      continue;
    }
    // The table knows better than the model where a skill belongs.
    auto category = known ? known->category
                          : enum_from<SkillCategory>(node["category"].string_or(""))
                              .value_or(SkillCategory::tool_platform);
    auto& target = lists[static_cast<std::size_t>(category)];
    if (!seen.insert(skill_key(name)).second)
      continue;
    auto rules = rules_of<Skills>(target.name);
    if (target.values.size() >= rules.max_items) {
      r.drop(pointer, name, "more than " + std::to_string(rules.max_items) + " entries");
      continue;
    }
    r.remember(std::string{"/skills/"} + target.name + "/" + std::to_string(target.values.size()),
               *span);
    target.values.push_back(r.fit(pointer, known ? known->name : name, rules.max_length));
  }
}

void read_education(json::View root, AnswerReader& r, int this_year) {
  auto& e = r.out.profile.education;
  auto rules = rules_of<Education>("degrees");
  auto list = root["education"];
  std::set<std::string> courses;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto node = list.at(i);
    auto pointer = "/education/" + std::to_string(i);
    auto title = node["degree"].string_or(node["institution"].string_or(""));
    auto span = r.locate(pointer, title, node["evidence"]);
    if (!span)
      continue;
    auto keep = [&](const char* member, const char* to, Strings& target) {
      auto value = trim(node[member].string().value_or(""));
      if (value.empty())
        return;
      auto from = pointer + "/" + member;
      if (!r.borne_out(value, *span))
        return r.drop(from, value, "its evidence does not say so");
      if (target.size() >= rules.max_items)
        return r.drop(from, value, "more than " + std::to_string(rules.max_items) + " entries");
      r.remember(std::string{"/education/"} + to + "/" + std::to_string(target.size()), *span);
      target.push_back(r.fit(from, value, rules.max_length));
    };
    keep("degree", "degrees", e.degrees);
    keep("institution", "institutions", e.institutions);
    if (auto year = node["graduation_year"].integer()) {
      auto from = pointer + "/graduation_year";
      auto digits = std::to_string(*year);
      if (*year < 1930 || *year > this_year + 8)
        r.drop(from, digits, "is no plausible year");
      else if (!r.borne_out(digits, *span))
        r.drop(from, digits, "its evidence does not say so");
      else if (e.graduation_years.size() < rules.max_items) {
        r.remember("/education/graduation_years/" + std::to_string(e.graduation_years.size()),
                   *span);
        e.graduation_years.push_back(static_cast<int>(*year));
      }
    }
    auto coursework = node["coursework"];
    for (std::size_t k = 0; k < coursework.size(); ++k) {
      auto course = trim(coursework.at(k).string().value_or(""));
      auto from = pointer + "/coursework/" + std::to_string(k);
      auto there = r.index.find(course);
      if (!there && !course.empty())
        r.drop(from, course, "is not in the text");
      if (!there || e.relevant_coursework.size() >= rules.max_items ||
          !courses.insert(fold(course)).second)
        continue;
      r.remember("/education/relevant_coursework/" + std::to_string(e.relevant_coursework.size()),
                 *there);
      e.relevant_coursework.push_back(r.fit(from, course, rules.max_length));
    }
  }
}

void read_preferences(json::View root, AnswerReader& r) {
  auto node = root["preferences"];
  auto& p = r.out.profile.preferences;
  read_list(r, node["desired_roles"], "/preferences/desired_roles", "/preferences/desired_roles",
            rules_of<Preferences>("desired_roles"), p.desired_roles);
  read_list(r, node["preferred_locations"], "/preferences/preferred_locations",
            "/preferences/preferred_locations", rules_of<Preferences>("preferred_locations"),
            p.preferred_locations);
  // "Full-time", "full time" and "Vollzeit": the words differ, so the stem must be there.
  struct Sign {
    JobType type;
    std::string_view stem;
  };
  static constexpr Sign signs[] = {{JobType::full_time, "full"},
                                   {JobType::full_time, "vollzeit"},
                                   {JobType::full_time, "permanent"},
                                   {JobType::full_time, "temps plein"},
                                   {JobType::part_time, "part"},
                                   {JobType::part_time, "teilzeit"},
                                   {JobType::part_time, "temps partiel"},
                                   {JobType::contract, "contract"},
                                   {JobType::contract, "b2b"},
                                   {JobType::temporary, "tempor"},
                                   {JobType::temporary, "seasonal"},
                                   {JobType::temporary, "befrist"},
                                   {JobType::internship, "intern"},
                                   {JobType::internship, "praktik"},
                                   {JobType::internship, "stage"},
                                   {JobType::freelance, "freelanc"},
                                   {JobType::freelance, "self-employ"},
                                   {JobType::freelance, "consultan"}};
  auto types = node["job_types"];
  for (std::size_t i = 0; i < types.size(); ++i) {
    auto value = types.at(i)["value"].string_or("");
    auto pointer = "/preferences/job_types/" + std::to_string(i);
    auto type = enum_from<JobType>(value);
    auto span = r.locate(pointer, value, types.at(i)["evidence"]);
    if (!span)
      continue;
    auto words = fold(r.quote(*span));
    bool said = type && std::any_of(std::begin(signs), std::end(signs), [&](const Sign& s) {
                  return s.type == *type && words.find(s.stem) != std::string::npos;
                });
    if (!said)
      r.drop(pointer, value, "its evidence does not say so");
    else if (std::find(p.job_types.begin(), p.job_types.end(), *type) == p.job_types.end()) {
      r.remember("/preferences/job_types/" + std::to_string(p.job_types.size()), *span);
      p.job_types.push_back(*type);
    }
  }
  if (auto size = node["company_size"]; size.is_object()) {
    auto value = size["value"].string_or("");
    auto type = enum_from<CompanySize>(value);
    if (auto span = r.locate("/preferences/company_size", value, size["evidence"])) {
      auto words = fold(r.quote(*span));
      auto stem = value == "startup" ? std::string{"start"} : value;
      if (type && words.find(stem) != std::string::npos) {
        p.company_size_preference = type;
        r.remember("/preferences/company_size_preference", *span);
      } else {
        r.drop("/preferences/company_size", value, "its evidence does not say so");
      }
    }
  }
  auto salary = node["salary"];
  if (!salary.is_object())
    return;
  auto span = r.locate("/preferences/salary", salary.dump(), salary["evidence"]);
  if (!span)
    return;
  auto words = r.quote(*span);
  auto said = amounts_in(words);
  auto amount = [&](const char* member) -> std::optional<std::int64_t> {
    auto value = salary[member].integer();
    if (!value)
      return std::nullopt;
    auto from = std::string{"/preferences/salary/"} + member;
    if (*value < 0 || *value > 100'000'000 || !said.contains(*value)) {
      r.drop(from, std::to_string(*value), "its evidence does not say so");
      return std::nullopt;
    }
    r.remember(std::string{"/preferences/salary_range_"} + member, *span);
    return value;
  };
  p.salary_range_min = amount("min");
  p.salary_range_max = amount("max");
  if (p.salary_range_min && p.salary_range_max && *p.salary_range_min > *p.salary_range_max)
    std::swap(p.salary_range_min, p.salary_range_max);
  if (auto currency = salary["currency"].string();
      currency && (p.salary_range_min || p.salary_range_max)) {
    if (is_currency(*currency) && names_currency(words, *currency)) {
      p.salary_currency = std::string{*currency};
      r.remember("/preferences/salary_currency", *span);
    } else {
      r.drop("/preferences/salary/currency", *currency, "its evidence does not say so");
    }
  }
}

void read_insights(json::View root, AnswerReader& r) {
  auto node = root["insights"];
  auto& ai = r.out.profile.ai_insights;
  auto text = [&](const char* from, const char* to, std::optional<std::string>& target) {
    auto value = trim(node[from].string().value_or(""));
    if (!value.empty())
      target = r.fit(std::string{"/insights/"} + from, value, rules_of<AiInsights>(to).max_length);
  };
  auto list = [&](const char* from, const char* to, Strings& target) {
    auto rules = rules_of<AiInsights>(to);
    node[from].each_element([&](json::View item) {
      auto value = trim(item.string().value_or(""));
      if (!value.empty() && target.size() < rules.max_items)
        target.push_back(r.fit(std::string{"/insights/"} + from, value, rules.max_length));
    });
  };
  text("profile_summary", "ai_profile_summary", ai.ai_profile_summary);
  text("career_advice", "ai_career_advice", ai.ai_career_advice);
  list("strengths", "ai_strengths", ai.ai_strengths);
  list("improvement_areas", "ai_improvement_areas", ai.ai_improvement_areas);
}

}  // namespace jobraker
