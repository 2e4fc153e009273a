#include "actors/jobs/core/jsonld.hpp"

#include "actors/jobs/core/dates.hpp"
#include "actors/jobs/core/dedupe.hpp"
#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/json_fields.hpp"
#include "actors/jobs/core/text.hpp"
#include "messages/json.hpp"

namespace jobraker {
namespace {

using fields::number;
using fields::scalar;

/// The contents of the page's ld+json scripts. Scripts hold no markup, so looking for tags
/// suffices.
std::vector<std::string> scripts_of(std::string_view html) {
  std::vector<std::string> out;
  auto lowered = text::lower(html);
  for (std::size_t at = lowered.find("<script"); at != lowered.npos && out.size() < 200;
       at = lowered.find("<script", at + 1)) {
    auto open = lowered.find('>', at);
    if (open == lowered.npos)
      break;
    if (std::string_view{lowered}.substr(at, open - at).find("application/ld+json") == lowered.npos)
      continue;
    auto close = lowered.find("</script", open);
    out.emplace_back(html.substr(open + 1, close == lowered.npos ? close : close - open - 1));
  }
  return out;
}

/// JSON as pages have it made strict: comment wrappers and trailing commas removed, control
/// characters inside strings escaped.
std::string repaired(std::string_view s) {
  for (std::string_view wrapper : {"<!--", "-->", "//<![CDATA[", "//]]>", "<![CDATA[", "]]>"}) {
    s = text::trim(s);
    if (s.starts_with(wrapper))
      s.remove_prefix(wrapper.size());
    if (s.ends_with(wrapper))
      s.remove_suffix(wrapper.size());
  }
  s = text::trim(s);
  while (!s.empty() && s.back() == ';')
    s.remove_suffix(1);
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < s.size(); ++i) {
    char c = s[i];
    auto u = static_cast<unsigned char>(c);
    if (quoted && c == '\\' && i + 1 < s.size()) {
      out += c;
      out += s[++i];
    } else if (quoted && u < 0x20) {
      out += c == '\n' ? "\\n" : " ";
    } else if (!quoted && c == ',') {
      auto next = s.find_first_not_of(" \t\r\n", i + 1);
      if (next == s.npos || (s[next] != '}' && s[next] != ']'))
        out += c;
    } else {
      quoted ^= c == '"';
      out += c;
    }
  }
  return out;
}

/// `value`, or its first element when it is a list.
json::View first(json::View value) { return value.is_array() ? value.at(0) : value; }

/// The name of something that may be a plain string or an object with one.
std::string name_of_thing(json::View value) {
  value = first(value);
  return value.is_object() ? scalar(value["name"]) : scalar(value);
}

bool is_posting(json::View node) {
  auto type = node["@type"];
  auto named = [](json::View v) {
    auto s = v.string_or("");
    return s.substr(s.find_last_of("/:") == s.npos ? 0 : s.find_last_of("/:") + 1) == "JobPosting";
  };
  bool yes = named(type);
  type.each_element([&](json::View v) { yes |= named(v); });
  return yes;
}

void place(json::View location, RawPosting& p) {
  location = first(location);
  auto address = first(location["address"]);
  if (!location.is_object()) {
    p.location = scalar(location);
    return;
  }
  if (!address.is_object()) {
    p.location = address ? scalar(address) : scalar(location["name"]);
    return;
  }
  for (auto part : {"addressLocality", "addressRegion", "addressCountry"}) {
    auto value = name_of_thing(address[part]);
    if (!value.empty())
      p.location += (p.location.empty() ? "" : ", ") + value;
  }
}

void salary(json::View base, RawSalary& s) {
  base = first(base);
  if (!base.is_object()) {
    s.min = number(base);
    s.text = s.min ? "" : scalar(base);
    return;
  }
  s.currency = scalar(base["currency"]);
  auto value = first(base["value"]);
  auto range = value.is_object() ? value : base;
  s.min = number(range["minValue"]);
  s.max = number(range["maxValue"]);
  if (!s.min && !s.max)
    s.min = number(value.is_object() ? value["value"] : value);
  auto unit =
    text::lower(scalar(value["unitText"]) + scalar(base["unitText"]) + scalar(base["salaryUnit"]));
  for (auto period :
       {PayPeriod::hour, PayPeriod::day, PayPeriod::week, PayPeriod::month, PayPeriod::year})
    if (unit.find(name_of(period)) != unit.npos)
      s.period = period;
}

RawPosting posting_of(json::View node, const SourceInfo& source) {
  RawPosting p;
  p.source = SourceKind::feed;
  p.board = source.board;
  p.title = name_of_thing(node["title"]);
  if (p.title.empty())
    p.title = name_of_thing(node["name"]);
  p.description = scalar(first(node["description"]));
  for (auto part : {"responsibilities", "qualifications", "skills", "jobBenefits"}) {
    auto more = scalar(first(node[part]));
    if (!more.empty() && p.description.find(more) == p.description.npos)
      p.description += "\n<p>" + std::string{part} + ":</p> " + more;
  }
  p.description_is_html = true;
  p.company = name_of_thing(node["hiringOrganization"]);
  if (p.company.empty())
    p.company = source.company;
  place(node["jobLocation"], p);
  if (auto where = name_of_thing(node["applicantLocationRequirements"]); p.location.empty())
    p.location = where;
  p.workplace_hint = scalar(first(node["jobLocationType"]));
  salary(node["baseSalary"] ? node["baseSalary"] : node["estimatedSalary"], p.salary);
  if (auto currency = scalar(node["salaryCurrency"]); p.salary.currency.empty())
    p.salary.currency = currency;
  p.salary.predicted = !node["baseSalary"] && node["estimatedSalary"];
  if (auto type = node["employmentType"]; type.is_array())
    type.each_element([&](json::View v) { p.contract_hints.push_back(scalar(v)); });
  else if (auto one = scalar(type); !one.empty())
    p.contract_hints = text::split(one, ",;");
  p.posted_at = parse_date(scalar(node["datePosted"]));
  p.expires_at = parse_date(scalar(node["validThrough"]));
  p.category = scalar(first(node["industry"]));
  p.url = scalar(first(node["url"]));
  if (!p.url.starts_with("http"))
    p.url = source.board;
  auto identifier = first(node["identifier"]);
  auto id = identifier.is_object() ? scalar(identifier["value"]) : scalar(identifier);
  auto page = canonical_url(p.url);
  auto fallback = to_string(uuid_of(p.title + "\n" + p.company + "\n" + p.location));
  p.source_id = page + "#" + (id.empty() ? fallback : id);
  return p;
}

/// Calls `visit` for every posting below `node`.
template <class Visit>
void walk(json::View node, int depth, const Visit& visit) {
  if (depth > 6)
    return;
  if (node.is_array()) {
    node.each_element([&](json::View v) { walk(v, depth + 1, visit); });
  } else if (node.is_object()) {
    if (is_posting(node))
      return visit(node);
    for (auto part : {"@graph", "mainEntity", "itemListElement", "item"})
      if (auto inner = node[part]; inner.is_array() || inner.is_object())
        walk(inner, depth + 1, visit);
  }
}

}  // namespace

Result<Listing> read_jsonld(std::string_view html, const SourceInfo& source) {
  if (html.size() > source.bytes_max)
    return fail(Errc::too_large,
                "the page is longer than " + std::to_string(source.bytes_max) + " bytes");
  Listing listing;
  std::size_t index = 0;
  for (const auto& script : scripts_of(html)) {
    ++index;
    auto document = json::Document::parse(script);
    if (!document)
      document = json::Document::parse(repaired(script));
    if (!document) {
      listing.problems.push_back(
        {source.name, "script #" + std::to_string(index), document.error().detail});
      continue;
    }
    walk(document->root(), 0, [&](json::View node) {
      if (listing.postings.size() < source.items_max)
        listing.postings.push_back(posting_of(node, source));
    });
  }
  if (listing.postings.empty() && listing.problems.empty())
    return fail(Errc::unprocessable, "the page describes no job (no JobPosting in JSON-LD)");
  return listing;
}

}  // namespace jobraker
