#include "actors/workflows/core/prompts.hpp"

#include "actors/llm/core/fence.hpp"
#include "actors/profile/core/unicode.hpp"
#include "messages/json.hpp"

namespace jobraker::workflows {
namespace {

constexpr std::size_t posting_max = 12'000;  // bytes
constexpr std::size_t description_max = 4000;
constexpr std::size_t old_description_max = 600;
constexpr std::size_t employments_in_full = 8;
constexpr std::size_t answer_max = 20'000;
constexpr std::size_t faults_max = 40;

void write_list(json::Writer& w, std::string_view name, const Strings& list) {
  w.key(name).begin_array();
  for (const auto& item : list)
    w.value(std::string_view{item});
  w.end_array();
}

void write_employments(json::Writer& w, const CareerFacts& facts) {
  w.key("experience").begin_array();
  for (std::size_t i = 0; i < facts.employments.size(); ++i) {
    const auto& own = facts.employments[i];
    auto most = i < employments_in_full ? description_max : old_description_max;
    w.begin_object()
      .member("source", static_cast<std::int64_t>(i))
      .member("title", std::string_view{own.title})
      .member("company", std::string_view{own.company})
      .member("dates", std::string_view{own.dates ? own.dates->text : ""})
      .member("description", cut_bytes(own.description, most))
      .end_object();
  }
  w.end_array();
}

void write_education(json::Writer& w, const CareerFacts& facts) {
  w.key("education").begin_array();
  for (const auto& own : facts.education) {
    w.begin_object()
      .member("degree", std::string_view{own.degree})
      .member("institution", std::string_view{own.institution})
      .key("year");
    if (own.year)
      w.value(*own.year);
    else
      w.null();
    w.end_object();
  }
  w.end_array();
}

/// The profile as a résumé, numbered as `source` wants it.
std::string career_json(const CareerFacts& facts) {
  json::Writer w;
  w.begin_object();
  w.member("name", std::string_view{facts.person.full_name.value_or("")});
  w.member("summary", std::string_view{facts.summary});
  w.key("years_of_experience");
  if (facts.years)
    w.value(*facts.years);
  else
    w.null();
  write_employments(w, facts);
  write_education(w, facts);
  write_list(w, "skills", facts.skills);
  write_list(w, "coursework", facts.coursework);
  w.end_object();
  return w.text();
}

/// The name first, so that its placeholder is always the same.
std::string career_fence(chat::PersonalData& personal, const CareerFacts& facts,
                         std::string_view kind) {
  if (facts.person.full_name)
    (void)personal.hide(*facts.person.full_name);
  return llm::fenced("R1", kind, "", personal.hide_json(career_json(facts)));
}

std::string posting_fence(chat::PersonalData& personal, const Job& job) {
  auto text = "Title: " + job.title + "\nCompany: " + job.company;
  if (!job.location.empty())
    text += "\nLocation: " + job.location;
  text += "\n\n" + std::string{cut_bytes(job.description, posting_max)};
  // Many sources repeat the requirements inside the description.
  if (!job.requirements.empty() && job.description.find(job.requirements) == std::string::npos)
    text += "\n\nRequirements\n" + std::string{cut_bytes(job.requirements, posting_max / 2)};
  return "\n" + llm::fenced("J1", "job", "", personal.hide(text));
}

std::string json_fence(chat::PersonalData& personal, std::string_view id, std::string_view kind,
                       std::string_view json) {
  return json.empty() ? "" : "\n" + llm::fenced(id, kind, "", personal.hide_json(json));
}

}  // namespace

std::string posting_text(const Job& job) {
  return job.title + "\n" + job.location + "\n" + job.description + "\n" + job.requirements;
}

std::string analyze_prompt(chat::PersonalData& personal, const PromptMaterial& material) {
  return career_fence(personal, material.facts, "profile") + posting_fence(personal, material.job);
}

std::string resume_prompt(chat::PersonalData& personal, const PromptMaterial& material) {
  return career_fence(personal, material.facts, "resume") + posting_fence(personal, material.job) +
         json_fence(personal, "A1", "analysis", material.analysis);
}

std::string letter_prompt(chat::PersonalData& personal, const PromptMaterial& material) {
  return career_fence(personal, material.facts, "profile") + posting_fence(personal, material.job) +
         json_fence(personal, "A1", "analysis", material.analysis) +
         json_fence(personal, "T1", "tailored_resume", material.resume);
}

std::string repair_prompt(chat::PersonalData& personal, std::string_view answer,
                          const Violations& faults) {
  std::string list;
  for (std::size_t i = 0; i < faults.size() && i < faults_max; ++i)
    list += (i ? "\n" : "") + faults[i].pointer + ": " + faults[i].detail;
  return "\n" + llm::fenced("P1", "previous_answer", "", cut_bytes(answer, answer_max)) + "\n" +
         llm::fenced("F1", "faults", "", personal.hide(list)) +
         "\nYour previous answer was refused for these faults. Answer the whole again without "
         "them.";
}

}  // namespace jobraker::workflows
