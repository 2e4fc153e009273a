#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "messages/job_commands.hpp"
#include "messages/result.hpp"

namespace jobraker {

/// Pay as a source states it: figures, or a sentence, or both (the figures then win).
struct RawSalary {
  std::optional<double> min{};
  std::optional<double> max{};
  std::string text{};      ///< e.g. `£45k–55k per annum`
  std::string currency{};  ///< ISO 4217 or a symbol; empty: whatever the text or the country says
  PayPeriod period = PayPeriod::unknown;
  bool predicted = false;  ///< the source's estimate, not the employer's word
};

/// What a source says about one posting, unchanged but for its wire format.
struct RawPosting {
  SourceKind source = SourceKind::employer;
  std::string source_id{};  ///< unique within `source`
  std::string board{};      ///< which listing of the source: country, feed address, board token
  std::string url{};
  std::string title{};
  std::string company{};
  std::string location{};           ///< free text
  std::vector<std::string> area{};  ///< structured place, coarse to fine (Adzuna); may be empty
  std::string country_hint{};  ///< ISO 3166-1 alpha-2 in any case; used when the place names none
  std::string description{};
  bool description_is_html = false;
  RawSalary salary{};
  Strings contract_hints{};      ///< the source's words: `full_time`, `Contract`, `FULL_TIME` …
  std::string workplace_hint{};  ///< `remote`, `hybrid`, `TELECOMMUTE` …
  std::string seniority_hint{};  ///< `Mid-Senior level` …
  std::optional<Time> posted_at{};
  std::optional<Time> expires_at{};
  std::string category{};
  Strings tags{};  ///< skills or keywords that the source lists
  std::string attribution{};
  std::optional<UserId> posted_by{};
};

/// Where a body came from, for the readers.
struct SourceInfo {
  std::string name{};          ///< of the search; goes into `ItemProblem::source`
  std::string board{};         ///< country code, feed address or board token
  std::string company{};       ///< the employer when the source does not name one per posting
  std::string content_type{};  ///< the HTTP header's value, for feeds' charset
  std::size_t bytes_max = 10u << 20;  ///< longer bodies are Errc::too_large
  std::size_t items_max = 5000;       ///< further items are not read, which makes it incomplete
};

/// What one body of a source holds.
struct Listing {
  std::vector<RawPosting> postings{};
  std::vector<ItemProblem> problems{};
  /// The whole board: a posting of it that is not here (nor in `problems`) is gone.
  bool complete = false;
  std::optional<std::int64_t> total{};  ///< postings that the source says there are
  std::optional<std::int64_t>
    next_skip{};           ///< Lever: `skip` of the next page, when there may be one
  bool next_page = false;  ///< Adzuna: a further page is worth a call
  std::optional<std::chrono::minutes> ttl{};  ///< how long a feed asks to be left alone
};

}  // namespace jobraker
