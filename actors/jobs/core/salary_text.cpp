#include "actors/jobs/core/salary_text.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "actors/jobs/core/place.hpp"
#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

struct Number {
  double value = 0;
  bool thousands = false;
  std::size_t begin = 0, end = 0;
};

/// Digits with separators as a number: a last group of other than three digits is a fraction.
double grouped(std::string_view s) {
  auto last = s.find_last_of(".,");
  bool several = last != s.npos && s.find_first_of(".,") != last;
  bool same = several && s[s.find_first_of(".,")] == s[last];
  std::string plain;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (digit(s[i]))
      plain += s[i];
    else if (i == last && (s.size() - i - 1 != 3 || (several && !same)))
      plain += '.';
  }
  double value = 0;
  std::from_chars(plain.data(), plain.data() + plain.size(), value);
  return value;
}

/// All numbers of the text that may be pay.
std::vector<Number> numbers_of(std::string_view s) {
  std::vector<Number> out;
  for (std::size_t i = 0; i < s.size() && out.size() < 40;) {
    if (!digit(s[i])) {
      ++i;
      continue;
    }
    Number n;
    n.begin = i;
    std::string digits;
    while (i < s.size()) {
      if (digit(s[i])) {
        digits += s[i++];
      } else if ((s[i] == ',' || s[i] == '.' || s[i] == '\'') && i + 1 < s.size() &&
                 digit(s[i + 1])) {
        if (s[i] != '\'')
          digits += s[i];
        ++i;
      } else if (s[i] == ' ' && i + 3 < s.size() && digit(s[i + 1]) && digit(s[i + 2]) &&
                 digit(s[i + 3]) && (i + 4 == s.size() || !digit(s[i + 4])) && digits.size() <= 3) {
        ++i;  // `45 000`
      } else {
        break;
      }
    }
    n.value = digits.size() > 15 ? 0 : grouped(digits);
    auto rest = s.substr(i);
    auto word_ends = [&](std::size_t k) {
      return rest.size() == k || !((rest[k] >= 'a' && rest[k] <= 'z') || digit(rest[k]));
    };
    bool skip = false;
    if (rest.starts_with("k") && word_ends(1) && n.value != 401) {
      n.thousands = true;
      ++i;
    } else if (rest.starts_with(" k") && word_ends(2)) {
      n.thousands = true;
      i += 2;
    } else if (rest.starts_with("tsd") || rest.starts_with(" tsd") ||
               rest.starts_with(" thousand")) {
      n.thousands = true;
    } else if (rest.starts_with("lpa") || rest.starts_with(" lpa") || rest.starts_with(" lakh")) {
      n.value *= 100'000;
    } else if (rest.starts_with("%") || rest.starts_with(" %") || rest.starts_with("st ") ||
               rest.starts_with("th ") || rest.starts_with("(k)") || rest.starts_with(" (k)") ||
               rest.starts_with(" million") || rest.starts_with("m ") ||
               rest.starts_with(" billion") || (rest.starts_with("m") && word_ends(1)) ||
               (rest.starts_with("bn") && word_ends(2)) ||
               (rest.starts_with(":") && rest.size() > 1 && digit(rest[1])) ||
               rest.starts_with("*") || rest.starts_with(" hours") || rest.starts_with(" years") ||
               rest.starts_with("+ years") || rest.starts_with(" months") ||
               rest.starts_with(" days") || (n.value == 401 && rest.starts_with("k"))) {
      skip = true;
    }
    if (n.begin > 0 &&
        (s[n.begin - 1] == ':' || (s[n.begin - 1] >= 'a' && s[n.begin - 1] <= 'z')) &&
        !(n.begin > 1 &&
          s.substr(n.begin - 3 > s.size() ? 0 : n.begin - 3, 3).find_first_of("$") != s.npos)) {
      // `18:30`, `ps4`; but `usd450`, `us$450` and `eur 450` are pay.
      auto from = n.begin >= 3 ? n.begin - 3 : 0;
      if (currency_in(s.substr(from, n.begin - from), {}).empty() && s[n.begin - 1] != ':')
        skip = true;
      skip |= s[n.begin - 1] == ':' && n.begin > 1 && digit(s[n.begin - 2]);
    }
    if (n.thousands)
      n.value *= 1000;
    n.end = i;
    if (!skip)
      out.push_back(n);
  }
  return out;
}

/// Whether only a range's sign and currencies stand between two figures.
bool range_between(std::string_view between) {
  auto s = text::lower(between);
  bool sign = false;
  for (std::string_view mark :
       {"–", "—", "-", " to ", " bis ", " à ", " a ", " and ", " und ", " tot ", " do ", "~", "/"})
    if (auto at = s.find(mark); at != s.npos) {
      s.replace(at, mark.size(), " ");
      sign = true;
      break;
    }
  if (!sign || s.size() > 24)
    return false;
  for (std::string_view word :
       {"usd",      "eur",     "gbp", "cad",   "aud", "chf",   "pln",   "sek",      "amd",
        "us$",      "c$",      "a$",  "$",     "£",   "€",     "₹",     "per hour", "per annum",
        "per year", "an hour", "k",   "gross", "/hr", "/hour", "/year", "/yr"})
    s = text::replace_all(std::move(s), word, " ");
  return text::trim(s).empty();
}

struct Sign {
  std::string_view text;
  std::string_view code;  ///< empty: decided by the country
};
constexpr Sign signs[] = {
  {"us$", "USD"},    {"usd", "USD"},   {"ca$", "CAD"}, {"c$", "CAD"},  {"cad", "CAD"},
  {"au$", "AUD"},    {"a$", "AUD"},    {"aud", "AUD"}, {"nz$", "NZD"}, {"nzd", "NZD"},
  {"s$", "SGD"},     {"sgd", "SGD"},   {"hk$", "HKD"}, {"hkd", "HKD"}, {"mx$", "MXN"},
  {"mxn", "MXN"},    {"r$", "BRL"},    {"brl", "BRL"}, {"€", "EUR"},   {"eur", "EUR"},
  {"euro", "EUR"},   {"euros", "EUR"}, {"£", "GBP"},   {"gbp", "GBP"}, {"chf", "CHF"},
  {"sfr", "CHF"},    {"₹", "INR"},     {"inr", "INR"}, {"rs.", "INR"}, {"lpa", "INR"},
  {"lakh", "INR"},   {"lakhs", "INR"}, {"pln", "PLN"}, {"zł", "PLN"},  {"czk", "CZK"},
  {"kč", "CZK"},     {"huf", "HUF"},   {"ft", "HUF"},  {"ron", "RON"}, {"sek", "SEK"},
  {"nok", "NOK"},    {"dkk", "DKK"},   {"jpy", "JPY"}, {"cny", "CNY"}, {"rmb", "CNY"},
  {"krw", "KRW"},    {"₩", "KRW"},     {"zar", "ZAR"}, {"aed", "AED"}, {"sar", "SAR"},
  {"qar", "QAR"},    {"ils", "ILS"},   {"₪", "ILS"},   {"try", "TRY"}, {"₺", "TRY"},
  {"rub", "RUB"},    {"₽", "RUB"},     {"uah", "UAH"}, {"₴", "UAH"},   {"amd", "AMD"},
  {"gel", "GEL"},    {"php", "PHP"},   {"₱", "PHP"},   {"myr", "MYR"}, {"idr", "IDR"},
  {"vnd", "VND"},    {"thb", "THB"},   {"฿", "THB"},   {"ngn", "NGN"}, {"₦", "NGN"},
  {"kes", "KES"},    {"egp", "EGP"},   {"pkr", "PKR"}, {"bdt", "BDT"}, {"ars", "ARS"},
  {"clp", "CLP"},    {"cop", "COP"},   {"pen", "PEN"}, {"bgn", "BGN"}, {"dollars", "USD"},
  {"pounds", "GBP"}, {"$", ""},        {"kr", ""},     {"¥", ""}};

struct Words {
  PayPeriod period;
  std::string_view words[22];
};
constexpr Words period_words[] = {
  {PayPeriod::hour,
   {"per hour",    "an hour",   "hourly",     "/hr",      "/ hr",    "/hour",      "/ hour",
    "per hr",      "p/h",       "/h",         "ph",       "hr",      "pro stunde", "/std",
    "stundenlohn", "par heure", "de l'heure", "por hora", "per uur", "all'ora",    "za godzinę"}},
  {PayPeriod::day,
   {"per day", "a day", "daily", "/day", "/ day", "day rate", "p/d", "pro tag", "tagessatz",
    "par jour", "por día", "per dag", "tjm"}},
  {PayPeriod::week,
   {"per week", "a week", "weekly", "/week", "/ week", "/wk", "p/w", "pw", "pro woche",
    "par semaine", "por semana", "per week"}},
  {PayPeriod::month,
   {"per month", "a month",   "monthly",   "/month",   "/ month",     "/mo",     "pcm",
    "p/m",       "pro monat", "monatlich", "im monat", "par mois",    "mensuel", "al mes",
    "por mes",   "mensual",   "per maand", "al mese",  "miesięcznie", "/mies",   "month"}},
  {PayPeriod::year,
   {"per annum", "per year", "a year", "yearly",   "annual",   "annually", "/year",        "/ year",
    "/yr",       "p.a.",     "pa",     "p/a",      "pro jahr", "jährlich", "jahresgehalt", "par an",
    "annuel",    "al año",   "anual",  "per jaar", "all'anno", "lpa"}}};

/// Position of `word` in lowered text where it stands by itself; digits may touch signs and units.
std::size_t find_unit(std::string_view s, std::string_view word) {
  auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
  };
  for (auto at = s.find(word); at != s.npos; at = s.find(word, at + 1)) {
    auto end = at + word.size();
    bool starts = at == 0 || !letter(word.front()) || !letter(s[at - 1]) ||
                  static_cast<unsigned char>(word.front()) >= 0x80;
    bool ends = end >= s.size() || !letter(word.back()) || !letter(s[end]) ||
                static_cast<unsigned char>(word.back()) >= 0x80;
    if (starts && ends)
      return at;
  }
  return s.npos;
}

}  // namespace

std::string currency_in(std::string_view raw, std::string_view country) {
  auto s = text::lower(raw);
  const Sign* found = nullptr;
  auto first = s.npos;
  for (const auto& sign : signs)
    if (auto at = find_unit(s, sign.text); at < first) {
      first = at;
      found = &sign;
    }
  if (!found)
    return {};
  if (!found->code.empty())
    return std::string{found->code};
  auto local = std::string{currency_of_country(country)};
  if (found->text == "$")
    return local.size() == 3 &&
               (local[2] == 'D' || local == "MXN" || local == "ARS" || local == "CLP" ||
                local == "COP") &&
               local != "AMD" && local != "AED" && local != "JOD" && local != "KWD" &&
               local != "BHD"
             ? local
             : "USD";
  if (found->text == "kr")
    return local == "SEK" || local == "NOK" || local == "DKK" || local == "ISK" ? local : "";
  return local == "CNY" ? "CNY" : "JPY";
}

PayPeriod period_in(std::string_view raw) {
  auto s = text::lower(raw);
  auto first = s.npos;
  auto found = PayPeriod::unknown;
  for (const auto& group : period_words)
    for (auto word : group.words)
      if (!word.empty())
        if (auto at = find_unit(s, word); at < first) {
          first = at;
          found = group.period;
        }
  return found;
}

bool spreadsheet_date(std::string_view raw) {
  constexpr std::string_view months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};
  auto parts = text::split(text::lower(raw), "-/ ");
  if (parts.size() != 2)
    return false;
  auto is_month = [&](const std::string& p) {
    return std::find(std::begin(months), std::end(months), p) != std::end(months);
  };
  auto is_number = [&](const std::string& p) {
    return !p.empty() && p.size() <= 4 && std::all_of(p.begin(), p.end(), digit);
  };
  return (is_month(parts[0]) && is_number(parts[1])) || (is_number(parts[0]) && is_month(parts[1]));
}

std::optional<PayFigures> pay_figures(std::string_view raw) {
  auto s = text::lower(text::cut(raw, 2000));
  auto numbers = numbers_of(s);
  if (numbers.empty())
    return std::nullopt;
  // The figure by a currency, where there is one.
  auto by_currency = [&](const Number& n) {
    auto from = n.begin >= 5 ? n.begin - 5 : 0;
    return !currency_in(std::string_view{s}.substr(from, n.begin - from), {}).empty() ||
           !currency_in(std::string_view{s}.substr(n.end, 6), {}).empty();
  };
  std::size_t chosen = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (by_currency(numbers[i])) {
      // `45–55 €`: the currency stands by the end of the range.
      auto gap = i == 0 ? std::string_view{}
                        : std::string_view{s}.substr(numbers[i - 1].end,
                                                     numbers[i].begin - numbers[i - 1].end);
      chosen = i > 0 && range_between(gap) ? i - 1 : i;
      break;
    }
  PayFigures out;
  const auto& first = numbers[chosen];
  out.low = out.high = first.value;
  out.thousands = first.thousands;
  out.begin = first.begin;
  out.end = first.end;
  if (chosen + 1 < numbers.size()) {
    const auto& second = numbers[chosen + 1];
    if (range_between(std::string_view{s}.substr(first.end, second.begin - first.end))) {
      out.high = second.value;
      out.end = second.end;
      // `45–55k` and `45k–55`: the k is meant for both.
      if (second.thousands && !first.thousands && first.value < 1000)
        out.low = first.value * 1000;
      if (first.thousands && !second.thousands && second.value < 1000)
        out.high = second.value * 1000;
      out.thousands |= second.thousands;
      return out;
    }
  }
  auto before = std::string_view{s}.substr(first.begin > 24 ? first.begin - 24 : 0,
                                           std::min<std::size_t>(first.begin, 24));
  for (std::string_view word : {"up to", "bis zu", "max", "maximum", "jusqu'à", "hasta", "tot"})
    out.up_to |= text::has_word(before, word);
  for (std::string_view word :
       {"from", "starting", "minimum", "min", "at least", "ab", "à partir de", "desde", "od"})
    out.from |= text::has_word(before, word);
  out.from |= std::string_view{s}.substr(first.end).starts_with("+");
  out.from = out.from && !out.up_to;
  return out;
}

}  // namespace jobraker
