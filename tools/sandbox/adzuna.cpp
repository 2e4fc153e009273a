#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "messages/json.hpp"
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

std::string query(const net::Request& request, std::string_view name) {
  return std::string{trim(request.query_value(name).value_or(""))};
}

std::int64_t number(const net::Request& request, std::string_view name, std::int64_t otherwise) {
  auto text = query(request, name);
  std::int64_t value = otherwise;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : otherwise;
}

/// Words that postings use for one another.
std::string word_class(std::string word) {
  if (word == "developer" || word == "programmer" || word == "engineer")
    return "engineer";
  if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss"))
    word.pop_back();
  return word;
}

struct Searched {
  PostingPtr posting;
  std::vector<std::string> title, all;  ///< sorted word classes
  std::string low;
  double relevance = 0;
};

Searched searched(const PostingPtr& posting) {
  Searched out{
    posting, {}, {}, lower(posting->title + " " + posting->company + " " + posting->plain()), 0};
  for (auto& word : words(posting->title))
    out.title.push_back(word_class(std::move(word)));
  for (auto& word : words(out.low))
    out.all.push_back(word_class(std::move(word)));
  for (const auto& skill : posting->skills)
    for (auto& word : words(skill))
      out.all.push_back(word_class(std::move(word)));
  std::sort(out.title.begin(), out.title.end());
  std::sort(out.all.begin(), out.all.end());
  return out;
}

bool holds(const std::vector<std::string>& sorted, const std::string& word) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

bool matches_words(const net::Request& request, Searched& candidate) {
  auto each = [&](std::string_view parameter, const std::vector<std::string>& in, auto combine,
                  bool start) {
    bool result = start, any = false;
    for (auto& word : words(query(request, parameter))) {
      auto plain = word_class(std::move(word));
      any = true;
      result = combine(result, holds(in, plain));
      candidate.relevance += holds(candidate.title, plain) ? 3
                             : holds(candidate.all, plain) ? 1
                                                           : 0;
    }
    return any ? result : true;
  };
  auto both = [](bool a, bool b) { return a && b; };
  auto either = [](bool a, bool b) { return a || b; };
  if (!each("what", candidate.all, both, true) || !each("what_and", candidate.all, both, true) ||
      !each("what_or", candidate.all, either, false) ||
      !each("title_only", candidate.title, both, true))
    return false;
  if (auto phrase = lower(query(request, "what_phrase"));
      !phrase.empty() && !has_phrase(candidate.low, phrase))
    return false;
  for (auto& word : words(query(request, "what_exclude")))
    if (holds(candidate.all, word_class(std::move(word))))
      return false;
  return true;
}

double kilometres(double lat1, double lon1, double lat2, double lon2) {
  constexpr double radian = 3.14159265358979323846 / 180;
  double a = std::pow(std::sin((lat2 - lat1) * radian / 2), 2) +
             std::cos(lat1 * radian) * std::cos(lat2 * radian) *
               std::pow(std::sin((lon2 - lon1) * radian / 2), 2);
  return 12742 * std::asin(std::sqrt(a));
}

bool named_place(const Posting& posting, const std::string& where) {
  if (has_phrase(lower(posting.place), where))
    return true;
  return std::any_of(posting.area.begin(), posting.area.end(),
                     [&](const auto& area) { return lower(area) == where; });
}

std::string_view country_name(std::string_view code) {
  static const std::map<std::string_view, std::string_view> names{
    {"gb", "UK"},        {"us", "US"},     {"de", "Deutschland"}, {"at", "Österreich"},
    {"ch", "Schweiz"},   {"fr", "France"}, {"nl", "Nederland"},   {"ca", "Canada"},
    {"au", "Australia"}, {"in", "India"},  {"pl", "Polska"},      {"es", "España"},
    {"sg", "Singapore"}, {"it", "Italia"}, {"nz", "New Zealand"}, {"za", "South Africa"},
    {"br", "Brasil"},    {"mx", "México"}, {"be", "België"}};
  auto found = names.find(code);
  return found == names.end() ? code : found->second;
}

bool matches_place(const net::Request& request, const Posting& posting, std::string_view country,
                   std::optional<std::pair<double, double>> centre) {
  if (auto where = lower(query(request, "where")); !where.empty()) {
    auto first = std::string{trim(std::string_view{where}.substr(0, where.find(',')))};
    bool whole = first == lower(country_name(country)) || first == country ||
                 first == "united kingdom" || first == "germany" || first == "united states";
    bool near = centre && posting.latitude && posting.longitude &&
                kilometres(centre->first, centre->second, *posting.latitude, *posting.longitude) <=
                  static_cast<double>(number(request, "distance", 5));
    if (!whole && !near && !named_place(posting, first))
      return false;
  }
  for (std::size_t i = 1; i < 8; ++i)
    if (auto level = lower(query(request, "location" + std::to_string(i))); !level.empty())
      if (posting.area.size() < i || lower(posting.area[i - 1]) != level)
        return false;
  return true;
}

/// Yearly pay, as Adzuna shows it.
std::optional<std::pair<double, double>> yearly(const Posting& posting) {
  if (!posting.pay)
    return std::nullopt;
  double factor = posting.pay->interval == "hour" ? 1950 : 1;
  return std::pair{std::round(posting.pay->min * factor), std::round(posting.pay->max * factor)};
}

bool matches_terms(const net::Request& request, const Posting& posting, Time at) {
  if (auto days = number(request, "max_days_old", 0);
      days > 0 && posting.posted_at < at - std::chrono::hours{24 * days})
    return false;
  if (posting.closes_at && *posting.closes_at <= at)
    return false;
  auto pay = yearly(posting);
  auto low = number(request, "salary_min", 0), high = number(request, "salary_max", 0);
  if ((low || high) && !pay && query(request, "salary_include_unknown") != "1")
    return false;
  if (pay && ((low && pay->second < static_cast<double>(low)) ||
              (high && pay->first > static_cast<double>(high))))
    return false;
  for (std::string_view type : {"full_time", "part_time"})
    if (query(request, type) == "1" && (posting.job_type == "part_time") != (type == "part_time"))
      return false;
  if (query(request, "contract") == "1" && posting.job_type != "contract")
    return false;
  if (query(request, "permanent") == "1" && posting.job_type == "contract")
    return false;
  if (auto category = query(request, "category"); !category.empty() && category != posting.category)
    return false;
  if (auto company = lower(query(request, "company"));
      !company.empty() && lower(posting.company) != company)
    return false;
  return true;
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
  out.key("area").begin_array().value(country_name(country));
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
  if (auto pay = yearly(posting))
    out.member("salary_min", pay->first).member("salary_max", pay->second);
  out.member("salary_is_predicted", posting.pay && posting.pay->predicted ? "1" : "0");
  if (quirk != 7) {
    out.member("contract_time", posting.job_type == "part_time" ? "part_time" : "full_time");
    out.member("contract_type", posting.job_type == "contract" ? "contract" : "permanent");
  }
  out.end_object();
}

void sort_results(const net::Request& request, std::vector<Searched>& found) {
  auto by = query(request, "sort_by");
  bool up = query(request, "sort_dir") == "up";
  auto key = [&](const Searched& one) -> double {
    if (by == "date")
      return static_cast<double>(one.posting->posted_at.time_since_epoch().count());
    if (by == "salary")
      return yearly(*one.posting).value_or(std::pair{0.0, 0.0}).second;
    return one.relevance;
  };
  std::stable_sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
    return up ? key(a) < key(b) : key(a) > key(b);
  });
}

net::Response search(App& app, const net::Request& request, const std::string& country,
                     std::int64_t page) {
  auto at = now();
  auto what = query(request, "what") + query(request, "what_or") + query(request, "what_and") +
              query(request, "title_only");
  auto carried = app.postings.of("adzuna");
  std::erase_if(carried, [&](const auto& posting) { return posting->country != country; });
  std::optional<std::pair<double, double>> centre;
  if (auto where = lower(query(request, "where")); !where.empty())
    for (const auto& posting : carried)
      if (posting->latitude && posting->longitude && named_place(*posting, where))
        centre = std::pair{*posting->latitude, *posting->longitude};
  std::vector<Searched> found;
  for (const auto& posting : carried) {
    if (!matches_place(request, *posting, country, centre) || !matches_terms(request, *posting, at))
      continue;
    auto candidate = searched(posting);
    if (matches_words(request, candidate))
      found.push_back(std::move(candidate));
  }
  sort_results(request, found);
  auto size = static_cast<std::size_t>(
    std::clamp<std::int64_t>(number(request, "results_per_page", 10), 1, 50));
  auto first = static_cast<std::size_t>(page - 1) * size;
  double sum = 0;
  int paid = 0;
  for (const auto& one : found)
    if (auto pay = yearly(*one.posting)) {
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
    write_job(out, *found[i].posting, country, what);
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
  auto id = query(request, "app_id"), key = query(request, "app_key");
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
    else if (auto size = query(request, "results_per_page");
             !size.empty() && number(request, "results_per_page", 0) < 1)
      answer.response = exception(400, "BAD_REQUEST", "results_per_page must be a number from 1");
    else
      answer.response = search(app, request, country, page);
  } else {
    answer.response = exception(404, "NOT_FOUND", "There is nothing at this address");
  }
  return answer;
}

}  // namespace jobraker::sandbox
