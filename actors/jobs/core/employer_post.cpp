#include "actors/jobs/core/employer_post.hpp"

#include <algorithm>

#include "actors/jobs/core/adzuna.hpp"
#include "actors/jobs/core/greenhouse.hpp"
#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/lever.hpp"
#include "actors/jobs/core/place.hpp"
#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

bool http_address(std::string_view url) {
  auto lowered = text::lower(url.substr(0, 8));
  auto host = lowered.starts_with("https://")  ? url.substr(8)
              : lowered.starts_with("http://") ? url.substr(7)
                                               : std::string_view{};
  return !host.empty() && host.front() != '/' && url.find_first_of(" \t\r\n\"<>") == url.npos;
}

Done answer(std::vector<FieldProblem> problems) {
  if (problems.empty())
    return {};
  auto detail = problems.front().pointer + " " + problems.front().detail;
  return fail(Error{Errc::invalid, std::move(detail), std::move(problems), {}});
}

}  // namespace

RawPosting raw_of(const PostJob& post, UserId user) {
  RawPosting raw;
  raw.source = SourceKind::employer;
  raw.posted_by = user;
  raw.board = to_string(user);
  raw.title = post.title;
  raw.company = post.company;
  raw.location = post.location.value_or("");
  raw.country_hint = post.country.value_or("");
  raw.description = post.description;
  raw.url = post.url.value_or("");
  raw.salary.min = post.salary_min;
  raw.salary.max = post.salary_max;
  raw.salary.currency = post.salary_currency.value_or("");
  raw.salary.period = post.salary_period.value_or(PayPeriod::year);
  if (post.job_type)
    raw.contract_hints.emplace_back(name_of(*post.job_type));
  if (post.workplace && *post.workplace != Workplace::unknown)
    raw.workplace_hint = name_of(*post.workplace);
  raw.tags = post.skills;
  raw.expires_at = post.expires_at;
  auto same = to_string(user) + "\n" + post.title + "\n" + post.company + "\n" + raw.location +
              "\n" + raw.url;
  raw.source_id = to_string(uuid_of(same));
  return raw;
}

Done check(const PostJob& post, Time now) {
  std::vector<FieldProblem> problems;
  auto add = [&](std::string pointer, std::string detail) {
    problems.push_back({std::move(pointer), std::move(detail)});
  };
  if (html_to_line(post.title).empty())
    add("/title", "must not be blank");
  if (html_to_line(post.company).empty())
    add("/company", "must not be blank");
  if (html_to_text(post.description, false).empty())
    add("/description", "must not be blank");
  if (post.salary_min && post.salary_max && *post.salary_min > *post.salary_max)
    add("/salary_max", "must not be less than salary_min");
  if ((post.salary_min || post.salary_max) && !post.salary_currency)
    add("/salary_currency", "is required with a salary");
  if (post.salary_currency) {
    const auto& c = *post.salary_currency;
    if (!std::all_of(c.begin(), c.end(), [](char x) { return x >= 'A' && x <= 'Z'; }))
      add("/salary_currency", "must be an ISO 4217 code such as EUR");
  }
  if (post.country && country_code(*post.country).empty())
    add("/country", "must be an ISO 3166-1 alpha-2 code such as DE");
  if (post.url && !http_address(*post.url))
    add("/url", "must be an http or https address");
  if (post.expires_at && *post.expires_at <= now)
    add("/expires_at", "must be in the future");
  return answer(std::move(problems));
}

Done check(const CreateSearch& search) {
  std::vector<FieldProblem> problems;
  auto add = [&](std::string pointer, std::string detail) {
    problems.push_back({std::move(pointer), std::move(detail)});
  };
  switch (search.kind) {
  case SearchKind::adzuna: {
    if (text::trim(search.query).empty())
      add("/query", "is required for an adzuna search");
    auto served = adzuna_countries();
    if (std::find(served.begin(), served.end(), search.country) == served.end())
      add("/country",
          "must be one of the countries that Adzuna serves, in lower case (gb, us, de …)");
    break;
  }
  case SearchKind::feed:
    if (!http_address(search.url))
      add("/url", "must be an http or https address for a feed");
    break;
  case SearchKind::greenhouse:
    if (auto url = greenhouse_url("", search.board); !url)
      add("/board", url.error().detail);
    break;
  case SearchKind::lever:
    if (auto url = lever_url("", search.board, 0); !url)
      add("/board", url.error().detail);
    break;
  }
  return answer(std::move(problems));
}

}  // namespace jobraker
