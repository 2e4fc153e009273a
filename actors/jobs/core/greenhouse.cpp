#include "actors/jobs/core/greenhouse.hpp"

#include <algorithm>

#include "actors/jobs/core/dates.hpp"
#include "actors/jobs/core/json_fields.hpp"
#include "actors/jobs/core/text.hpp"
#include "messages/json.hpp"

namespace jobraker {
namespace {

using fields::number;
using fields::scalar;

/// The offices' own places, for postings whose location says nothing or only "Remote".
std::string office_place(json::View job) {
  std::string best;
  job["offices"].each_element([&](json::View office) {
    if (auto place = office["location"].string(); place && place->size() > best.size())
      best = *place;
  });
  return best;
}

/// Pay ranges come in cents; a posting with several (one per place) has their span.
void read_pay(json::View ranges, RawSalary& salary) {
  ranges.each_element([&](json::View range) {
    auto low = number(range["min_cents"]), high = number(range["max_cents"]);
    auto currency = range["currency_type"].string_or("");
    if ((!low && !high) || (!salary.currency.empty() && currency != salary.currency))
      return;
    salary.currency = currency;
    if (low && (!salary.min || *low / 100 < *salary.min))
      salary.min = *low / 100;
    if (high && (!salary.max || *high / 100 > *salary.max))
      salary.max = *high / 100;
    auto words = text::lower(range["title"].string_or("") + " " + range["blurb"].string_or(""));
    if (text::has_word(words, "hour") || text::has_word(words, "hourly"))
      salary.period = PayPeriod::hour;
    else if (text::has_word(words, "month") || text::has_word(words, "monthly"))
      salary.period = PayPeriod::month;
  });
  // Without a word about it, what looks like an hourly wage is one and all else is a year's.
  if (salary.period == PayPeriod::unknown && (salary.min || salary.max))
    salary.period = salary.max.value_or(*salary.min) < 500 ? PayPeriod::hour : PayPeriod::year;
}

Result<RawPosting> posting_of(json::View job, const SourceInfo& source) {
  if (!job.is_object())
    return fail(Errc::invalid, "is not an object");
  auto id = scalar(job["id"]);
  if (id.empty())
    return fail(Errc::invalid, "has no id");
  RawPosting p;
  p.source = SourceKind::greenhouse;
  p.board = source.board;
  p.source_id = source.board + ":" + id;
  p.title = job["title"].string_or("");
  if (p.title.empty())
    return fail(Errc::invalid, "has no title");
  p.url = job["absolute_url"].string_or("");
  p.company = job["company_name"].string_or(source.company.empty() ? source.board : source.company);
  p.location = job["location"]["name"].string_or("");
  if (p.location.empty() || text::iequals(text::trim(p.location), "remote"))
    if (auto place = office_place(job); !place.empty())
      p.location = p.location.empty() ? place : "Remote - " + place;
  p.description = job["content"].string_or("");
  p.description_is_html = true;
  read_pay(job["pay_input_ranges"], p.salary);
  job["departments"].each_element([&](json::View department) {
    auto name = department["name"].string_or("");
    if (p.category.empty() && name != "No Department")
      p.category = name;
  });
  job["metadata"].each_element([&](json::View member) {
    auto name = text::lower(member["name"].string_or(""));
    auto value = scalar(member["value"]);
    if (name.find("employment") != name.npos || name.find("job type") != name.npos)
      p.contract_hints.push_back(value);
    else if (name.find("workplace") != name.npos || name.find("remote") != name.npos)
      p.workplace_hint = value == "true" ? "remote" : value;
  });
  p.posted_at = parse_date(job["first_published"].string_or(""));
  if (!p.posted_at)
    p.posted_at = parse_date(job["updated_at"].string_or(""));
  p.expires_at = parse_date(job["application_deadline"].string_or(""));
  return p;
}

}  // namespace

Result<std::string> greenhouse_url(std::string_view base_url, std::string_view token) {
  if (token.empty() || token.size() > 100)
    return fail(Errc::invalid, "a Greenhouse board token has 1 to 100 characters");
  for (char c : token)
    if (text::percent_encode({&c, 1}).size() > 1 || c == '.' || c == '~')
      return fail(Errc::invalid, "a Greenhouse board token is letters, digits, - and _");
  while (!base_url.empty() && base_url.back() == '/')
    base_url.remove_suffix(1);
  return std::string{base_url} + "/v1/boards/" + std::string{token} +
         "/jobs?content=true&pay_transparency=true";
}

Result<Listing> read_greenhouse(std::string_view body, const SourceInfo& source) {
  if (body.size() > source.bytes_max)
    return fail(Errc::too_large,
                "the board is longer than " + std::to_string(source.bytes_max) + " bytes");
  auto document = json::Document::parse(body);
  if (!document)
    return fail(Errc::malformed, "Greenhouse's answer is " + document.error().detail);
  auto root = document->root();
  auto jobs = root["jobs"];
  bool single = !jobs && root["id"] && root["absolute_url"];
  if (!jobs.is_array() && !single) {
    if (root["error"] || root["status"].integer() == 404)
      return fail(Errc::not_found, "Greenhouse knows no board '" + source.board + "'");
    return fail(Errc::malformed, "Greenhouse's answer has no list of jobs");
  }
  Listing listing;
  listing.total = root["meta"]["total"].integer();
  auto count = single ? std::size_t{1} : std::min(jobs.size(), source.items_max);
  for (std::size_t i = 0; i < count; ++i) {
    auto job = single ? root : jobs.at(i);
    // A prospect post collects people for later; there is no job to apply for.
    if (job["internal_job_id"].is_null())
      continue;
    auto posting = posting_of(job, source);
    if (posting) {
      listing.postings.push_back(std::move(*posting));
    } else {
      auto id = scalar(job["id"]);
      listing.problems.push_back(
        {source.name, id.empty() ? "#" + std::to_string(i + 1) : source.board + ":" + id,
         posting.error().detail});
    }
  }
  listing.complete = !single && count == jobs.size() &&
                     (!listing.total || *listing.total <= static_cast<std::int64_t>(count));
  return listing;
}

}  // namespace jobraker
