#include "actors/inspection/core/alarms.hpp"

#include <algorithm>

namespace jobraker::inspection {

void AlarmBook::note(Time now, const Conspicuous& what, AlarmNews& news) {
  const auto& limit = limits(what.kind);
  if (what.value < limit.clear)
    return;
  const Key key{what.kind, what.path};
  auto at = entries_.find(key);
  if (at == entries_.end()) {
    if (what.value < limit.raise)
      return;
    if (entries_.size() >= most_) {
      ++left_out_;
      return;
    }
    at = entries_.try_emplace(key).first;
  }
  auto& entry = at->second;
  entry.seen = looks_;
  entry.below = 0;
  const auto level = what.value >= limit.critical ? AlarmLevel::critical : AlarmLevel::warning;
  if (what.value >= limit.raise)
    entry.above = std::min(entry.above + 1, limit.raise_after);
  else if (!entry.on)
    entry.above = 0;
  if (!entry.on && entry.above < limit.raise_after)
    return;
  // It stays as bad as it was at its worst until it is over.
  const bool worse = entry.on && level > entry.alarm.level;
  if (!entry.on) {
    entry.number = ++last_number_;
    entry.alarm = {
      "a" + std::to_string(entry.number), what.kind, what.path, what.detail, now, level};
  }
  entry.alarm.detail = what.detail;
  if (worse)
    entry.alarm.level = level;
  if (!entry.on || worse)
    news.raised.push_back(entry.alarm);
  entry.on = true;
}

AlarmNews AlarmBook::look(Time now, const std::vector<Conspicuous>& found) {
  AlarmNews news;
  ++looks_;
  left_out_ = 0;
  std::vector<const Conspicuous*> worst_first;
  worst_first.reserve(found.size());
  for (const auto& what : found)
    worst_first.push_back(&what);
  std::stable_sort(worst_first.begin(), worst_first.end(),
                   [](const auto* a, const auto* b) { return a->value > b->value; });
  for (const auto* what : worst_first) {
    const auto known = entries_.find({what->kind, what->path});
    if (known == entries_.end() || known->second.seen != looks_)
      note(now, *what, news);
  }
  for (auto at = entries_.begin(); at != entries_.end();) {
    auto& entry = at->second;
    const bool gone =
      entry.seen != looks_ && (!entry.on || ++entry.below >= limits(at->first.first).clear_after);
    const bool idle = !entry.on && entry.above == 0;
    if (gone && entry.on)
      news.over.push_back(entry.alarm);
    at = gone || idle ? entries_.erase(at) : std::next(at);
  }
  return news;
}

std::vector<Alarm> AlarmBook::on() const {
  std::vector<const Entry*> all;
  for (const auto& [key, entry] : entries_)
    if (entry.on)
      all.push_back(&entry);
  std::sort(all.begin(), all.end(),
            [](const auto* a, const auto* b) { return a->number < b->number; });
  std::vector<Alarm> out;
  for (const auto* entry : all)
    out.push_back(entry->alarm);
  return out;
}

}  // namespace jobraker::inspection
