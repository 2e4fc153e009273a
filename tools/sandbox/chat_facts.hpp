#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/json.hpp"

namespace jobraker::sandbox {

/// A day and a time of day, as far as a text names them.
struct WhenFound {
  std::optional<std::chrono::sys_days> day;
  std::optional<int> minute;  ///< of the day
  /// `2026-12-01`, `2026-12-01T14:00:00Z` (ten o'clock when no time is named), `14:00`.
  std::string date() const;
  std::string date_time() const;
  std::string time() const;
};

/// Days such as 2026-12-01, "1 December", "December 1st 2026", "next Tuesday", "tomorrow"; times
/// such as 14:00, "2 pm", "at 10". `today` decides what the relative ones mean.
WhenFound find_when(std::string_view text, std::chrono::sys_days today);
/// The first date like 2026-11-21 in a text.
std::optional<std::chrono::sys_days> find_iso_date(std::string_view text);

/// What a request says about a function's arguments.
struct Facts {
  std::string text;  ///< the request
  std::string low;   ///< the same in lower case
  std::string company, title, place, query, job_id, currency;
  std::optional<bool> remote;
  std::optional<double> amount;  ///< pay
  bool amount_is_most = false;   ///< "at most 90000"
  std::optional<std::int64_t> count;
  std::optional<std::int64_t> score;           ///< "at least 80 percent", "a score of 75"
  std::optional<std::int64_t> per_day;         ///< "5 a day"
  std::optional<std::int64_t> days;            ///< "for 7 days", "for two weeks"
  std::optional<std::int64_t> within_days;     ///< "in the last 7 days", "this week"
  std::vector<std::string> without_companies;  ///< "except Acme"
  std::vector<std::string> skills;
  WhenFound when;
};

Facts find_facts(std::string_view text, std::chrono::sys_days today);

/// UUIDs in a text in order, each once; and what JSON members `id`, `job_id` and `jobId` hold.
std::vector<std::string> ids_in(std::string_view text);

/// The job that a request names: a UUID, "job 42", "#42"; empty when it names none.
std::string job_id_in(std::string_view text);

/// Arguments for a call as its schema names them, without regard to case and underscores
/// (`companyName`, `company_name` and `employer` are the company). Members that are not required
/// and that nothing is known of are left out.
std::string fill_arguments(json::View parameters, const Facts& facts);

}  // namespace jobraker::sandbox
