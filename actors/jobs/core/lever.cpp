#include "actors/jobs/core/lever.hpp"

#include <algorithm>

#include "actors/jobs/core/dates.hpp"
#include "actors/jobs/core/json_fields.hpp"
#include "actors/jobs/core/text.hpp"
#include "messages/json.hpp"

namespace jobraker {
namespace {

using fields::number;
using fields::scalar;

PayPeriod interval(std::string_view words) {
  auto lowered = text::lower(words);  // per-year-salary, per-hour-wage, per-month-salary …
  for (auto period :
       {PayPeriod::hour, PayPeriod::day, PayPeriod::week, PayPeriod::month, PayPeriod::year})
    if (text::has_word(lowered, name_of(period)))
      return period;
  return PayPeriod::unknown;
}

std::string description_of(json::View posting) {
  auto html = posting["description"].string_or("");
  if (html.empty())
    html = posting["opening"].string_or("") + posting["descriptionBody"].string_or("");
  if (html.empty())
    html = posting["descriptionPlain"].string_or("");
  posting["lists"].each_element([&](json::View list) {
    html +=
      "<h3>" + list["text"].string_or("") + "</h3><ul>" + list["content"].string_or("") + "</ul>";
  });
  auto additional = posting["additional"].string_or("");
  if (additional.empty())
    additional = posting["additionalPlain"].string_or("");
  return additional.empty() ? html : html + "<p></p>" + additional;
}

/// Lever names no employer, only its site: `acme-robotics` is shown as "Acme Robotics".
std::string name_of_site(std::string_view site) {
  std::string name;
  for (auto& word : text::split(site, "-_")) {
    if (word.empty())
      continue;
    if (word[0] >= 'a' && word[0] <= 'z')
      word[0] = static_cast<char>(word[0] - 'a' + 'A');
    name += (name.empty() ? "" : " ") + word;
  }
  return name.empty() ? std::string{site} : name;
}

Result<RawPosting> posting_of(json::View posting, const SourceInfo& source) {
  if (!posting.is_object())
    return fail(Errc::invalid, "is not an object");
  auto id = scalar(posting["id"]);
  if (id.empty())
    return fail(Errc::invalid, "has no id");
  RawPosting p;
  p.source = SourceKind::lever;
  p.board = source.board;
  p.source_id = source.board + ":" + id;
  p.title = posting["text"].string_or("");
  if (p.title.empty())
    return fail(Errc::invalid, "has no text (the title)");
  p.url = posting["hostedUrl"].string_or("");
  p.company = source.company.empty() ? name_of_site(source.board) : source.company;
  auto categories = posting["categories"];
  p.location = categories["location"].string_or("");
  if (p.location.empty())
    p.location = categories["allLocations"].at(0).string_or("");
  p.country_hint = posting["country"].string_or("");
  p.category = categories["team"].string_or(categories["department"].string_or(""));
  if (auto commitment = categories["commitment"].string(); commitment && !commitment->empty())
    p.contract_hints.emplace_back(*commitment);
  p.seniority_hint = categories["level"].string_or("");
  p.workplace_hint = posting["workplaceType"].string_or("");
  p.description = description_of(posting);
  p.description_is_html = true;
  auto range = posting["salaryRange"];
  p.salary.min = number(range["min"]);
  p.salary.max = number(range["max"]);
  p.salary.currency = range["currency"].string_or("");
  p.salary.period = interval(range["interval"].string_or(""));
  p.salary.text = posting["salaryDescriptionPlain"].string_or("");
  p.posted_at = parse_date(scalar(posting["createdAt"]));
  return p;
}

}  // namespace

Result<std::string> lever_url(std::string_view base_url, std::string_view site, std::int64_t skip) {
  if (site.empty() || site.size() > 100 || site == "." || site == "..")
    return fail(Errc::invalid, "a Lever site has 1 to 100 characters");
  for (char c : site)
    if (text::percent_encode({&c, 1}).size() > 1 || c == '~')
      return fail(Errc::invalid, "a Lever site is letters, digits, -, _ and .");
  while (!base_url.empty() && base_url.back() == '/')
    base_url.remove_suffix(1);
  return std::string{base_url} + "/v0/postings/" + std::string{site} +
         "?mode=json&skip=" + std::to_string(std::max<std::int64_t>(skip, 0)) +
         "&limit=" + std::to_string(lever_page_size);
}

Result<Listing> read_lever(std::string_view body, const SourceInfo& source, std::int64_t skip) {
  if (body.size() > source.bytes_max)
    return fail(Errc::too_large,
                "the board is longer than " + std::to_string(source.bytes_max) + " bytes");
  auto document = json::Document::parse(body);
  if (!document)
    return fail(Errc::malformed, "Lever's answer is " + document.error().detail);
  auto root = document->root();
  if (!root.is_array()) {
    if (root.is_object() && (root["ok"].boolean() == false || root["error"]))
      return fail(Errc::not_found, "Lever knows no site '" + source.board + "'");
    return fail(Errc::malformed, "Lever's answer is not a list of postings");
  }
  Listing listing;
  auto count = std::min(root.size(), source.items_max);
  for (std::size_t i = 0; i < count; ++i) {
    auto posting = posting_of(root.at(i), source);
    if (posting) {
      listing.postings.push_back(std::move(*posting));
    } else {
      auto id = scalar(root.at(i)["id"]);
      listing.problems.push_back(
        {source.name, id.empty() ? "#" + std::to_string(i + 1) : source.board + ":" + id,
         posting.error().detail});
    }
  }
  if (root.size() >= static_cast<std::size_t>(lever_page_size))
    listing.next_skip = skip + static_cast<std::int64_t>(root.size());
  listing.complete = skip == 0 && !listing.next_skip && count == root.size();
  return listing;
}

}  // namespace jobraker
