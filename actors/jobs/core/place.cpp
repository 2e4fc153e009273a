#include "actors/jobs/core/place.hpp"

#include <algorithm>

#include "actors/jobs/core/gazetteer.hpp"
#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/place_words.hpp"
#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

using Entries = std::vector<const PlaceEntry*>;

struct Part {
  std::string text;
  Entries entries;
  bool used = false;
};

std::string upper(std::string_view s) {
  std::string out{s};
  for (char& c : out)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

Entries of_kind(const Entries& all, PlaceEntry::Kind kind) {
  Entries out;
  for (auto entry : all)
    if (entry->kind == kind)
      out.push_back(entry);
  return out;
}

const PlaceEntry* in_country(const Entries& all, PlaceEntry::Kind kind, std::string_view code,
                             std::string_view region = {}) {
  const PlaceEntry* found = nullptr;
  for (auto entry : all)
    if (entry->kind == kind && (code.empty() || entry->code == code)) {
      if (!region.empty() && entry->region == region)
        return entry;
      if (!found)
        found = entry;
    }
  return found;
}

/// Postcodes and street numbers say nothing that we keep: `10115 Berlin` is Berlin.
std::string without_numbers(std::string_view s) {
  std::string out;
  for (const auto& word : text::split(s, " ")) {
    bool digit = word.find_first_of("0123456789") != word.npos;
    if (!digit && !word.empty())
      out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

std::vector<Part> parts_of(std::string_view s) {
  std::vector<Part> parts;
  for (const auto& piece : text::split(s, ",;\n")) {
    if (piece.empty() || parts.size() >= 12)
      continue;
    Part part{piece, places_named(piece), false};
    if (part.entries.empty())
      if (auto bare = without_numbers(piece); bare != piece)
        part = {bare, places_named(bare), false};
    // `New York NY`, `Washington DC`: the last word may be a state or a country.
    if (auto space = part.text.rfind(' '); part.entries.empty() && space != part.text.npos) {
      auto last = part.text.substr(space + 1);
      auto tail = places_named(last);
      bool sure =
        !tail.empty() && (tail.front()->kind == PlaceEntry::Kind::region ||
                          (tail.front()->kind == PlaceEntry::Kind::country &&
                           (text::iequals(tail.front()->name, last) || last == upper(last))));
      if (sure) {
        auto head = part.text.substr(0, space);
        parts.push_back({head, places_named(head), false});
        parts.push_back({last, std::move(tail), false});
        continue;
      }
    }
    // `Munich or Vienna`, `Leeds/York`: the first.
    for (std::string_view either : {" or ", " oder ", " and ", " & ", "/", " ou "})
      if (auto at = part.text.find(either); part.entries.empty() && at != part.text.npos)
        part = {part.text.substr(0, at), places_named(std::string_view{part.text}.substr(0, at)),
                false};
    if (!part.text.empty())
      parts.push_back(std::move(part));
  }
  return parts;
}

/// Names of places inside prose (`IREX Armenia Main Office`), the longest first.
std::vector<Part> names_within(const std::vector<Part>& parts) {
  std::vector<Part> out;
  for (const auto& part : parts) {
    auto words = text::split(part.text, " ");
    for (std::size_t i = 0; i < words.size() && out.size() < 4; ++i)
      for (std::size_t n = std::min<std::size_t>(3, words.size() - i); n > 0; --n) {
        auto name = words[i];
        for (std::size_t k = 1; k < n; ++k)
          name += " " + words[i + k];
        bool capital = !name.empty() && name.size() > 3 && !(name[0] >= 'a' && name[0] <= 'z');
        auto entries = capital ? places_named(name) : Entries{};
        if (!entries.empty()) {
          out.push_back({name, std::move(entries), false});
          i += n - 1;
          break;
        }
      }
  }
  return out;
}

/// The country that the parts agree on. `CA` is California after a city and Canada before one.
std::string country_among(std::vector<Part>& parts, std::string_view hint) {
  auto regions_fit = [&](const Part& part, std::string_view code) {
    for (const auto& other : parts)
      if (&other != &part && (in_country(other.entries, PlaceEntry::Kind::region, code) ||
                              in_country(other.entries, PlaceEntry::Kind::city, code)))
        return true;
    return false;
  };
  auto sole = parts.size() == 1;
  // A spelled-out country, or a code at either end, that is not better read as a region.
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto& part = parts[sole ? i : (parts.size() - 1 + i) % parts.size()];  // last, first, second …
    auto countries = of_kind(part.entries, PlaceEntry::Kind::country);
    if (countries.empty())
      continue;
    auto country = countries.front();
    auto regions = of_kind(part.entries, PlaceEntry::Kind::region);
    bool first = &part == &parts.front();
    if (!regions.empty() && !(first && !sole && part.text.size() == 2)) {
      // Georgia, CA, DE, IN: a state when the rest lies in its country, or when we are told so.
      bool as_region = false;
      for (auto region : regions)
        as_region |= upper(hint) == region->code ||
                     (regions_fit(part, region->code) && !regions_fit(part, country->code));
      if (as_region)
        continue;
      if (part.text.size() == 2 && !sole && !regions_fit(part, country->code)) {
        // An unknown town and two letters: nearly always a US state.
        if (regions.front()->code == "US")
          continue;
      }
    }
    part.used = true;
    return std::string{country->code};
  }
  auto wanted = upper(hint);
  for (auto kind : {PlaceEntry::Kind::region, PlaceEntry::Kind::city})
    for (const auto& part : parts)
      if (!wanted.empty() && in_country(part.entries, kind, wanted))
        return wanted;
  for (auto kind : {PlaceEntry::Kind::region, PlaceEntry::Kind::city})
    for (const auto& part : parts)
      if (auto found = in_country(part.entries, kind, {})) {
        // `London, Ontario`, `Cambridge, MA`: the region decides; a namesake city does not.
        bool city_too = kind == PlaceEntry::Kind::region &&
                        !of_kind(part.entries, PlaceEntry::Kind::city).empty();
        if (city_too && parts.size() > 1 && regions_fit(part, found->code) == false)
          continue;
        return std::string{found->code};
      }
  return country_entry(wanted) ? wanted : std::string{};
}

}  // namespace

Place parse_place(std::string_view raw, std::string_view hint) {
  Place place;
  auto line = html_to_line(raw);
  // Forms that ask for more after the place: only its first line counts.
  auto first_line = raw.substr(0, raw.find('\n'));
  if (first_line.size() < raw.size())
    line = html_to_line(first_line);
  place.workplace = take_workplace(line);
  // Several places, parted by semicolons: the first that names a city or country.
  if (auto semicolon = line.find(';'); semicolon != line.npos && semicolon > 2)
    line = line.substr(0, semicolon);
  auto parts = parts_of(line);
  bool known =
    std::any_of(parts.begin(), parts.end(), [](const Part& p) { return !p.entries.empty(); });
  if (!known)
    parts = parts_of(simplified(line));
  else if (std::any_of(parts.begin(), parts.end(), [](const Part& p) { return p.entries.empty(); }))
    parts = parts_of(simplified(line));
  if (std::all_of(parts.begin(), parts.end(), [](const Part& p) { return p.entries.empty(); }))
    if (auto within = names_within(parts); !within.empty())
      parts = std::move(within);
  place.country = country_among(parts, hint);
  if (place.country.empty() && parts.empty())
    return place;

  for (auto& part : parts)
    if (!part.used && place.region.empty())
      if (auto region = in_country(part.entries, PlaceEntry::Kind::region, place.country)) {
        // `New York, NY` and `Berlin, Berlin`: the first is the city.
        bool also_city = in_country(part.entries, PlaceEntry::Kind::city, place.country) != nullptr;
        auto others = std::count_if(parts.begin(), parts.end(), [&](const Part& p) {
          return !p.used && &p != &part &&
                 in_country(p.entries, PlaceEntry::Kind::region, place.country);
        });
        if (also_city && (others > 0 || parts.size() == 1 || (parts.size() == 2 && parts[1].used)))
          continue;
        place.region = region->name;
        part.used = true;
      }
  for (auto& part : parts)
    if (!part.used && place.city.empty())
      if (auto city =
            in_country(part.entries, PlaceEntry::Kind::city, place.country, place.region)) {
        place.city = city->name;
        if (place.region.empty())
          place.region = city->region;
        part.used = true;
      }
  // A town that the table does not have, or only elsewhere: the part beside a known country or
  // region.
  auto town = [&](const Part& part) {
    bool elsewhere =
      std::none_of(part.entries.begin(), part.entries.end(), [&](const PlaceEntry* e) {
        return e->kind != PlaceEntry::Kind::city || e->code == place.country;
      });
    bool code = part.text.size() <= 3 || (part.text.size() <= 4 && part.text == upper(part.text));
    auto lowered = text::lower(part.text);
    bool area = false;
    for (std::string_view word :
         {"region", "province", "county", "district", "marz", "state", "asia", "europe"})
      area |= lowered.ends_with(word);
    return !part.used && elsewhere && !code && !area && part.text.size() <= 40 &&
           part.text.find_first_of("0123456789@") == part.text.npos &&
           std::count(part.text.begin(), part.text.end(), ' ') <= 3;
  };
  if (place.city.empty() && !place.country.empty() && parts.size() > 1)
    if (auto found = std::find_if(parts.begin(), parts.end(), town); found != parts.end())
      place.city = found->text;
  // Singapore and Hong Kong are both country and city.
  if (place.city.empty() && parts.size() == 1)
    if (auto city = in_country(parts.front().entries, PlaceEntry::Kind::city, place.country))
      place.city = city->name;
  return place;
}

Place place_of_area(const std::vector<std::string>& area, std::string_view hint) {
  Place place;
  if (area.empty())
    return place;
  place.country = country_code(area.front());
  if (place.country.empty() && country_entry(upper(hint)))
    place.country = upper(hint);
  if (area.size() > 1)
    place.region = text::one_line(text::cut(area[1], 100));
  // The finest level that the table knows as a city, else the finest there is.
  for (auto i = area.size(); i-- > 2 && place.city.empty();)
    if (auto city = in_country(places_named(area[i]), PlaceEntry::Kind::city, place.country))
      place.city = city->name;
  if (place.city.empty() && area.size() > 2)
    place.city = text::one_line(text::cut(area.back(), 100));
  if (area.size() == 2)
    if (auto city = in_country(places_named(area[1]), PlaceEntry::Kind::city, place.country))
      if (of_kind(places_named(area[1]), PlaceEntry::Kind::region).empty() || area[1] == "London")
        place.city = city->name, place.region = city->region;
  return place;
}

std::string country_code(std::string_view name) {
  auto code = upper(text::trim(name));
  if (code.size() == 2 && code != "UK")
    return country_entry(code) ? code : std::string{};
  for (auto entry : places_named(code.size() == 2 ? std::string_view{code} : name))
    if (entry->kind == PlaceEntry::Kind::country)
      return std::string{entry->code};
  return {};
}

std::string_view currency_of_country(std::string_view country) {
  auto entry = country_entry(upper(country));
  return entry ? entry->currency : std::string_view{};
}

}  // namespace jobraker
