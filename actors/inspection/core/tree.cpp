#include "actors/inspection/core/tree.hpp"

#include <algorithm>
#include <iterator>

#include "actors/inspection/core/paths.hpp"

namespace jobraker::inspection {

TreeLevel::TreeLevel(std::string_view place, std::size_t most)
    : place_(normal_path(place)), most_(std::max<std::size_t>(most, 1)) {}

ActorBranch* TreeLevel::branch(std::string_view name, const Sample& sample) {
  const auto leave_out = [this](std::string_view which) {
    const std::uint64_t hash = std::hash<std::string_view>{}(which);
    if (left_out_.empty() || left_out_.back() != hash)
      left_out_.push_back(hash);
  };
  const bool full = first_.size() >= most_;
  if (full && first_.rbegin()->first < name) {
    leave_out(name);
    return nullptr;
  }
  if (const auto known = first_.find(name); known != first_.end())
    return &known->second;
  if (full) {
    const auto last = std::prev(first_.end());
    leave_out(last->first);
    first_.erase(last);
  }
  auto& fresh = first_[std::string{name}];
  fresh.name = name;
  fresh.path = (place_.size() == 1 ? place_ : place_ + "/") + fresh.name;
  fresh.kind = std::string{sample.kind};
  return &fresh;
}

void TreeLevel::offer(const Sample& s) {
  if (!is_under(s.path, place_))
    return;
  const auto begin = place_.size() == 1 ? std::size_t{1} : place_.size() + 1;
  if (s.path.size() <= begin)
    return;  // it lives at the place itself
  const auto end = s.path.find('/', begin);
  const bool below = end != std::string_view::npos;
  auto* sum = branch(s.path.substr(begin, below ? end - begin : end), s);
  if (!sum)
    return;
  if (sum->kind && *sum->kind != s.kind)
    sum->kind.reset();
  sum->leaf = sum->leaf && !below;
  ++sum->actors;
  sum->mailbox += static_cast<std::int64_t>(s.mailbox);
  sum->messages += static_cast<std::int64_t>(s.handled);
  sum->failures += s.failures;
  sum->restarts += s.restarts;
  sum->running += s.running ? 1 : 0;
}

TreeLevel::Children TreeLevel::finish() {
  Children out;
  std::sort(left_out_.begin(), left_out_.end());
  const auto others = std::unique(left_out_.begin(), left_out_.end()) - left_out_.begin();
  out.total = static_cast<std::int64_t>(first_.size()) + others;
  out.branches.reserve(first_.size());
  for (auto& [name, sum] : first_)
    out.branches.push_back(std::move(sum));
  return out;
}

}  // namespace jobraker::inspection
