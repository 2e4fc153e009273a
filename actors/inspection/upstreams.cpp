#include "actors/inspection/upstreams.hpp"

#include "actors/inspection/desk.hpp"
#include "actors/inspection/summary.hpp"
#include "messages/json.hpp"

namespace jobraker::inspection {
namespace {

constexpr std::string_view place = "/integrations/";
constexpr std::chrono::milliseconds patience{200};

}  // namespace

task<std::vector<Upstream>> upstream_states(Inspection& inspection) {
  auto paths = co_await inspection.pool.run<std::vector<std::string>>(
    [&]() -> Result<std::vector<std::string>> {
      GetActors query;
      query.path = place;
      auto page = list_actors(inspection.scanner, query);
      if (!page)
        return fail(std::move(page.error()));
      std::vector<std::string> out;
      for (auto& row : page->items)
        out.push_back(std::move(row.path));
      return out;
    });
  std::vector<Upstream> out;
  if (!paths)
    co_return out;
  const auto told = co_await summaries(inspection, *paths, patience);
  for (const auto& path : *paths) {
    auto& upstream = out.emplace_back();
    upstream.name = path.size() > place.size() ? path.substr(place.size()) : path;
    upstream.state = "unknown";
    const auto text = told.find(path);
    if (text == told.end())
      continue;
    const auto summary = json::Document::parse(text->second);
    if (!summary)
      continue;
    upstream.state = summary->root()["state"].string_or("unknown");
    if (const auto since = summary->root()["since"].string())
      upstream.since = parse_rfc3339(*since);
  }
  co_return out;
}

}  // namespace jobraker::inspection
