#include "actors/llm/core/queue.hpp"

#include <algorithm>

namespace jobraker::llm {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr microseconds pace_max = std::chrono::seconds{60};

std::size_t index_of(Priority priority) { return static_cast<std::size_t>(priority); }

}  // namespace

Done CallQueue::push(QueueItem item, Moment now) {
  if (item.deadline <= now)
    return fail(Errc::timed_out, "the deadline has passed");
  if (entries_.contains(item.id))
    return fail(Errc::conflict, "call " + std::to_string(item.id) + " is waiting already");
  auto priority = index_of(item.priority);
  auto tenant = tenants_.find(item.tenant);
  bool tenant_full =
    !item.tenant.empty() && tenant != tenants_.end() && tenant->second.waiting >= rules_.per_tenant;
  if (size() >= rules_.total || sizes_[priority] >= rules_.each[priority] || tenant_full)
    return fail(Error{Errc::unavailable,
                      tenant_full ? "too many of your calls are waiting for the language model"
                                  : "too many calls are waiting for the language model",
                      {},
                      wait_estimate()});
  Place place{now + rules_.handicap[priority], arrivals_++};
  if (!item.tenant.empty()) {
    auto& share = tenants_[item.tenant];
    if (share.waiting > 0)
      place.rank = std::max(place.rank, share.latest[priority] + rules_.tenant_step);
    share.latest[priority] = place.rank;
    ++share.waiting;
  }
  ++sizes_[priority];
  places_.emplace(place, item.id);
  deadlines_.emplace(item.deadline, item.id);
  auto id = item.id;
  entries_.emplace(id, Entry{std::move(item), place});
  return {};
}

const QueueItem* CallQueue::front() const {
  return places_.empty() ? nullptr : &entries_.at(places_.begin()->second).item;
}

std::optional<QueueItem> CallQueue::pop(Moment now) {
  if (places_.empty())
    return std::nullopt;
  if (departed_ && now > *departed_) {
    auto gap = std::min(std::chrono::duration_cast<microseconds>(now - *departed_), pace_max);
    pace_ += (gap - pace_) / 8;
  }
  auto item = take_out(entries_.find(places_.begin()->second));
  // While nobody waits, the time between departures says nothing of the pace.
  departed_ = places_.empty() ? std::nullopt : std::optional{now};
  return item;
}

std::vector<QueueItem> CallQueue::expire(Moment now) {
  std::vector<QueueItem> out;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now)
    out.push_back(take_out(entries_.find(deadlines_.begin()->second)));
  return out;
}

bool CallQueue::remove(std::int64_t id) {
  auto entry = entries_.find(id);
  if (entry == entries_.end())
    return false;
  take_out(entry);
  return true;
}

std::optional<Moment> CallQueue::next_deadline() const {
  if (deadlines_.empty() || deadlines_.begin()->first == Moment::max())
    return std::nullopt;
  return deadlines_.begin()->first;
}

milliseconds CallQueue::wait_estimate() const {
  auto wait = std::chrono::ceil<milliseconds>(pace_ * static_cast<std::int64_t>(size()));
  return std::clamp(wait, milliseconds{1'000}, milliseconds{120'000});
}

QueueItem CallQueue::take_out(std::map<std::int64_t, Entry>::iterator entry) {
  auto item = std::move(entry->second.item);
  places_.erase(entry->second.place);
  deadlines_.erase({item.deadline, item.id});
  --sizes_[index_of(item.priority)];
  if (auto tenant = tenants_.find(item.tenant);
      tenant != tenants_.end() && --tenant->second.waiting == 0)
    tenants_.erase(tenant);
  entries_.erase(entry);
  return item;
}

}  // namespace jobraker::llm
