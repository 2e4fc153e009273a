#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/jobs.hpp"

namespace jobraker {

/// A place as far as it is understood; what is not stays empty.
struct Place {
  std::string city{};
  std::string region{};
  std::string country{};  ///< ISO 3166-1 alpha-2, upper case
  Workplace workplace = Workplace::unknown;
  bool operator==(const Place&) const = default;
};

/// Reads `Berlin, Germany`, `US, NY, New York`, `Remote - US`, `London, UK (Hybrid)`, `Anywhere in
/// the World`, `Munich or Vienna` (the first). `country_hint` decides between namesakes and stands
/// in for a country that the text does not name.
Place parse_place(std::string_view text, std::string_view country_hint = {});

/// Reads a structured place, coarse to fine, the country first (Adzuna's `location.area`).
Place place_of_area(const std::vector<std::string>& area, std::string_view country_hint = {});

/// The ISO code of a country's English or local name, code or abbreviation (`Deutschland`, `UK`).
std::string country_code(std::string_view name);

/// The ISO 4217 currency used in a country; empty when not known.
std::string_view currency_of_country(std::string_view country);

}  // namespace jobraker
