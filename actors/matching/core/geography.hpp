#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jobraker::matching {

/// An ISO 3166-1 alpha-2 code as a number from 1 to 676; 0 is unknown.
using Country = std::uint16_t;
/// A set of countries.
using Countries = std::bitset<677>;
/// An ISO 4217 code packed into 24 bits; 0 is unknown.
using Currency = std::uint32_t;

/// `DE`, in either case; 0 for anything that is not two letters.
Country country_of_code(std::string_view code) noexcept;
/// The two letters of a country, upper case; empty for 0.
std::string code_of(Country country);
/// `EUR`, in either case; 0 for anything that is not three letters.
Currency currency_of_code(std::string_view code) noexcept;
/// The currency people are paid in there; 0 when the table does not say.
Currency currency_of(Country country) noexcept;

/// A 64-bit name of a word or phrase: equal for spellings that differ in case, accents and
/// punctuation only (`São Paulo`, `sao-paulo`). 0 for a text without letters or digits.
std::uint64_t fold_key(std::string_view text);

/// Lower-case words without accents, split at everything that is neither a letter nor a digit;
/// `+` and `#` stay (`c++`, `c#`). Letters outside Latin are kept as they are.
std::string fold_words(std::string_view text);

/// What a person wrote as a place: `Berlin, Germany`, `Remote`, `Austin, TX`, `UK`.
struct Place {
  Country country = 0;
  std::uint64_t city =
    0;  ///< `fold_key` of the town, its English name where it has one; 0 when none is named
  std::uint64_t region = 0;  ///< `fold_key` of a state or region; 0 when none is named
  bool remote = false;
  bool operator==(const Place&) const = default;
};
/// Reads one place; what is not recognised is taken as a town.
Place read_place(std::string_view text);
/// `fold_key` of a town, after translating names with an English form (`München` is `Munich`).
std::uint64_t city_key(std::string_view name);

/// Where a work authorisation lets a person work: `EU citizen`, `German passport`, `US green card`.
/// Empty when the text does not say, or says that a permit is still needed.
std::optional<Countries> read_authorization(std::string_view text);

}  // namespace jobraker::matching
