#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/json.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"

namespace jobraker::sandbox {

/// What an opening pays, in whole or broken units of its currency.
struct Pay {
  double min = 0;
  double max = 0;
  std::string currency;
  std::string interval = "year";  ///< or `hour`
  bool predicted = false;         ///< the source's estimate, not the employer's word
};

/// One made-up opening, as data/postings.jsonl describes it.
struct Posting {
  std::string key;
  std::string title, company, country, place, lang, team, category, category_label, level;
  std::string workplace;  ///< on_site, hybrid or remote
  std::string job_type;   ///< full_time, part_time or contract
  std::string board;      ///< the employer's token at Greenhouse or Lever; may be empty
  std::string intro;
  std::vector<std::string> area, skills, sources;
  std::vector<std::pair<std::string, std::vector<std::string>>> sections;
  std::optional<Pay> pay;
  std::optional<double> latitude, longitude;
  Time posted_at{};
  std::optional<Time> closes_at;

  bool in(std::string_view source) const;
  /// The whole text: introduction, headings, items.
  std::string plain() const;
  /// The same as HTML.
  std::string html() const;
  /// A stable number made of the key, in [low, low + range).
  std::uint64_t number(std::uint64_t low, std::uint64_t range) const;
  /// A stable UUID made of the key.
  std::string uuid() const;
};

using PostingPtr = std::shared_ptr<const Posting>;

/// Reads one posting; dates are `age_days` and `closes_in_days` relative to `now`.
/// Errc::invalid names the member that is missing.
Result<Posting> read_posting(json::View value, Time now);

/// All openings; tests add and remove some. Safe to use from several threads.
class PostingStore {
public:
  explicit PostingStore(Time now);

  /// What a source carries (`adzuna`, `rss`, `greenhouse`, `lever`), newest first.
  std::vector<PostingPtr> of(std::string_view source) const;
  std::vector<PostingPtr> all() const;
  /// Adds one, or replaces the one of the same key.
  void put(Posting posting);
  /// False when there is none of that key.
  bool remove(std::string_view key);
  /// Back to the bundled ones, with their first dates.
  void reset();
  /// Grows with each change.
  std::uint64_t version() const;

private:
  void load();
  const Time start_;
  mutable std::mutex mutex_;
  std::vector<PostingPtr> postings_;
  std::uint64_t version_ = 1;
};

}  // namespace jobraker::sandbox
