#include "actors/jobs/core/gazetteer.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "actors/jobs/core/text.hpp"
#include "embedded/embedded_places.hpp"

namespace jobraker {
namespace {

struct Table {
  std::deque<PlaceEntry> entries;
  std::unordered_map<std::string, std::vector<const PlaceEntry*>> by_key;
  std::unordered_map<std::string, std::vector<const PlaceEntry*>> by_code;  ///< as written
  std::unordered_map<std::string, const PlaceEntry*> countries;

  void name(std::string_view spelling, const PlaceEntry* entry) {
    if (spelling.empty())
      return;
    auto& list =
      spelling.size() <= 2 ? by_code[std::string{spelling}] : by_key[text::key(spelling)];
    if (list.empty() || list.back() != entry)
      list.push_back(entry);
  }

  Table() {
    auto rest = embedded_places().front().content;
    while (!rest.empty()) {
      auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      if (line.empty() || line.front() == '#')
        continue;
      std::vector<std::string_view> cells;
      for (auto left = line;;) {
        auto tab = left.find('\t');
        cells.push_back(left.substr(0, tab));
        if (tab == left.npos)
          break;
        left.remove_prefix(tab + 1);
      }
      cells.resize(5);
      auto& entry = entries.emplace_back();
      entry.kind = cells[0] == "country"  ? PlaceEntry::Kind::country
                   : cells[0] == "region" ? PlaceEntry::Kind::region
                                          : PlaceEntry::Kind::city;
      entry.code = cells[1];
      entry.name = cells[2];
      auto aliases = cells[4];
      if (entry.kind == PlaceEntry::Kind::country) {
        entry.currency = cells[3];
        countries[std::string{entry.code}] = &entry;
        name(entry.code, &entry);
      } else if (entry.kind == PlaceEntry::Kind::region) {
        aliases = cells[3];
      } else {
        entry.region = cells[3];
      }
      name(entry.name, &entry);
      for (const auto& alias : text::split(aliases, "|"))
        name(alias, &entry);
    }
  }
};

const Table& table() {
  static const Table loaded;
  return loaded;
}

}  // namespace

std::vector<const PlaceEntry*> places_named(std::string_view name) {
  const auto& t = table();
  name = text::trim(name);
  if (name.size() <= 2) {
    auto found = t.by_code.find(std::string{name});
    return found == t.by_code.end() ? std::vector<const PlaceEntry*>{} : found->second;
  }
  auto found = t.by_key.find(text::key(name));
  return found == t.by_key.end() ? std::vector<const PlaceEntry*>{} : found->second;
}

const PlaceEntry* country_entry(std::string_view code) {
  auto found = table().countries.find(std::string{code});
  return found == table().countries.end() ? nullptr : found->second;
}

}  // namespace jobraker
