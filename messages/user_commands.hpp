#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/fields.hpp"
#include "messages/ids.hpp"

namespace jobraker {

/// JSON that an actor keeps ready, shared by everybody who asks, and the version for its ETag.
struct Rendered {
  static constexpr auto type_name = "Rendered";
  std::shared_ptr<const std::string> json{};
  std::int64_t version = 0;
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks for the profile.
struct GetProfile {
  static constexpr auto type_name = "GetProfile";
  static constexpr auto fields() { return std::tuple{}; }
};

/// The permission of an effect (storage/effects), to be settled in the transaction that does it.
struct EffectPass {
  std::string kind{};
  std::array<std::uint8_t, 32> key{};
  std::int64_t fence = 0;
  std::string outcome{};  ///< JSON, what whoever asks again is told
};

/// Merges sections into the profile; answered with the profile once it is committed.
struct UpdateProfile {
  static constexpr auto type_name = "UpdateProfile";
  std::string patch{};                                     ///< JSON: any of the profile's sections
  std::optional<std::vector<std::int64_t>> if_versions{};  ///< refuse unless it has one of these
  std::optional<EffectPass> effect{};  ///< settled together with the change; conflict when stale
  static constexpr auto fields() { return std::tuple{}; }
};

/// Hands in a résumé: a document's bytes, or plain text. Answered with the task that reads it.
struct SubmitResume {
  static constexpr auto type_name = "SubmitResume";
  TaskId task{};
  std::string file_name{};
  std::string content_type{};
  std::shared_ptr<const std::string> bytes{};
  bool plain_text = false;
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks for stored matches, best first.
struct GetMatches {
  static constexpr auto type_name = "GetMatches";
  std::int64_t limit = 20;
  std::int64_t skip = 0;
  double min_score = 0;
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks for a scoring run. Answered with the task of the run: a new one, or the one that runs.
struct ScoreJobs {
  static constexpr auto type_name = "ScoreJobs";
  std::optional<std::int64_t> job_limit{};
  std::optional<std::int64_t> days_back{};
  static constexpr auto fields() {
    return std::tuple{field("job_limit", &ScoreJobs::job_limit, {.min = 1, .max = 1000}),
                      field("days_back", &ScoreJobs::days_back, {.min = 1, .max = 3650})};
  }
};

/// INTERNAL: new scores of this user are committed; what is cached of the matches is stale.
struct MatchesChanged {
  static constexpr auto type_name = "MatchesChanged";
  static constexpr auto fields() { return std::tuple{}; }
};

}  // namespace jobraker
