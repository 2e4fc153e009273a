#include "actors/jobs/core/adzuna.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "actors/jobs/core/dates.hpp"
#include "actors/jobs/core/json_fields.hpp"
#include "actors/jobs/core/text.hpp"
#include "messages/json.hpp"

namespace jobraker {
namespace {

struct Market {
  std::string_view country;
  std::string_view currency;
};

constexpr std::array<std::string_view, 19> countries{"gb", "us", "at", "au", "be", "br", "ca",
                                                     "ch", "de", "es", "fr", "in", "it", "mx",
                                                     "nl", "nz", "pl", "sg", "za"};
constexpr Market markets[] = {
  {"gb", "GBP"}, {"us", "USD"}, {"at", "EUR"}, {"au", "AUD"}, {"be", "EUR"},
  {"br", "BRL"}, {"ca", "CAD"}, {"ch", "CHF"}, {"de", "EUR"}, {"es", "EUR"},
  {"fr", "EUR"}, {"in", "INR"}, {"it", "EUR"}, {"mx", "MXN"}, {"nl", "EUR"},
  {"nz", "NZD"}, {"pl", "PLN"}, {"sg", "SGD"}, {"za", "ZAR"},
};

using fields::number;
using fields::scalar;

Result<RawPosting> posting_of(json::View ad, const SourceInfo& source) {
  if (!ad.is_object())
    return fail(Errc::invalid, "is not an object");
  RawPosting p;
  p.source = SourceKind::adzuna;
  p.board = source.board;
  auto id = scalar(ad["id"]);
  if (id.empty())
    return fail(Errc::invalid, "has no id");
  p.source_id = source.board + ":" + id;
  p.title = ad["title"].string_or("");
  p.description = ad["description"].string_or("");
  p.description_is_html = true;  // <strong> and entities occur
  p.url = ad["redirect_url"].string_or("");
  p.company = ad["company"]["display_name"].string_or("");
  p.location = ad["location"]["display_name"].string_or("");
  ad["location"]["area"].each_element([&](json::View part) {
    if (auto name = part.string(); name && p.area.size() < 8)
      p.area.emplace_back(*name);
  });
  p.country_hint = source.board;
  p.salary.min = number(ad["salary_min"]);
  p.salary.max = number(ad["salary_max"]);
  p.salary.currency = adzuna_currency(source.board);
  p.salary.period = PayPeriod::year;
  auto predicted = scalar(ad["salary_is_predicted"]);
  p.salary.predicted = predicted == "1" || predicted == "true";
  for (auto name : {"contract_time", "contract_type"})
    if (auto hint = ad[name].string(); hint && !hint->empty())
      p.contract_hints.emplace_back(*hint);
  p.category = ad["category"]["label"].string_or("");
  p.posted_at = parse_date(ad["created"].string_or(""));
  p.attribution = "Jobs by Adzuna";
  if (p.title.empty())
    return fail(Errc::invalid, "has no title");
  return p;
}

}  // namespace

std::span<const std::string_view> adzuna_countries() { return countries; }

std::string_view adzuna_currency(std::string_view country) {
  for (const auto& market : markets)
    if (market.country == country)
      return market.currency;
  return {};
}

Result<std::string> adzuna_search_url(std::string_view base_url, const AdzunaQuery& query,
                                      std::string_view app_id, std::string_view app_key) {
  if (std::find(countries.begin(), countries.end(), query.country) == countries.end())
    return fail(Errc::invalid, "Adzuna does not serve the country '" + query.country + "'");
  if (query.page < 1 || query.per_page < 1 || query.per_page > 50)
    return fail(Errc::invalid, "pages begin at 1 and hold 1 to 50 postings");
  while (!base_url.empty() && base_url.back() == '/')
    base_url.remove_suffix(1);
  std::string url{base_url};
  url += "/jobs/" + query.country + "/search/" + std::to_string(query.page);
  url += "?app_id=" + text::percent_encode(app_id) + "&app_key=" + text::percent_encode(app_key);
  url += "&results_per_page=" + std::to_string(query.per_page);
  if (!query.what.empty())
    url += "&what=" + text::percent_encode(query.what);
  if (!query.where.empty())
    url += "&where=" + text::percent_encode(query.where);
  if (query.max_days_old > 0)
    url += "&max_days_old=" + std::to_string(query.max_days_old);
  return url + "&sort_by=date&sort_dir=down";
}

std::string redacted(std::string_view url) {
  std::string out;
  while (!url.empty()) {
    auto end = std::min(url.find_first_of("?&"), url.size() - 1) + 1;
    auto part = url.substr(0, end);
    url.remove_prefix(end);
    bool last = part.back() == '?' || part.back() == '&';
    if (part.starts_with("app_id=") || part.starts_with("app_key=")) {
      out += part.substr(0, part.find('=') + 1);
      out += "***";
      if (last)
        out += part.back();
    } else {
      out += part;
    }
  }
  return out;
}

Result<Listing> read_adzuna(std::string_view body, const SourceInfo& source,
                            const AdzunaQuery& query) {
  if (body.size() > source.bytes_max)
    return fail(Errc::too_large,
                "Adzuna's answer is longer than " + std::to_string(source.bytes_max) + " bytes");
  auto document = json::Document::parse(body);
  if (!document)
    return fail(Errc::malformed, "Adzuna's answer is " + document.error().detail);
  auto root = document->root();
  if (root["exception"])
    return fail(adzuna_error(200, body));
  auto results = root["results"];
  if (!results.is_array())
    return fail(Errc::malformed, "Adzuna's answer has no list of results");
  Listing listing;
  listing.total = root["count"].integer();
  for (std::size_t i = 0; i < std::min(results.size(), source.items_max); ++i) {
    auto ad = results.at(i);
    auto posting = posting_of(ad, source);
    if (posting) {
      listing.postings.push_back(std::move(*posting));
    } else {
      auto id = scalar(ad["id"]);
      listing.problems.push_back(
        {source.name, id.empty() ? "#" + std::to_string(i + 1) : id, posting.error().detail});
    }
  }
  auto read_so_far = static_cast<std::int64_t>(query.page) * query.per_page;
  listing.next_page = static_cast<int>(results.size()) >= query.per_page &&
                      (!listing.total || *listing.total > read_so_far);
  return listing;
}

Error adzuna_error(int status, std::string_view body) {
  std::string exception, display;
  if (auto document = json::Document::parse(body)) {
    exception = document->root()["exception"].string_or("");
    display = std::string{text::cut(document->root()["display"].string_or(""), 200)};
  }
  auto error = [](Errc code, std::string detail) { return Error{code, std::move(detail), {}, {}}; };
  if (exception == "AUTH_FAIL" || status == 401 || status == 403 || status == 410)
    return error(Errc::upstream_failed,
                 "Adzuna refused the credentials: check adzuna.app_id and adzuna.app_key");
  if (status == 429)
    return error(Errc::rate_limited, "Adzuna's limit of calls is used up");
  if (status == 404)
    return error(Errc::not_found, "Adzuna knows no such country or page");
  auto words = display.empty() ? exception : display;
  if (status == 400 || (status == 200 && !words.empty()))
    return error(Errc::upstream_failed,
                 "Adzuna did not accept the search" + (words.empty() ? "" : ": " + words));
  return error(Errc::upstream_failed, "Adzuna answered with status " + std::to_string(status));
}

}  // namespace jobraker
