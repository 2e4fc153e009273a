#include "tools/sandbox/shape_facts.hpp"

#include <algorithm>
#include <cstdlib>

#include "tools/sandbox/chat_words.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using json::Writer;
using List = std::vector<std::string>;

void text(Writer& out, std::initializer_list<std::string_view> names, std::string_view value) {
  for (auto name : names) {
    if (value.empty())
      out.key(name).null();
    else
      out.member(name, value);
  }
}

void list(Writer& out, std::initializer_list<std::string_view> names, const List& items) {
  for (auto name : names) {
    out.key(name).begin_array();
    for (const auto& item : items)
      out.value(std::string_view{item});
    out.end_array();
  }
}

/// A list of objects that all have the item under several names.
void pairs(Writer& out, std::string_view name, const List& items,
           std::initializer_list<std::string_view> members) {
  out.key(name).begin_array();
  for (const auto& item : items) {
    out.begin_object();
    for (auto member : members)
      out.member(member, std::string_view{item});
    out.end_object();
  }
  out.end_array();
}

std::string first_sentences(std::string_view from, std::size_t count) {
  std::string out;
  for (const auto& sentence : sentences(from))
    if (sentence.size() > 20 && count > 0) {
      out += (out.empty() ? "" : " ") + sentence;
      --count;
    }
  return out;
}

/// The items with "Nice to have:" in front, or those without.
List requirements(const PostingFacts& posting, bool nice) {
  List out;
  constexpr std::string_view mark = "Nice to have: ";
  for (const auto& item : posting.requirements)
    if (item.starts_with(mark) == nice)
      out.push_back(nice ? item.substr(mark.size()) : item);
  return out;
}

/// Members about pay, in the names that postings use.
void write_pay(Writer& out, const PostingFacts& posting) {
  for (auto [names, value] : {std::pair{std::array{"salary_min", "min_salary"}, posting.pay_min},
                              std::pair{std::array{"salary_max", "max_salary"}, posting.pay_max}})
    for (auto name : names) {
      if (value)
        out.member(name, *value);
      else
        out.key(name).null();
    }
  text(out, {"salary_currency", "currency"}, posting.currency);
  text(out, {"salary_period"}, posting.pay_min ? "year" : "");
}

void write_posting(Writer& out, const PostingFacts& posting) {
  text(out, {"title", "job_title"}, posting.title);
  text(out, {"company", "company_name", "employer"}, posting.company);
  text(out, {"location", "city"}, posting.location);
  text(out, {"country", "url", "expires_at", "department", "education", "industry"}, "");
  text(out, {"job_type", "employment_type"}, posting.job_type);
  out.member("seniority", std::string_view{posting.seniority});
  out.member("workplace", !posting.remote ? "unknown" : *posting.remote ? "remote" : "on_site");
  out.member("remote", posting.remote.value_or(false));
  out.key("years_required");
  if (posting.years)
    out.value(*posting.years);
  else
    out.null();
  write_pay(out, posting);
  list(out, {"requirements", "qualifications"}, posting.requirements);
  list(out, {"responsibilities", "duties"}, posting.responsibilities);
  list(out, {"benefits"}, posting.benefits);
  list(out, {"skills", "skills_required", "technologies", "keywords"}, posting.skills);
  list(out, {"skills_preferred", "languages"}, {});
  pairs(out, "must_have", requirements(posting, false), {"requirement", "evidence", "text"});
  pairs(out, "nice_to_have", requirements(posting, true), {"requirement", "evidence", "text"});
  List open;
  if (!posting.pay_min)
    open.push_back("What is the pay?");
  if (posting.location.empty())
    open.push_back("Where is the work done?");
  open.push_back("Who would I report to?");
  list(out, {"unclear"}, open);
  list(out, {"warning_signs"}, {});
}

void write_resume(Writer& out, const ResumeCheck& check) {
  out.member("score", check.score);
  out.key("improvements").begin_array();
  for (const auto& finding : check.findings) {
    out.begin_object()
      .member("section", std::string_view{finding.section})
      .member("problem", std::string_view{finding.issue})
      .member("issue", std::string_view{finding.issue})
      .member("suggestion", std::string_view{finding.suggestion});
    out.member("example", "For example: [verb] [what] by [number] in [year].")
      .member("severity", std::string_view{finding.severity})
      .member("text", std::string_view{finding.suggestion})
      .end_object();
  }
  out.end_array();
  list(out, {"strengths"}, check.strengths);
  list(out, {"keywords_missing", "missing_keywords", "not_supported"}, check.keywords);
  out.member("structure", check.findings.empty() ? "It is easy to read."
                                                 : "Newest post first, one line of title, employer "
                                                   "and dates each, then what came of it.");
}

/// The skills both texts name.
List shared_skills(const PostingFacts& posting, const ReadResume& resume) {
  List out;
  for (const auto& skill : posting.skills)
    if (std::any_of(resume.skills.begin(), resume.skills.end(),
                    [&](const auto& have) { return lower(have.name) == lower(skill); }))
      out.push_back(skill);
  return out;
}

void write_application(Writer& out, const PostingFacts& posting, const ReadResume& resume,
                       std::string_view profile) {
  auto meets = shared_skills(posting, resume);
  List missing;
  for (const auto& skill : posting.skills)
    if (std::find(meets.begin(), meets.end(), skill) == meets.end())
      missing.push_back(skill);
  auto title = posting.title.empty() ? std::string{"the post"} : posting.title;
  auto latest = resume.experience.empty() ? std::string{} : resume.experience.front().title;
  std::string letter = "Dear hiring team,\n\nI apply for " + title +
                       (posting.company.empty() ? "" : " at " + posting.company) + ".";
  if (!latest.empty())
    letter += " My latest post is " + latest + ".";
  for (const auto& skill : meets)
    letter += " You ask for " + skill + ", which I have used.";
  for (std::size_t i = 0; i < std::min<std::size_t>(2, posting.responsibilities.size()); ++i)
    letter += "\n\nYour posting says: \"" + posting.responsibilities[i] +
              "\" That is what I would like to do.";
  letter += "\n\nI would be glad to talk about it.\n\nKind regards,\n" +
            std::string{profile.find("[NAME_1]") != std::string_view::npos ? "[NAME_1]" : ""};
  text(out, {"subject"}, "Application for " + title);
  text(out, {"letter", "body", "cover_letter"}, letter);
  out.key("points").begin_array();
  for (const auto& skill : meets)
    out.begin_object()
      .member("claim", std::string_view{"I have used " + skill + "."})
      .member("support", std::string_view{skill})
      .end_object();
  out.end_array();
  list(out, {"keywords_used"}, meets);
  out.key("changes").begin_array();
  for (const auto& post : resume.experience)
    if (post.description && !meets.empty())
      out.begin_object()
        .member("section", "experience")
        .member("original", std::string_view{*post.description})
        .member("rewritten", std::string_view{first_sentences(*post.description, 2).empty()
                                                ? *post.description
                                                : first_sentences(*post.description, 2)})
        .member("reason", std::string_view{"The posting asks for " + meets.front() + "."})
        .end_object();
  out.end_array();
  out.key("fit");
  if (profile.empty())
    return void(out.null());
  out.begin_object();
  list(out, {"meets"}, meets);
  list(out, {"missing"}, missing);
  out
    .member("advice", missing.empty() ? "Name what you have in the words of the posting."
                                      : "Say openly what you would still have to learn.")
    .end_object();
}

void write_company(Writer& out, const Reading& reading, const std::string& all) {
  std::string name = material_of(reading, {"company", "name"});
  if (name.empty() && !reading.material.empty())
    name = reading.material.front().title;
  name = cut(name.substr(0, name.find('\n')), 120);
  text(out, {"name"}, name);
  text(out, {"customers", "employees"}, "");
  out.key("founded_year").null();
  if (auto at = lower(all).find("founded in "); at != std::string::npos)
    if (auto year = std::atoi(all.substr(at + 11, 4).c_str()); year > 1700)
      out.key("founded_year").value(year);
  list(out, {"products", "values", "locations", "assumptions"}, {});
  out.key("facts").begin_array();
  for (const auto& source : reading.material)
    if (auto statement = first_sentences(source.text, 1); !statement.empty())
      out.begin_object()
        .member("statement", std::string_view{statement})
        .member("source", std::string_view{source.id})
        .end_object();
  out.end_array();
}

void write_notes(Writer& out, std::string_view notes, const PostingFacts& posting) {
  out.key("ratings").begin_array();
  for (const auto& skill : posting.skills)
    for (const auto& sentence : sentences(notes))
      if (has_phrase(lower(sentence), lower(skill))) {
        bool weak = has_phrase(lower(sentence), "not") || has_phrase(lower(sentence), "no");
        out.begin_object()
          .member("requirement", std::string_view{skill})
          .member("rating", weak ? 2 : 4)
          .member("observation", std::string_view{sentence})
          .end_object();
        break;
      }
  out.end_array();
  list(out, {"concerns", "unsupported"}, {});
  text(out, {"for_candidate"}, "Thank you for the conversation. " + first_sentences(notes, 2));
  pairs(out, "for_team", {"What was not spoken of"}, {"open_point", "question"});
}

}  // namespace

std::string material_of(const Reading& reading, std::initializer_list<std::string_view> kinds) {
  std::string out;
  for (const auto& fenced : reading.material)
    if (std::find(kinds.begin(), kinds.end(), fenced.kind) != kinds.end())
      out += (out.empty() ? "" : "\n\n") + fenced.text;
  return out;
}

std::string shape_facts(std::string_view operation, json::View schema, const Reading& reading) {
  auto own = reading.picture.empty() ? reading.question : reading.picture;
  auto posting_text = material_of(reading, {"job", "posting"});
  auto resume_text = material_of(reading, {"resume", "profile", "cv", "candidate"});
  bool about_resume = operation == "resume_feedback" || schema["properties"]["keywords_missing"];
  std::string all;
  for (const auto& fenced : reading.material)
    all += fenced.text + "\n";
  if (all.empty())
    all = own;
  auto posting =
    read_posting_text(posting_text.empty() ? (resume_text.empty() ? own : "") : posting_text);
  if (about_resume && resume_text.empty())
    resume_text = own;
  Writer out;
  out.begin_object();
  if (operation == "mock_interview" || schema["properties"]["next_question"]) {
    write_interview(out, reading);
  } else if (operation == "optimize_resume" ||
             (schema["properties"]["not_supported"] && schema["properties"]["experience"])) {
    write_tailored_resume(out, resume_text, posting);
  } else if (about_resume) {
    auto role = material_of(reading, {"role", "target"});
    auto check = check_resume(resume_text, posting_text + "\n" + role);
    write_resume(out, check);
    text(out, {"summary"},
         check.findings.empty() ? "Your résumé reads well."
                                : "The first thing to do: " + check.findings.front().suggestion);
  } else {
    auto profile = resume_in_json(resume_text);
    auto resume = profile ? std::move(*profile) : read_resume(resume_text);
    write_posting(out, posting);
    write_application(out, posting, resume, resume_text);
    write_company(out, reading, all);
    write_notes(out,
                material_of(reading, {"notes", "note"}).empty()
                  ? all
                  : material_of(reading, {"notes", "note"}),
                posting);
    list(out, {"strengths", "key_points"}, resume.insights.strengths);
    list(out, {"not_supported"}, check_resume(resume_text, posting_text).keywords);
    auto description =
      operation == "parse_job" || operation == "parse_posting" || schema["properties"]["salary_min"]
        ? posting.description
        : first_sentences(all, 4);
    text(out, {"description"}, description);
    text(out, {"summary"}, summary_of(all, 60));
    out.member("score", 50).member("confidence", 0.5);
    out.key("job_templates").begin_array().begin_object();
    text(out, {"title"}, posting.title.empty() ? "Member of the team" : posting.title);
    out.member("seniority", "mid");
    text(out, {"summary"}, first_sentences(all, 1));
    list(out, {"responsibilities"}, posting.responsibilities);
    list(out, {"must_have"}, posting.skills);
    list(out, {"nice_to_have"}, {});
    out.end_object().end_array();
  }
  out.end_object();
  return out.text();
}

}  // namespace jobraker::sandbox
