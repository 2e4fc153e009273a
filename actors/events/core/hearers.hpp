#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace jobraker::events {

/// Which rows the consumers of this process have, and who is not done with them. Pure.
class Hearers {
public:
  /// A row goes to these consumers, each once.
  void give(std::int64_t seq, std::vector<std::size_t> hearers) {
    waiting_[seq] = std::move(hearers);
  }

  /// One of them is done with it; true when it was the last one. Said twice it counts once.
  bool done(std::int64_t seq, std::size_t hearer) {
    auto at = waiting_.find(seq);
    if (at == waiting_.end() || std::erase(at->second, hearer) == 0 || !at->second.empty())
      return false;
    waiting_.erase(at);
    return true;
  }

  /// What this one has and is not done with, in order.
  std::vector<std::int64_t> of(std::size_t hearer) const {
    std::vector<std::int64_t> seqs;
    for (const auto& [seq, hearers] : waiting_)
      if (std::find(hearers.begin(), hearers.end(), hearer) != hearers.end())
        seqs.push_back(seq);
    return seqs;
  }

private:
  std::map<std::int64_t, std::vector<std::size_t>> waiting_{};
};

}  // namespace jobraker::events
