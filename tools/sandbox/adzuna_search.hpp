#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http/message.hpp"
#include "tools/sandbox/postings.hpp"

/// Adzuna's search parameters over the bundled postings.
namespace jobraker::sandbox {

/// A query parameter without blanks at its ends; empty when it is missing.
std::string adzuna_parameter(const net::Request& request, std::string_view name);
/// The same as a whole number, or `otherwise`.
std::int64_t adzuna_number(const net::Request& request, std::string_view name,
                           std::int64_t otherwise);

/// Every posting of a country that the request's parameters let through, in the order asked for:
/// `what*`, `title_only`, `where`, `distance`, `location1…7`, `max_days_old`, `salary_*`,
/// contract forms, `category`, `company`, `sort_by`, `sort_dir`.
std::vector<PostingPtr> adzuna_results(const PostingStore& postings, const net::Request& request,
                                       std::string_view country, Time at);

/// Yearly pay, as Adzuna shows it.
std::optional<std::pair<double, double>> yearly_pay(const Posting& posting);

/// The first level of a location's `area`.
std::string_view adzuna_country_name(std::string_view code);

}  // namespace jobraker::sandbox
