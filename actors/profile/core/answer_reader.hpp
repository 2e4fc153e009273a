#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/profile/core/evidence.hpp"
#include "actors/profile/core/parse_answer.hpp"
#include "messages/fields.hpp"
#include "messages/json.hpp"

namespace jobraker {

/// The rules of the member named `name` of a described type.
template <class T>
FieldRules rules_of(std::string_view name) {
  FieldRules rules;
  std::apply([&](const auto&... f) { ((f.name == name ? void(rules = f.rules) : void()), ...); },
             T::fields());
  return rules;
}

/// What the parts of parse_answer share: the text, what was kept, what was dropped.
struct AnswerReader {
  const EvidenceIndex& index;
  ParsedResume out{};

  void drop(std::string pointer, std::string_view value, std::string reason);

  /// Where `evidence` is in the text; reports and answers nothing when it is not there.
  std::optional<Span> locate(const std::string& pointer, std::string_view value,
                             json::View evidence);

  /// The words at a span.
  std::string quote(Span span) const;

  /// The lines around a span, one more on each side: what a heading states is often on the next
  /// line.
  std::string_view neighbourhood(Span span) const;

  /// True when the words at `span` bear `value` out, or the lines around them have it word for
  /// word.
  bool borne_out(std::string_view value, Span span) const;

  /// `text` cut to the limit of a member, reported when that takes something away.
  std::string fit(const std::string& pointer, std::string_view text, std::size_t max_length);

  void remember(std::string pointer, Span span);
};

/// Each reads one section of the answer's root into `reader.out.profile`.
void read_personal(json::View root, AnswerReader& reader);
void read_skills(json::View root, AnswerReader& reader);
void read_education(json::View root, AnswerReader& reader, int this_year);
void read_preferences(json::View root, AnswerReader& reader);
void read_insights(json::View root, AnswerReader& reader);
/// Employments, and from them the years of experience and the career level.
void read_experience(json::View root, AnswerReader& reader, int this_month);

/// The level that a job title names by itself ("Senior …", "Head of …", "Intern"), if it does.
std::optional<Seniority> level_of_title(std::string_view title);

}  // namespace jobraker
