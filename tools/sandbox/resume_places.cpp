#include <algorithm>

#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::string_view countries[] = {
  "usa",
  "us",
  "u.s.",
  "united states",
  "uk",
  "united kingdom",
  "england",
  "scotland",
  "wales",
  "ireland",
  "germany",
  "deutschland",
  "austria",
  "österreich",
  "switzerland",
  "schweiz",
  "france",
  "italy",
  "spain",
  "portugal",
  "netherlands",
  "belgium",
  "denmark",
  "sweden",
  "norway",
  "finland",
  "poland",
  "czech republic",
  "hungary",
  "romania",
  "bulgaria",
  "greece",
  "turkey",
  "türkiye",
  "ukraine",
  "russia",
  "israel",
  "india",
  "pakistan",
  "bangladesh",
  "sri lanka",
  "china",
  "japan",
  "south korea",
  "singapore",
  "malaysia",
  "indonesia",
  "philippines",
  "vietnam",
  "thailand",
  "australia",
  "new zealand",
  "canada",
  "mexico",
  "brazil",
  "argentina",
  "chile",
  "colombia",
  "south africa",
  "nigeria",
  "kenya",
  "egypt",
  "morocco",
  "uae",
  "united arab emirates",
  "saudi arabia",
  "qatar",
  "maharashtra",
  "karnataka",
  "tamil nadu",
  "telangana",
  "gujarat",
};

constexpr std::string_view cities[] = {
  "london",    "manchester", "birmingham", "leeds",     "bristol",       "edinburgh",   "glasgow",
  "cardiff",   "berlin",     "hamburg",    "munich",    "münchen",       "köln",        "cologne",
  "frankfurt", "stuttgart",  "vienna",     "wien",      "linz",          "graz",        "zürich",
  "zurich",    "geneva",     "paris",      "lyon",      "toulouse",      "amsterdam",   "rotterdam",
  "utrecht",   "eindhoven",  "brussels",   "antwerp",   "madrid",        "barcelona",   "lisbon",
  "milan",     "milano",     "rome",       "warsaw",    "warszawa",      "kraków",      "krakow",
  "prague",    "budapest",   "dublin",     "new york",  "san francisco", "los angeles", "seattle",
  "boston",    "chicago",    "austin",     "denver",    "toronto",       "vancouver",   "montreal",
  "ottawa",    "sydney",     "melbourne",  "brisbane",  "perth",         "mumbai",      "pune",
  "bengaluru", "bangalore",  "hyderabad",  "chennai",   "delhi",         "new delhi",   "kolkata",
  "nagpur",    "tel aviv",   "haifa",      "jerusalem", "singapore",     "dubai",       "tokyo",
  "remote",
};

constexpr std::string_view states[] = {
  "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE",  "FL",  "GA",  "HI",  "ID", "IL",
  "IN", "IA", "KS", "KY", "LA", "ME", "MD", "MA",  "MI",  "MN",  "MS",  "MO", "MT",
  "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND",  "OH",  "OK",  "OR",  "PA", "RI",
  "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA",  "WV",  "WI",  "WY",  "DC", "ON",
  "QC", "BC", "AB", "MB", "NS", "NB", "SK", "NSW", "VIC", "QLD", "TAS",
};

template <class List>
bool holds(const List& list, std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

}  // namespace

bool looks_like_place(std::string_view text) {
  text = trim(text);
  if (text.size() < 2 || text.size() > 60)
    return false;
  auto low = lower(squeeze(text));
  if (holds(countries, low) || holds(cities, low) || holds(states, text))
    return true;
  auto comma = text.rfind(',');
  if (comma == std::string_view::npos)
    return false;
  auto tail = trim(text.substr(comma + 1));
  // A postcode after the state: "Austin, TX 78701".
  if (auto space = tail.find(' '); space != std::string_view::npos && space <= 3 &&
                                   tail.size() > space + 1 && is_digit(tail[space + 1]))
    tail = tail.substr(0, space);
  auto low_tail = lower(tail);
  return is_upper(text, 0) &&
         (holds(states, tail) || holds(countries, low_tail) || holds(cities, low_tail));
}

bool is_region(std::string_view text) {
  return holds(states, text) || holds(countries, lower(text));
}

}  // namespace jobraker::sandbox
