#include <algorithm>

#include "tools/sandbox/chat_words.hpp"
#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/shape_facts.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using json::View;
using List = std::vector<std::string>;

constexpr std::size_t bullets_max = 6;

std::optional<std::string> text_in(View object, std::string_view name) {
  auto text = object[name].string_or("");
  return text.empty() ? std::nullopt : std::optional{text};
}

/// How many of the posting's skills a text names.
std::size_t named_in(std::string_view text, const PostingFacts& posting) {
  std::size_t count = 0;
  for (const auto& hit : Lexicon::instance().find(text))
    count += static_cast<std::size_t>(
      std::count(posting.skills.begin(), posting.skills.end(), hit.skill->name));
  return count;
}

/// The lines of a description in their own words, those that name what is asked for first.
List bullets_of(std::string_view description, const PostingFacts& posting) {
  List lines;
  for (auto line : split(description, '\n'))
    lines.emplace_back(line);
  std::stable_sort(lines.begin(), lines.end(), [&](const auto& a, const auto& b) {
    return named_in(a, posting) > named_in(b, posting);
  });
  lines.resize(std::min(lines.size(), bullets_max));
  return lines;
}

void write_list(json::Writer& out, std::string_view name, const List& items) {
  out.key(name).begin_array();
  for (const auto& item : items)
    out.value(std::string_view{item});
  out.end_array();
}

bool asked_for(const std::string& skill, const PostingFacts& posting) {
  auto same = [&](const auto& one) { return lower(one) == lower(skill); };
  return std::any_of(posting.skills.begin(), posting.skills.end(), same);
}

void write_experience(json::Writer& out, View resume, const PostingFacts& posting) {
  out.key("experience").begin_array();
  resume["experience"].each_element([&](View post) {
    out.begin_object()
      .member("source", post["source"].integer().value_or(0))
      .member("title", std::string_view{post["title"].string_or("")})
      .member("company", std::string_view{post["company"].string_or("")})
      .member("dates", std::string_view{post["dates"].string_or("")});
    write_list(out, "bullets", bullets_of(post["description"].string_or(""), posting));
    out.end_object();
  });
  out.end_array();
}

}  // namespace

std::optional<ReadResume> resume_in_json(std::string_view text) {
  auto document = json::Document::parse(trim(text));
  if (!document || !document->root()["experience"].is_array())
    return std::nullopt;
  auto root = document->root();
  ReadResume out;
  root["experience"].each_element([&](View post) {
    ReadEmployment job;
    job.title = post["title"].string_or("");
    job.company = text_in(post, "company");
    job.start = text_in(post, "dates");
    job.description = text_in(post, "description");
    out.experience.push_back(std::move(job));
  });
  root["education"].each_element([&](View entry) {
    out.education.push_back({text_in(entry, "degree"), text_in(entry, "institution"), {}, {}, ""});
  });
  root["skills"].each_element([&](View skill) {
    auto name = skill.string_or("");
    const auto* known = Lexicon::instance().by_name(name);
    out.skills.push_back({name, known ? known->category : "tool_platform", name});
  });
  if (auto summary = text_in(root, "summary"))
    out.professional_summary = Sourced{*summary, *summary};
  return out;
}

void write_tailored_resume(json::Writer& out, std::string_view resume_text,
                           const PostingFacts& posting) {
  auto document = json::Document::parse(trim(resume_text));
  auto resume = document ? document->root() : View{};
  List first, rest, missing;
  resume["skills"].each_element([&](View skill) {
    auto name = skill.string_or("");
    (asked_for(name, posting) ? first : rest).push_back(name);
  });
  for (const auto& skill : posting.skills)
    if (std::none_of(first.begin(), first.end(),
                     [&](const auto& have) { return lower(have) == lower(skill); }) &&
        !has_phrase(lower(resume_text), lower(skill)))
      missing.push_back(skill);
  out.member("headline", std::string_view{resume["experience"].at(0)["title"].string_or("")});
  std::string summary;
  std::size_t taken = 0;
  for (const auto& sentence : sentences(resume["summary"].string_or("")))
    if (taken++ < 3)
      summary += (summary.empty() ? "" : " ") + sentence;
  out.member("summary", std::string_view{summary});
  write_experience(out, resume, posting);
  out.key("education");
  if (resume["education"].is_array())
    out.raw(resume["education"].dump());
  else
    out.begin_array().end_array();
  write_list(out, "keywords_used", first);
  write_list(out, "not_supported", missing);
  first.insert(first.end(), rest.begin(), rest.end());
  write_list(out, "skills", first);
}

std::string with_invented_employer(std::string content) {
  constexpr std::string_view stranger = "Globex Dynamics";
  auto insert = [&](std::string_view behind, const std::string& words) {
    if (auto at = content.find(behind); at != std::string::npos)
      content.insert(at + behind.size(), words);
  };
  insert("\"bullets\":[", "\"Led the migration at " + std::string{stranger} + "\",");
  insert("\"letter\":\"", "At " + std::string{stranger} + " I led the migration. ");
  if (auto empty = content.find("\",]"); empty != std::string::npos)
    content.erase(empty + 1, 1);  // there was no other bullet
  return content;
}

}  // namespace jobraker::sandbox
