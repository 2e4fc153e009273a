#include <algorithm>

#include "messages/json.hpp"
#include "tools/sandbox/chat_words.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using json::View;

/// Names that say what a thing is called, the best first.
constexpr std::string_view title_names[] = {"title",     "job_title", "jobTitle",   "name", "skill",
                                            "starts_at", "start",     "suggestion", "text"};
constexpr std::string_view company_names[] = {"company", "company_name", "companyName", "employer"};

std::string scalar(View value) {
  if (auto text = value.string())
    return std::string{*text};
  return value.is_object() || value.is_array() || !value || value.is_null() ? std::string{}
                                                                            : value.dump();
}

template <std::size_t N>
std::string first_of(View item, const std::string_view (&names)[N]) {
  for (auto name : names)
    if (auto text = scalar(item[name]); !text.empty())
      return text;
  return {};
}

/// A thing of a list in a few words: "Welder at Odra Stal (Leeds, remote)".
std::string label_of(View item) {
  if (!item.is_object())
    return scalar(item);
  // {"job":{…},"score":…}: the thing is inside.
  if (first_of(item, title_names).empty())
    for (auto inner : {"job", "posting", "application", "interview"})
      if (item[inner].is_object())
        return label_of(item[inner]);
  auto out = first_of(item, title_names);
  if (auto company = first_of(item, company_names); !company.empty())
    out += (out.empty() ? "" : " at ") + company;
  std::string more;
  for (auto name : {"location", "status", "state"})
    if (auto text = scalar(item[name]); !text.empty())
      more += (more.empty() ? "" : ", ") + text;
  return more.empty() || out.empty() ? out : out + " (" + more + ")";
}

std::string spaced(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (i > 0 && is_upper(name, i) && !is_upper(name, i - 1))
      out += ' ';
    out += name[i] == '_' ? ' ' : name[i];
  }
  return lower(out);
}

void add_facts(View object, std::string& out, int& count, int depth) {
  object.each_member([&](std::string_view key, View value) {
    if (count >= 8)
      return;
    if (value.is_object() && depth < 2)
      return add_facts(value, out, count, depth + 1);
    auto text = std::string{cut(scalar(value), 200)};
    if (text.empty() || key == "id" || key.ends_with("_id"))
      return;
    ++count;
    out += (out.empty() ? "" : ", ") + spaced(key) + " " + text;
  });
}

/// The longest list in the answer, where there is one at the top or one below it.
View list_in(View root) {
  View found = root.is_array() ? root : View{};
  root.each_member([&](std::string_view, View value) {
    if (value.is_array() && (!found || value.size() > found.size()))
      found = value;
  });
  return found;
}

std::string error_in(View root) {
  auto error = root["error"];
  if (!error || error.is_null() || (error.boolean() && !*error.boolean()))
    return {};
  auto detail = scalar(root["detail"]);
  if (detail.empty())
    detail = scalar(error["message"]);
  return detail.empty() ? scalar(error) : detail;
}

std::string described(const ToolResult& result) {
  auto subject = result.name.empty() ? std::string{"The lookup"} : result.name;
  auto document = json::Document::parse(trim(result.text));
  if (!document)
    return subject + " says: " + std::string{cut(squeeze(result.text), 300)};
  auto root = document->root();
  if (auto error = error_in(root); !error.empty())
    return subject + " could not be done: " + error + (error.ends_with('.') ? "" : ".");
  auto list = list_in(root);
  if (list && (root.is_array() || list.size() > 0 || root.size() <= 3)) {
    if (list.size() == 0)
      return subject + " found nothing.";
    auto out = subject + " found " + std::to_string(list.size()) +
               (list.size() == 1 ? " result" : " results");
    std::string names;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, list.size()); ++i)
      if (auto label = label_of(list.at(i)); !label.empty())
        names += (names.empty() ? ": " : "; ") + std::string{cut(label, 160)};
    if (!names.empty())
      return out + names + ".";
  }
  if (!root.is_object())
    return subject + " says: " + root.dump();
  std::string facts;
  int count = 0;
  add_facts(root, facts, count, 0);
  return facts.empty() ? subject + " is done." : subject + " gives: " + facts + ".";
}

}  // namespace

std::string summarise_results(const std::vector<ToolResult>& results) {
  std::string out;
  for (const auto& result : results)
    out += (out.empty() ? "" : " ") + described(result);
  return out;
}

}  // namespace jobraker::sandbox
