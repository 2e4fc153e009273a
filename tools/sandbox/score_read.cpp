#include <algorithm>
#include <cstdlib>

#include "messages/json.hpp"
#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/score_rules.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using json::View;

int level_number(std::string_view name) {
  static constexpr std::string_view names[] = {"unknown", "intern", "junior",   "mid",
                                               "senior",  "lead",   "executive"};
  for (int i = 0; i < 7; ++i)
    if (names[i] == name)
      return i;
  return 0;
}

int level_in(std::string_view title) {
  auto low = lower(title);
  auto any = [&](std::initializer_list<std::string_view> list) {
    return std::any_of(list.begin(), list.end(), [&](auto word) { return has_phrase(low, word); });
  };
  if (any({"intern", "trainee", "apprentice"}))
    return 1;
  if (any({"chief", "director", "vp", "cto", "ceo", "head of", "founder", "co-founder"}))
    return 6;
  if (any({"lead", "principal", "manager", "head"}))
    return 5;
  if (any({"senior", "sr", "charge"}))
    return 4;
  if (any({"junior", "jr", "graduate", "jungkoch"}))
    return 2;
  return 3;
}

/// "3+ years", "5 Jahre", "2 ans": the first number of years asked for.
std::optional<double> years_in(std::string_view text) {
  auto low = lower(text);
  for (std::string_view unit : {"years", "year", "jahre", "ans"}) {
    for (auto at = find_phrase(low, unit); at != std::string::npos;
         at = find_phrase(low, unit, at + 1)) {
      auto end = at;
      while (end > 0 && (low[end - 1] == ' ' || low[end - 1] == '+'))
        --end;
      auto begin = end;
      while (begin > 0 && is_digit(low[begin - 1]))
        --begin;
      if (begin < end && end - begin <= 2)
        return std::atof(low.substr(begin, end - begin).c_str());
    }
  }
  return std::nullopt;
}

void add_skill(std::set<std::string>& out, std::string_view name) {
  const auto* known = Lexicon::instance().by_name(name);
  if (known && known->category == "soft_skill")
    return;
  out.insert(lower(known ? known->name : std::string{trim(name)}));
}

void add_mentions(Judged& out, std::string_view text) {
  for (const auto& hit : Lexicon::instance().find(text))
    if (hit.skill->category != "soft_skill")
      out.mentioned.insert(lower(hit.skill->name));
  out.text_size += text.size();
}

void add_family(Judged& out, std::string_view title) {
  auto family = Lexicon::instance().family_of(title).family;
  if (!family.empty() &&
      std::find(out.families.begin(), out.families.end(), family) == out.families.end())
    out.families.emplace_back(family);
}

/// Numbers of a pay description: an object with min and max, or a text such as "GBP 50000-60000".
void read_pay(View value, Judged& out) {
  auto take = [&](double amount) {
    if (amount < 1000)
      return;
    if (!out.pay_min || amount < *out.pay_min)
      out.pay_min = amount;
    if (!out.pay_max || amount > *out.pay_max)
      out.pay_max = amount;
  };
  if (auto number = value.number())
    take(*number);
  value.each_member([&](std::string_view, View inner) {
    if (auto number = inner.number())
      take(*number);
  });
  if (auto text = value.string()) {
    std::string digits;
    for (std::size_t i = 0; i <= text->size(); ++i) {
      if (i < text->size() && is_digit((*text)[i]))
        digits += (*text)[i];
      else if (i + 1 < text->size() && (*text)[i] == ',' && is_digit((*text)[i + 1]))
        continue;
      else if (!digits.empty()) {
        take(std::atof(digits.c_str()));
        digits.clear();
      }
    }
  }
}

void add_place(Judged& out, std::string_view text) {
  auto low = lower(trim(text));
  if (low.empty() || low == "null" || low == "unknown")
    return;
  if (has_phrase(low, "remote") || has_phrase(low, "anywhere"))
    out.remote = true;
  out.places.push_back(std::move(low));
}

/// Strings below a value, whatever its shape.
void each_string(View value, const std::function<void(std::string_view)>& visit) {
  if (auto text = value.string())
    return visit(*text);
  value.each_element([&](View inner) { each_string(inner, visit); });
  value.each_member([&](std::string_view, View inner) { each_string(inner, visit); });
}

void walk(View value, std::string_view key, Judged& out) {
  auto is = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), key) != names.end();
  };
  if (is({"programming_languages", "frameworks_libraries", "tools_platforms", "skills",
          "technologies"}) &&
      !value.is_object()) {
    each_string(value, [&](std::string_view name) { add_skill(out.skills, name); });
  } else if (is({"soft_skills", "rubric", "education", "degrees", "institutions", "company",
                 "companies", "evidence"})) {
    if (!is({"rubric", "company", "companies", "institutions", "evidence"}))
      each_string(value, [&](std::string_view text) { add_mentions(out, text); });
  } else if (is({"job_titles", "title", "titles", "desired_roles", "roles"})) {
    each_string(value, [&](std::string_view title) {
      out.titles.emplace_back(title);
      add_family(out, title);
    });
  } else if (is({"years_of_experience", "years_required", "years"})) {
    if (auto years = value.number())
      out.years = *years;
  } else if (is({"career_level", "seniority", "level"})) {
    if (int level = level_number(value.string_or("")))
      out.level = level;
  } else if (is({"location", "locations", "preferred_locations", "city", "region", "country",
                 "place"})) {
    each_string(value, [&](std::string_view place) { add_place(out, place); });
  } else if (is({"workplace", "remote"})) {
    out.remote = out.remote || value.string_or("") == "remote" || value.boolean().value_or(false);
  } else if (is({"salary", "salary_min", "salary_max", "salary_range_min", "salary_range_max",
                 "pay"})) {
    read_pay(value, out);
  } else if (is({"job_type", "job_types"})) {
    each_string(value, [&](std::string_view type) { out.job_types.emplace_back(type); });
  } else if (value.is_object()) {
    value.each_member([&](std::string_view name, View inner) { walk(inner, name, out); });
  } else if (value.is_array()) {
    value.each_element(
      [&](View inner) { walk(inner, inner.is_string() ? key : std::string_view{}, out); });
  } else if (auto text = value.string(); text && text->size() > 3) {
    add_mentions(out, *text);
    if (!out.years && (key == "description" || key == "requirements"))
      out.years = years_in(*text);
  }
}

}  // namespace

std::string_view between(std::string_view text, std::string_view tag) {
  auto open = "<" + std::string{tag} + ">", close = "</" + std::string{tag} + ">";
  auto begin = text.find(open);
  if (begin == std::string_view::npos)
    return {};
  begin += open.size();
  auto end = text.rfind(close);
  return end == std::string_view::npos || end < begin ? text.substr(begin)
                                                      : text.substr(begin, end - begin);
}

Judged read_candidate(std::string_view json) {
  Judged out;
  auto document = json::Document::parse(trim(json));
  if (!document) {
    add_mentions(out, json);  // prose instead of JSON: read it as a text
    return out;
  }
  walk(document->root(), "", out);
  if (out.level == 0 && !out.titles.empty())
    out.level = level_in(out.titles.front());
  return out;
}

std::vector<JudgedJob> read_jobs(std::string_view json) {
  std::vector<JudgedJob> jobs;
  auto document = json::Document::parse(trim(json));
  if (!document)
    return jobs;
  auto root = document->root();
  auto list = root.is_array() ? root : root["jobs"];
  list.each_element([&](View job) {
    JudgedJob out;
    out.id = job["job_id"] ? job["job_id"].string_or("") : job["id"].string_or("");
    out.title = job["title"].string_or("");
    walk(job, "", out.facts);
    if (out.facts.level == 0 || out.facts.level == 3)
      out.facts.level = level_in(out.title);
    // A title says too little: the trade most of the asked skills belong to.
    jobs.push_back(std::move(out));
  });
  return jobs;
}

}  // namespace jobraker::sandbox
