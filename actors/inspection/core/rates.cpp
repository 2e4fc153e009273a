#include "actors/inspection/core/rates.hpp"

#include <bit>
#include <utility>

namespace jobraker::inspection {
namespace {

/// Closer looks than this say little.
constexpr std::int64_t apart_ns = 200'000'000;

}  // namespace

void Rates::Table::clear(std::size_t expected) {
  entries.assign(std::bit_ceil(expected * 2 + 16), Entry{});
  used = 0;
}

const Rates::Entry* Rates::Table::find(std::uint64_t id) const noexcept {
  if (entries.empty())
    return nullptr;
  const auto mask = entries.size() - 1;
  for (auto i = id & mask; entries[i].id != 0; i = (i + 1) & mask)
    if (entries[i].id == id)
      return &entries[i];
  return nullptr;
}

void Rates::Table::put(const Entry& entry) {
  if ((used + 1) * 2 > entries.size()) {
    const auto before = std::exchange(entries, {});
    clear(before.size());
    for (const auto& known : before)
      if (known.id != 0)
        put(known);
  }
  const auto mask = entries.size() - 1;
  auto i = entry.id & mask;
  while (entries[i].id != 0 && entries[i].id != entry.id)
    i = (i + 1) & mask;
  used += entries[i].id == 0 ? 1 : 0;
  entries[i] = entry;
}

void Rates::begin(std::int64_t now_ns, std::size_t expected) {
  keeps_ = past_.at_ns == 0 || now_ns - past_.at_ns >= apart_ns;
  seconds_ =
    past_.at_ns == 0 || now_ns <= past_.at_ns ? 0 : static_cast<double>(now_ns - past_.at_ns) / 1e9;
  if (!keeps_)
    return;
  present_.clear(expected);
  present_.at_ns = now_ns;
}

Rates::Delta Rates::note(std::uint64_t id, std::uint64_t messages, std::uint64_t busy_ns) {
  if (id == 0)
    return {};
  if (keeps_)
    present_.put({id, messages, busy_ns});
  const auto* past = past_.find(id);
  if (!past)
    return {};
  return {true, messages > past->messages ? messages - past->messages : 0,
          busy_ns > past->busy_ns ? busy_ns - past->busy_ns : 0};
}

void Rates::end() {
  if (keeps_)
    std::swap(past_, present_);
  keeps_ = false;
}

void Rates::forget() {
  past_ = {};
  present_ = {};
  seconds_ = 0;
  keeps_ = false;
}

}  // namespace jobraker::inspection
