#include "tools/sandbox/adzuna_search.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

std::string adzuna_parameter(const net::Request& request, std::string_view name) {
  return std::string{trim(request.query_value(name).value_or(""))};
}

std::int64_t adzuna_number(const net::Request& request, std::string_view name,
                           std::int64_t otherwise) {
  auto text = adzuna_parameter(request, name);
  std::int64_t value = otherwise;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : otherwise;
}

std::string_view adzuna_country_name(std::string_view code) {
  static const std::map<std::string_view, std::string_view> names{
    {"gb", "UK"},        {"us", "US"},     {"de", "Deutschland"}, {"at", "Österreich"},
    {"ch", "Schweiz"},   {"fr", "France"}, {"nl", "Nederland"},   {"ca", "Canada"},
    {"au", "Australia"}, {"in", "India"},  {"pl", "Polska"},      {"es", "España"},
    {"sg", "Singapore"}, {"it", "Italia"}, {"nz", "New Zealand"}, {"za", "South Africa"},
    {"br", "Brasil"},    {"mx", "México"}, {"be", "België"}};
  auto found = names.find(code);
  return found == names.end() ? code : found->second;
}

std::optional<std::pair<double, double>> yearly_pay(const Posting& posting) {
  if (!posting.pay)
    return std::nullopt;
  double factor = posting.pay->interval == "hour" ? 1950 : 1;
  return std::pair{std::round(posting.pay->min * factor), std::round(posting.pay->max * factor)};
}

namespace {

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
    for (auto& word : words(adzuna_parameter(request, parameter))) {
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
  if (auto phrase = lower(adzuna_parameter(request, "what_phrase"));
      !phrase.empty() && !has_phrase(candidate.low, phrase))
    return false;
  for (auto& word : words(adzuna_parameter(request, "what_exclude")))
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

bool matches_place(const net::Request& request, const Posting& posting, std::string_view country,
                   std::optional<std::pair<double, double>> centre) {
  if (auto where = lower(adzuna_parameter(request, "where")); !where.empty()) {
    auto first = std::string{trim(std::string_view{where}.substr(0, where.find(',')))};
    bool whole = first == lower(adzuna_country_name(country)) || first == country ||
                 first == "united kingdom" || first == "germany" || first == "united states";
    bool near = centre && posting.latitude && posting.longitude &&
                kilometres(centre->first, centre->second, *posting.latitude, *posting.longitude) <=
                  static_cast<double>(adzuna_number(request, "distance", 5));
    if (!whole && !near && !named_place(posting, first))
      return false;
  }
  for (std::size_t i = 1; i < 8; ++i)
    if (auto level = lower(adzuna_parameter(request, "location" + std::to_string(i)));
        !level.empty())
      if (posting.area.size() < i || lower(posting.area[i - 1]) != level)
        return false;
  return true;
}

bool matches_terms(const net::Request& request, const Posting& posting, Time at) {
  if (auto days = adzuna_number(request, "max_days_old", 0);
      days > 0 && posting.posted_at < at - std::chrono::hours{24 * days})
    return false;
  if (posting.closes_at && *posting.closes_at <= at)
    return false;
  auto pay = yearly_pay(posting);
  auto low = adzuna_number(request, "salary_min", 0),
       high = adzuna_number(request, "salary_max", 0);
  if ((low || high) && !pay && adzuna_parameter(request, "salary_include_unknown") != "1")
    return false;
  if (pay && ((low && pay->second < static_cast<double>(low)) ||
              (high && pay->first > static_cast<double>(high))))
    return false;
  for (std::string_view type : {"full_time", "part_time"})
    if (adzuna_parameter(request, type) == "1" &&
        (posting.job_type == "part_time") != (type == "part_time"))
      return false;
  if (adzuna_parameter(request, "contract") == "1" && posting.job_type != "contract")
    return false;
  if (adzuna_parameter(request, "permanent") == "1" && posting.job_type == "contract")
    return false;
  if (auto category = adzuna_parameter(request, "category");
      !category.empty() && category != posting.category)
    return false;
  if (auto company = lower(adzuna_parameter(request, "company"));
      !company.empty() && lower(posting.company) != company)
    return false;
  return true;
}

void sort_results(const net::Request& request, std::vector<Searched>& found) {
  auto by = adzuna_parameter(request, "sort_by");
  bool up = adzuna_parameter(request, "sort_dir") == "up";
  auto key = [&](const Searched& one) -> double {
    if (by == "date")
      return static_cast<double>(one.posting->posted_at.time_since_epoch().count());
    if (by == "salary")
      return yearly_pay(*one.posting).value_or(std::pair{0.0, 0.0}).second;
    return one.relevance;
  };
  std::stable_sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
    return up ? key(a) < key(b) : key(a) > key(b);
  });
}

}  // namespace

std::vector<PostingPtr> adzuna_results(const PostingStore& postings, const net::Request& request,
                                       std::string_view country, Time at) {
  auto carried = postings.of("adzuna");
  std::erase_if(carried, [&](const auto& posting) { return posting->country != country; });
  std::optional<std::pair<double, double>> centre;
  if (auto where = lower(adzuna_parameter(request, "where")); !where.empty())
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
  std::vector<PostingPtr> out;
  for (auto& one : found)
    out.push_back(std::move(one.posting));
  return out;
}

}  // namespace jobraker::sandbox
