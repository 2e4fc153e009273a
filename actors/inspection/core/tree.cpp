#include "actors/inspection/core/tree.hpp"

#include <algorithm>

#include "actors/inspection/core/paths.hpp"

namespace jobraker::inspection {

TreeLevel::TreeLevel(std::string_view place) : place_(normal_path(place)) {}

void TreeLevel::offer(const Sample& s) {
  if (!is_under(s.path, place_))
    return;
  const auto begin = place_.size() == 1 ? std::size_t{1} : place_.size() + 1;
  if (s.path.size() <= begin)
    return;  // it lives at the place itself
  const auto end = s.path.find('/', begin);
  name_.assign(s.path.substr(begin, end == std::string_view::npos ? end : end - begin));
  auto [at, fresh] = branches_.try_emplace(name_);
  auto& branch = at->second;
  if (fresh) {
    branch.name = name_;
    branch.path = std::string{s.path.substr(0, begin)} + name_;
    branch.kind = std::string{s.kind};
  } else if (branch.kind && *branch.kind != s.kind) {
    branch.kind.reset();
  }
  branch.leaf = branch.leaf && end == std::string_view::npos;
  ++branch.actors;
  branch.mailbox += static_cast<std::int64_t>(s.mailbox);
  branch.messages += static_cast<std::int64_t>(s.handled);
  branch.failures += s.failures;
  branch.restarts += s.restarts;
  branch.running += s.running ? 1 : 0;
}

TreeLevel::Children TreeLevel::finish(std::size_t most) {
  std::vector<ActorBranch*> all;
  all.reserve(branches_.size());
  for (auto& [name, branch] : branches_)
    all.push_back(&branch);
  const auto shown = std::min(most, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), all.end(),
                    [](const auto* a, const auto* b) { return a->name < b->name; });
  Children out;
  out.total = static_cast<std::int64_t>(all.size());
  for (std::size_t i = 0; i < shown; ++i)
    out.branches.push_back(std::move(*all[i]));
  return out;
}

}  // namespace jobraker::inspection
