#include "actors/matching/core/geography.hpp"

#include <cstdlib>
#include <unordered_map>
#include <vector>

#include <utf8proc.h>

#include "actors/matching/core/geography_tables.hpp"

namespace jobraker::matching {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// FNV-1a, 64 bits; never 0 for a text that is not empty.
std::uint64_t hash(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (char c : text)
    h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return h | 1;
}

/// Letters that Unicode does not decompose but people leave out.
std::string_view latin(utf8proc_int32_t c) {
  switch (c) {
  case 0xF8:
    return "o";
  case 0xE6:
    return "ae";
  case 0x153:
    return "oe";
  case 0x142:
    return "l";
  case 0x111:
    return "d";
  case 0xF0:
    return "d";
  case 0xFE:
    return "th";
  case 0x131:
    return "i";
  default:
    return {};
  }
}

struct Named {
  Country country = 0;
  std::uint64_t key = 0;  // of the first name of the row
};
using Names = std::unordered_map<std::string, Named>;

template <class Visit>
void each_name(std::string_view names, const Visit& visit) {
  while (!names.empty()) {
    auto bar = names.find('|');
    visit(names.substr(0, bar));
    names = bar == std::string_view::npos ? std::string_view{} : names.substr(bar + 1);
  }
}

template <class Rows>
Names index_of(const Rows& rows) {
  Names out;
  for (const auto& row : rows) {
    auto first = row.names.substr(0, row.names.find('|'));
    each_name(row.names, [&](std::string_view name) {
      out.try_emplace(std::string{name}, Named{country_of_code(row.code), hash(first)});
    });
  }
  return out;
}

const Names& country_names() {
  static const Names names = index_of(tables::countries);
  return names;
}
const Names& town_names() {
  static const Names names = index_of(tables::towns);
  return names;
}
const Names& region_names() {
  static const Names names = index_of(tables::regions);
  return names;
}

const Countries& free_movement() {
  static const Countries set = [] {
    Countries out;
    for (const auto& row : tables::countries)
      if (row.free_movement)
        out.set(country_of_code(row.code));
    return out;
  }();
  return set;
}

const Named* find(const Names& names, const std::string& name) {
  auto found = names.find(name);
  return found == names.end() ? nullptr : &found->second;
}

std::vector<std::string> words_of(std::string_view folded) {
  std::vector<std::string> out;
  while (!folded.empty()) {
    auto space = folded.find(' ');
    out.emplace_back(folded.substr(0, space));
    folded = space == std::string_view::npos ? std::string_view{} : folded.substr(space + 1);
  }
  return out;
}

bool known_code(const std::string& two) {
  for (const auto& row : tables::countries)
    if (country_of_code(two) == country_of_code(row.code))
      return true;
  return false;
}

/// The words of one comma-separated piece without postal codes and without words for remote work.
std::string place_words(std::string_view piece, bool& remote) {
  auto folded = fold_words(piece);
  for (std::string_view phrase :
       {"fully remote", "100 remote", "remote", "home office", "homeoffice", "work from home",
        "wfh", "anywhere", "worldwide", "telecommute", "teletravail"}) {
    auto padded = " " + folded + " ";
    auto at = padded.find(" " + std::string{phrase} + " ");
    if (at == std::string::npos)
      continue;
    remote = true;
    padded.replace(at, phrase.size() + 2, " ");
    folded = padded.substr(padded.find_first_not_of(' ') == std::string::npos
                             ? padded.size()
                             : padded.find_first_not_of(' '));
    while (!folded.empty() && folded.back() == ' ')
      folded.pop_back();
  }
  std::string out;
  for (const auto& word : words_of(folded))
    if (word.find_first_of("0123456789") == std::string::npos && word != "only" &&
        word != "based" && word != "area")
      out += (out.empty() ? "" : " ") + word;
  return out;
}

}  // namespace

Country country_of_code(std::string_view code) noexcept {
  if (code.size() != 2 || !is_letter(code[0]) || !is_letter(code[1]))
    return 0;
  if (upper(code[0]) == 'U' && upper(code[1]) == 'K')
    code = "GB";
  return static_cast<Country>((upper(code[0]) - 'A') * 26 + (upper(code[1]) - 'A') + 1);
}

std::string code_of(Country country) {
  if (country == 0 || country > 676)
    return {};
  return {static_cast<char>('A' + (country - 1) / 26), static_cast<char>('A' + (country - 1) % 26)};
}

Currency currency_of_code(std::string_view code) noexcept {
  if (code.size() != 3)
    return 0;
  Currency out = 0;
  for (char c : code) {
    if (!is_letter(c))
      return 0;
    out = out << 8 | static_cast<unsigned char>(upper(c));
  }
  return out;
}

Currency currency_of(Country country) noexcept {
  for (const auto& row : tables::countries)
    if (country != 0 && country_of_code(row.code) == country)
      return currency_of_code(row.currency);
  return 0;
}

std::string fold_words(std::string_view text) {
  utf8proc_uint8_t* mapped = nullptr;
  auto length =
    utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                 static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                 static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK |
                                                UTF8PROC_CASEFOLD | UTF8PROC_COMPAT));
  std::string out;
  bool gap = false;
  auto put = [&](std::string_view piece) {
    if (gap && !out.empty())
      out += ' ';
    gap = false;
    out += piece;
  };
  for (utf8proc_ssize_t at = 0; at < length;) {
    utf8proc_int32_t c = 0;
    auto size = utf8proc_iterate(mapped + at, length - at, &c);
    if (size <= 0)
      break;
    auto category = utf8proc_category(c);
    std::string_view bytes{reinterpret_cast<const char*>(mapped + at),
                           static_cast<std::size_t>(size)};
    if (auto plain = latin(c); !plain.empty())
      put(plain);
    else if (category <= UTF8PROC_CATEGORY_LO && category >= UTF8PROC_CATEGORY_LU)
      put(bytes);
    else if (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO)
      put(bytes);
    else if ((c == '+' || c == '#') && !out.empty() && !gap)
      put(bytes);
    else if (c != '\'' && c != 0x2019)
      gap = true;
    at += size;
  }
  std::free(mapped);
  return out;
}

std::uint64_t fold_key(std::string_view text) {
  auto folded = fold_words(text);
  return folded.empty() ? 0 : hash(folded);
}

std::uint64_t city_key(std::string_view name) {
  auto folded = fold_words(name);
  if (folded.empty())
    return 0;
  const auto* town = find(town_names(), folded);
  return town ? town->key : hash(folded);
}

Place read_place(std::string_view text) {
  Place place;
  Country of_region = 0;
  Country of_town = 0;
  while (!text.empty()) {
    auto end = text.find_first_of(",;/()|\n");
    if (auto dash = text.find(" - "); dash < end)
      end = dash;
    auto piece = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    auto name = place_words(piece, place.remote);
    if (name.empty())
      continue;
    const auto* country = find(country_names(), name);
    const auto* town = find(town_names(), name);
    const auto* region = find(region_names(), name);
    bool code = name.size() == 2 && known_code(name);
    // "Austin, TX" and "Los Angeles, CA" mean states, "Berlin, DE" the country of the town before.
    if (code && region &&
        (of_town == region->country ||
         (place.city != 0 && of_town == 0 && name != "de" && name != "in")))
      code = false;
    if (country &&
        !(town && place.city == 0 && text.find_first_not_of(" ,") != std::string_view::npos)) {
      place.country = country->country;
      if (town && place.city == 0)  // Singapore
        place.city = town->key;
    } else if (code) {
      place.country = country_of_code(name);
    } else if (town && place.city == 0) {
      place.city = town->key;
      of_town = town->country;
    } else if (region) {
      place.region = region->key;
      of_region = region->country;
    } else if (place.city == 0) {
      // The number of a house goes with a street, and a street is no town.
      if (piece.find_first_of("0123456789") == std::string_view::npos ||
          piece.find_first_of("0123456789") == piece.find_first_not_of(' '))
        place.city = hash(name);
    } else if (place.region == 0) {
      place.region = hash(name);
    }
  }
  if (place.country == 0)
    place.country = of_region != 0 ? of_region : of_town;
  return place;
}

std::optional<Countries> read_authorization(std::string_view text) {
  auto folded = " " + fold_words(text) + " ";
  auto has = [&](std::string_view phrase) {
    return folded.find(" " + std::string{phrase} + " ") != std::string::npos;
  };
  auto mentions = [&](std::string_view part) { return folded.find(part) != std::string::npos; };
  bool needs = mentions("sponsor") || mentions(" need") || mentions(" requir");
  bool negated = has("no") || has("not") || has("without") || mentions(" doesn");
  if ((needs && !negated) || (has("not") && mentions("authori") && !needs))
    return std::nullopt;

  Countries out;
  bool citizen = mentions("citizen") || mentions(" national") || mentions("passport") ||
                 mentions("staatsb") || mentions("staatsangehor");
  for (std::string_view phrase :
       {"eu", "eea", "european union", "european economic area", "schengen", "european"})
    if (has(phrase))
      out |= free_movement();
  for (const auto& row : tables::countries) {
    bool named = false;
    auto look = [&](std::string_view name) {
      // "us" is also a pronoun: only in capitals does it count.
      if (name == "us" ? text.find("US") != std::string_view::npos && has(name) : has(name))
        named = true;
    };
    each_name(row.names, look);
    each_name(row.demonyms, look);
    if (!named)
      continue;
    out.set(country_of_code(row.code));
    if (citizen && row.free_movement)
      out |= free_movement();
  }
  if (has("green card") || has("h1b") || has("h 1b"))
    out.set(country_of_code("US"));
  if (has("settled status") || has("indefinite leave to remain"))
    out.set(country_of_code("GB"));
  if (out.none())
    return std::nullopt;
  return out;
}

}  // namespace jobraker::matching
