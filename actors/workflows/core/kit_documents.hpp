#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/fields.hpp"
#include "messages/profile.hpp"
#include "messages/result.hpp"

/// What the model writes for a kit, as the schemas in config/prompts/ say.
namespace jobraker::workflows {

/// One employment, as the optimised résumé shows it.
struct KitEmployment {
  static constexpr auto type_name = "KitEmployment";
  int source = 0;  ///< which employment of the profile it is, 0 the newest
  std::string title{};
  std::string company{};
  std::string dates{};  ///< as the résumé states them, empty where it states none
  Strings bullets{};

  static constexpr auto fields() {
    return std::tuple{
      field("source", &KitEmployment::source, {.min = 0, .max = 59}),
      field("title", &KitEmployment::title, {.max_length = 300}),
      field("company", &KitEmployment::company, {.max_length = 300}),
      field("dates", &KitEmployment::dates, {.max_length = 100}),
      field("bullets", &KitEmployment::bullets, {.max_length = 1000, .max_items = 20})};
  }
};

/// One entry of the education.
struct KitEducation {
  static constexpr auto type_name = "KitEducation";
  std::string degree{};
  std::string institution{};
  std::optional<int> year{};

  static constexpr auto fields() {
    return std::tuple{field("degree", &KitEducation::degree, {.max_length = 400}),
                      field("institution", &KitEducation::institution, {.max_length = 400}),
                      field("year", &KitEducation::year)};
  }
};

/// The optimised résumé.
struct KitResume {
  static constexpr auto type_name = "KitResume";
  std::string headline{};  ///< one of the person's titles, or empty
  std::string summary{};
  std::vector<KitEmployment> experience{};
  std::vector<KitEducation> education{};
  Strings skills{};         ///< the most wanted first
  Strings keywords_used{};  ///< terms of the posting that it brings in
  Strings not_supported{};  ///< what the posting asks for and the profile does not show

  static constexpr auto fields() {
    return std::tuple{
      field("headline", &KitResume::headline, {.max_length = 300}),
      field("summary", &KitResume::summary, {.max_length = 2000}),
      field("experience", &KitResume::experience, {.max_items = 60}),
      field("education", &KitResume::education, {.max_items = 40}),
      field("skills", &KitResume::skills, {.max_length = 200, .max_items = 120}),
      field("keywords_used", &KitResume::keywords_used, {.max_length = 300, .max_items = 100}),
      field("not_supported", &KitResume::not_supported, {.max_length = 1000, .max_items = 100})};
  }
};

/// A claim of the letter and the words of the profile that support it.
struct KitPoint {
  static constexpr auto type_name = "KitPoint";
  std::string claim{};
  std::string support{};

  static constexpr auto fields() {
    return std::tuple{field("claim", &KitPoint::claim),
                      field("support", &KitPoint::support, {.max_length = 4000})};
  }
};

/// The letter.
struct KitLetter {
  static constexpr auto type_name = "KitLetter";
  std::string subject{};
  std::string letter{};
  std::vector<KitPoint> points{};

  static constexpr auto fields() {
    return std::tuple{field("subject", &KitLetter::subject, {.max_length = 300}),
                      field("letter", &KitLetter::letter, {.max_length = 8000, .min_length = 1}),
                      field("points", &KitLetter::points, {.max_items = 40})};
  }
};

/// Reads a model's answer (placeholders put back already). Errc::upstream_failed when it is not of
/// the schema.
Result<KitResume> read_resume_answer(std::string_view json);
Result<KitLetter> read_letter_answer(std::string_view json);

/// An answer about a posting, as it came if it is of the schema; Errc::upstream_failed otherwise.
Result<std::string> read_analysis_answer(std::string_view json);

}  // namespace jobraker::workflows
