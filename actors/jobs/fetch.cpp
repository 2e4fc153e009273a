#include "actors/jobs/fetch.hpp"

#include "actors/jobs/core/adzuna.hpp"
#include "actors/jobs/core/feed.hpp"
#include "actors/jobs/core/greenhouse.hpp"
#include "actors/jobs/core/lever.hpp"
#include "actors/jobs/core/quota.hpp"
#include "actors/system/work_pool.hpp"
#include "net/client/address_guard.hpp"
#include "net/client/http_clients.hpp"
#include "storage/databases.hpp"
#include "storage/quota.hpp"

namespace jobraker {
namespace {

/// Pages of a Lever site: 100 postings each.
constexpr int lever_pages_max = 30;

SourceInfo source_info(const FeedsConfig& config, const SavedSearch& search, std::string board) {
  SourceInfo info;
  info.name = search.name;
  info.board = std::move(board);
  info.bytes_max = static_cast<std::size_t>(config.bytes_max);
  return info;
}

task<Result<net::ClientResponse>> get(Services& services, const Context& context, std::string url,
                                      bool users_address) {
  const auto& config = services.config.feeds;
  net::ClientRequest request;
  request.url = std::move(url);
  request.headers.add(
    "accept", users_address
                ? "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"
                : "application/json");
  request.context = context;
  request.context.deadline = std::min(
    context.deadline, Context::Clock::now() + std::chrono::milliseconds{config.timeout_ms});
  request.response_max = static_cast<std::size_t>(config.bytes_max);
  request.send_trace = false;
  request.redirects_max = 3;
  // A saved search is somebody's wish: it must not make us look into our own network.
  if (users_address && !config.allow_private_addresses)
    request.guard = net::public_addresses_only();
  co_return co_await services.http.here().send(std::move(request));
}

Fetched fetched_of(const Listing& listing, NormalisedListing normalised, std::string board) {
  Fetched out;
  out.items = static_cast<std::int64_t>(listing.postings.size() + listing.problems.size());
  out.board = std::move(board);
  out.complete = listing.complete;
  out.problems = std::move(normalised.problems);
  for (auto& posting : normalised.postings)
    out.postings.push_back({std::move(posting.job), std::move(posting.fingerprint),
                            std::move(posting.content_hash), std::move(posting.board)});
  return out;
}

/// Reads and normalises on the work pool: a feed may take tens of milliseconds.
template <class Read>
task<Result<std::pair<Listing, Fetched>>> digest(Services& services, std::string body,
                                                 std::string name, std::string board, Read read) {
  auto text = std::make_shared<const std::string>(std::move(body));
  co_return co_await services.work.run<std::pair<Listing, Fetched>>(
    [text, name, board, read]() -> Result<std::pair<Listing, Fetched>> {
      auto listing = read(*text);
      if (!listing)
        return fail(std::move(listing.error()));
      auto fetched = fetched_of(*listing, normalise_all(*listing, name, now()), board);
      listing->postings.clear();
      return std::pair{std::move(*listing), std::move(fetched)};
    });
}

void join(Fetched& all, Fetched page) {
  all.items += page.items;
  for (auto& posting : page.postings)
    all.postings.push_back(std::move(posting));
  for (auto& problem : page.problems)
    all.problems.push_back(std::move(problem));
}

tl::unexpected<Error> status_error(int status, const std::string& what) {
  if (status == 404 || status == 410)
    return fail(Errc::not_found, what + " does not exist (HTTP " + std::to_string(status) + ")");
  if (status == 429)
    return fail(Errc::rate_limited, what + " asks us to come back later");
  return fail(Errc::upstream_failed, what + " answered HTTP " + std::to_string(status));
}

}  // namespace

task<Result<Fetched>> fetch_adzuna(Services& services, Context context, SavedSearch search) {
  const auto& config = services.config.adzuna;
  if (config.app_id.empty() || config.app_key.empty())
    co_return fail(Errc::upstream_failed,
                   "no Adzuna key is configured (adzuna.app_id, adzuna.app_key)");
  AdzunaQuery query;
  query.country = search.country;
  query.what = search.query;
  query.where = search.location;
  query.max_days_old = static_cast<int>(config.days_back);
  std::vector<storage::QuotaWindow> windows;
  for (const auto& window :
       adzuna_quota(config.per_minute, config.per_day, config.per_week, config.per_month))
    windows.push_back({window.length, window.calls});
  Fetched all;
  all.board = search.country;
  for (query.page = 1; query.page <= config.pages_max; ++query.page) {
    auto url = adzuna_search_url(config.base_url, query, config.app_id, config.app_key);
    if (!url)
      co_return fail(std::move(url.error()));
    // Counted before the call, in the database: a crash can only make us too careful.
    auto allowed =
      co_await storage::take_quota(services.databases.here(), "adzuna", windows, now());
    if (!allowed) {
      if (query.page > 1 && allowed.error().code == Errc::rate_limited) {
        all.problems.push_back({search.name, "page " + std::to_string(query.page),
                                "left for later: Adzuna's rate limit is used up"});
        break;
      }
      co_return fail(std::move(allowed.error()));
    }
    auto response = co_await get(services, context, *url, false);
    if (!response)
      co_return fail(std::move(response.error()));
    if (response->status != 200)
      co_return fail(adzuna_error(response->status, response->body));
    auto info = source_info(services.config.feeds, search, search.country);
    auto page = co_await digest(
      services, std::move(response->body), search.name, all.board,
      [info, query](const std::string& body) { return read_adzuna(body, info, query); });
    if (!page)
      co_return fail(std::move(page.error()));
    join(all, std::move(page->second));
    if (!page->first.next_page)
      break;
  }
  co_return all;
}

task<Result<Fetched>> fetch_feed(Services& services, Context context, SavedSearch search) {
  auto response = co_await get(services, context, search.url, true);
  if (!response)
    co_return fail(std::move(response.error()));
  if (response->status != 200)
    co_return status_error(response->status, "the feed");
  auto info = source_info(services.config.feeds, search, search.url);
  info.content_type = response->headers.value("content-type");
  auto page = co_await digest(services, std::move(response->body), search.name, search.url,
                              [info](const std::string& body) { return read_feed(body, info); });
  if (!page)
    co_return fail(std::move(page.error()));
  co_return std::move(page->second);
}

task<Result<Fetched>> fetch_board(Services& services, Context context, SavedSearch search) {
  const auto& boards = services.config.boards;
  auto info = source_info(services.config.feeds, search, search.board);
  if (search.kind == SearchKind::greenhouse) {
    auto url = greenhouse_url(boards.greenhouse_url, search.board);
    if (!url)
      co_return fail(std::move(url.error()));
    auto response = co_await get(services, context, *url, false);
    if (!response)
      co_return fail(std::move(response.error()));
    if (response->status != 200)
      co_return status_error(response->status, "the board " + search.board);
    auto page =
      co_await digest(services, std::move(response->body), search.name, search.board,
                      [info](const std::string& body) { return read_greenhouse(body, info); });
    if (!page)
      co_return fail(std::move(page.error()));
    co_return std::move(page->second);
  }
  Fetched all;
  all.board = search.board;
  std::int64_t skip = 0;
  for (int page_number = 0; page_number < lever_pages_max; ++page_number) {
    auto url = lever_url(boards.lever_url, search.board, skip);
    if (!url)
      co_return fail(std::move(url.error()));
    auto response = co_await get(services, context, *url, false);
    if (!response)
      co_return fail(std::move(response.error()));
    if (response->status != 200)
      co_return status_error(response->status, "the board " + search.board);
    auto page = co_await digest(
      services, std::move(response->body), search.name, search.board,
      [info, skip](const std::string& body) { return read_lever(body, info, skip); });
    if (!page)
      co_return fail(std::move(page.error()));
    join(all, std::move(page->second));
    if (!page->first.next_skip) {
      // The last page: together with those before it, the whole board.
      all.complete = page->first.complete || skip > 0;
      break;
    }
    skip = *page->first.next_skip;
  }
  co_return all;
}

}  // namespace jobraker
