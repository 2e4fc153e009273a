#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jobraker {

/// One row of config/places.tsv. Everything in it lives for ever.
struct PlaceEntry {
  enum class Kind { country, region, city };
  Kind kind = Kind::city;
  std::string_view code;      ///< ISO 3166-1 alpha-2 of the country
  std::string_view name;      ///< the one spelling we store
  std::string_view region;    ///< of a city; may be empty
  std::string_view currency;  ///< of a country; ISO 4217
};

/// All entries that `name` may mean (name or alias, whatever case and accents), in the table's
/// order. Two-letter spellings are found only when written in capitals.
std::vector<const PlaceEntry*> places_named(std::string_view name);

/// The country with this code (upper case), or null.
const PlaceEntry* country_entry(std::string_view code);

}  // namespace jobraker
