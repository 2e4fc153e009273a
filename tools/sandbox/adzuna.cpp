#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "messages/json.hpp"
#include "tools/sandbox/adzuna_search.hpp"
#include "tools/sandbox/app.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::string_view countries[] = {"gb", "us", "at", "au", "be", "br", "ca",
                                          "ch", "de", "es", "fr", "in", "it", "mx",
                                          "nl", "nz", "pl", "sg", "za"};

net::Response exception(int status, std::string_view code, std::string_view display) {
  json::Writer out;
  out.begin_object()
    .member("__CLASS__", "Adzuna::API::Response::Exception")
    .member("exception", code);
  out.member("display", display).member("doc", "https://api.adzuna.com/v1/doc").end_object();
  return net::Response::json(status, out.text());
}

void write_class(json::Writer& out, std::string_view name) {
  out.member("__CLASS__", std::string_view{"Adzuna::API::Response::" + std::string{name}});
}

/// The words searched for stand in bold in some titles, as in the real service.
std::string bold(const std::string& title, const std::string& what) {
  for (const auto& word : words(what)) {
    auto at = find_phrase(lower(title), word);
    if (at != std::string::npos)
      return title.substr(0, at) + "<strong>" + title.substr(at, word.size()) + "</strong>" +
             title.substr(at + word.size());
  }
  return title;
}

void write_job(json::Writer& out, const Posting& posting, std::string_view country,
               const std::string& what) {
  auto id = std::to_string(posting.number(4'000'000'000ULL, 900'000'000ULL));
  auto quirk = posting.number(0, 10);
  out.begin_object();
  write_class(out, "Job");
  out.member("id", std::string_view{id})
    .member("adref", std::string_view{"eyJ" + base64(id + what).substr(0, 40)});
  out.member("title", std::string_view{quirk < 4 ? bold(posting.title, what) : posting.title});
  auto text = squeeze(posting.plain());
  out.member("description",
             std::string_view{text.size() > 500 ? std::string{cut(text, 500)} + "…" : text});
  out.member("created", std::string_view{
                          to_rfc3339(std::chrono::floor<std::chrono::seconds>(posting.posted_at))});
  std::string_view domain = country == "gb"   ? "co.uk"
                            : country == "us" ? "com"
                            : country == "au" ? "com.au"
                                              : country;
  out.member("redirect_url",
             std::string_view{"https://www.adzuna." + std::string{domain} + "/jobs/land/ad/" + id +
                              "?se=sandbox&utm_medium=api&v=1"});
  out.key("company").begin_object();
  write_class(out, "Company");
  if (quirk != 9)
    out.member("display_name", std::string_view{posting.company});
  out.end_object();
  out.key("location").begin_object();
  write_class(out, "Location");
  auto shown = posting.place + (posting.area.size() > 1 && country == "gb" &&
                                    posting.area[posting.area.size() - 2] != posting.place
                                  ? ", " + posting.area[posting.area.size() - 2]
                                  : "");
  out.member("display_name", std::string_view{shown});
  out.key("area").begin_array().value(adzuna_country_name(country));
  for (const auto& level : posting.area)
    out.value(std::string_view{level});
  out.end_array().end_object();
  out.key("category").begin_object();
  write_class(out, "Category");
  out.member("tag", std::string_view{posting.category})
    .member("label", std::string_view{posting.category_label})
    .end_object();
  if (posting.latitude && posting.longitude)
    out.member("latitude", *posting.latitude).member("longitude", *posting.longitude);
  if (auto pay = yearly_pay(posting))
    out.member("salary_min", pay->first).member("salary_max", pay->second);
  out.member("salary_is_predicted", posting.pay && posting.pay->predicted ? "1" : "0");
  if (quirk != 7) {
    out.member("contract_time", posting.job_type == "part_time" ? "part_time" : "full_time");
    out.member("contract_type", posting.job_type == "contract" ? "contract" : "permanent");
  }
  out.end_object();
}

net::Response search(App& app, const net::Request& request, const std::string& country,
                     std::int64_t page) {
  auto what = adzuna_parameter(request, "what") + adzuna_parameter(request, "what_or") +
              adzuna_parameter(request, "what_and") + adzuna_parameter(request, "title_only");
  auto found = adzuna_results(app.postings, request, country, now());
  auto size = static_cast<std::size_t>(
    std::clamp<std::int64_t>(adzuna_number(request, "results_per_page", 10), 1, 50));
  auto first = static_cast<std::size_t>(page - 1) * size;
  double sum = 0;
  int paid = 0;
  for (const auto& one : found)
    if (auto pay = yearly_pay(*one)) {
      sum += (pay->first + pay->second) / 2;
      ++paid;
    }
  json::Writer out;
  out.begin_object();
  write_class(out, "JobSearchResults");
  out.member("count", static_cast<std::int64_t>(found.size()));
  out.member("mean", paid ? std::round(sum / paid * 100) / 100 : 0.0);
  out.key("results").begin_array();
  for (auto i = first; i < std::min(found.size(), first + size); ++i)
    write_job(out, *found[i], country, what);
  out.end_array().end_object();
  return net::Response::json(200, out.text());
}

net::Response categories(App& app, const std::string& country) {
  std::map<std::string, std::string> labels;
  for (const auto& posting : app.postings.of("adzuna"))
    if (posting->country == country)
      labels.emplace(posting->category, posting->category_label);
  json::Writer out;
  out.begin_object();
  write_class(out, "Categories");
  out.key("results").begin_array();
  for (const auto& [tag, label] : labels) {
    out.begin_object();
    write_class(out, "Category");
    out.member("tag", std::string_view{tag}).member("label", std::string_view{label}).end_object();
  }
  out.end_array().end_object();
  return net::Response::json(200, out.text());
}

}  // namespace

Answer adzuna(App& app, const net::Request& request) {
  Answer answer{{}, "adzuna"};
  auto id = adzuna_parameter(request, "app_id"), key = adzuna_parameter(request, "app_key");
  const auto& parts = request.segments;  // v1 api jobs {country} search {page}
  auto country = parts.size() > 3 ? parts[3] : std::string{};
  if (request.path == "/v1/api/version")
    answer.response = net::Response::json(
      200,
      R"({"__CLASS__":"Adzuna::API::Response::Version","api_version":1,"software_version":"sandbox"})");
  else if (id.empty() || id == "bad" || key.empty() || key == "bad")
    answer.response = exception(401, "AUTH_FAIL", "Authorisation failed");
  else if (parts.size() < 5 || parts[2] != "jobs" ||
           std::find(std::begin(countries), std::end(countries), country) == std::end(countries))
    answer.response = exception(404, "UNSUPPORTED_COUNTRY", "There is nothing at this address");
  else if (parts[4] == "categories")
    answer.response = categories(app, country);
  else if (parts[4] == "search" && parts.size() >= 5) {
    std::int64_t page = 1;
    const auto text = parts.size() > 5 ? parts[5] : std::string{"1"};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), page);
    if (error != std::errc{} || end != text.data() + text.size() || page < 1 || page > 10'000)
      answer.response = exception(400, "BAD_REQUEST", "page must be a number from 1");
    else if (auto size = adzuna_parameter(request, "results_per_page");
             !size.empty() && adzuna_number(request, "results_per_page", 0) < 1)
      answer.response = exception(400, "BAD_REQUEST", "results_per_page must be a number from 1");
    else
      answer.response = search(app, request, country, page);
  } else {
    answer.response = exception(404, "NOT_FOUND", "There is nothing at this address");
  }
  return answer;
}

}  // namespace jobraker::sandbox
