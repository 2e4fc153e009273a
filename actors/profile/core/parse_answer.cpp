#include "actors/profile/core/parse_answer.hpp"

#include "actors/profile/core/answer_reader.hpp"
#include "actors/profile/core/resume_dates.hpp"
#include "actors/profile/core/unicode.hpp"

namespace jobraker {
namespace {

struct Section {
  std::string_view name;
  bool list;
};
constexpr Section sections[] = {{"personal_info", false}, {"skills", true},
                                {"experience", true},     {"education", true},
                                {"preferences", false},   {"insights", false}};

/// The JSON object in an answer: the whole of it, what a ``` block holds, or what stands between
/// the first and the last brace.
Result<json::Document> object_in(std::string_view answer) {
  answer = trim(answer);
  auto first = answer.find('{'), last = answer.rfind('}');
  if (first == std::string_view::npos)
    return fail(Errc::upstream_failed, "the model answered prose instead of JSON");
  if (last == std::string_view::npos || last < first)
    return fail(Errc::upstream_failed, "the model's answer is cut short");
  if (auto whole = json::Document::parse(answer); whole && !whole->root().is_object())
    return fail(Errc::upstream_failed, "the model answered JSON that is no object");
  auto parsed = json::Document::parse(answer.substr(first, last - first + 1));
  if (!parsed)
    return fail(Errc::upstream_failed,
                "the model's answer is no valid JSON: " + parsed.error().detail);
  return parsed;
}

Done check_shape(json::View root) {
  std::size_t known = 0;
  for (const auto& section : sections) {
    auto node = root[section.name];
    if (!node || node.is_null())
      continue;
    if (section.list ? !node.is_array() : !node.is_object())
      return fail(Errc::upstream_failed,
                  "the model's answer breaks its schema: " + std::string{section.name} +
                    " must be " + (section.list ? "a list" : "an object"));
    ++known;
  }
  if (known == 0)
    return fail(Errc::upstream_failed, "the model's answer has none of the sections asked for");
  return {};
}

}  // namespace

Result<ParsedResume> parse_answer(std::string_view text, std::string_view answer, Time now) {
  auto document = object_in(answer);
  if (!document)
    return fail(std::move(document.error()));
  auto root = document->root();
  if (auto shape = check_shape(root); !shape)
    return fail(std::move(shape.error()));
  EvidenceIndex index(text);
  AnswerReader reader{index};
  auto this_month = month_of(now);
  read_personal(root, reader);
  read_skills(root, reader);
  read_experience(root, reader, this_month);
  read_education(root, reader, this_month / 12);
  read_preferences(root, reader);
  read_insights(root, reader);
  return std::move(reader.out);
}

}  // namespace jobraker
