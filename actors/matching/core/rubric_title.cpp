#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "actors/matching/core/rubric.hpp"
#include "actors/matching/core/title_tables.hpp"

namespace jobraker::matching {
namespace {

constexpr std::int32_t common_weight = 2;
constexpr std::int32_t trade_weight = 3;
constexpr std::int32_t own_weight = 4;
/// From here on a title says enough that being contained in a longer one counts.
constexpr std::int32_t telling_weight = 6;

void replace_all(std::string& padded, std::string_view from, std::string_view to) {
  auto needle = " " + std::string{from} + " ";
  auto fresh = " " + std::string{to} + " ";
  for (auto at = padded.find(needle); at != std::string::npos;
       at = padded.find(needle, at + fresh.size() - 1))
    padded.replace(at, needle.size(), fresh);
}

/// The trade of a word that belongs to one.
const std::unordered_map<std::string, std::string>& trade_of() {
  static const auto map = [] {
    std::unordered_map<std::string, std::string> out;
    for (const auto& trade : tables::trades) {
      auto rest = trade.words;
      while (!rest.empty()) {
        auto bar = rest.find('|');
        out.try_emplace(std::string{rest.substr(0, bar)}, "trade:" + std::string{trade.name});
        rest = bar == std::string_view::npos ? std::string_view{} : rest.substr(bar + 1);
      }
    }
    return out;
  }();
  return map;
}

const std::unordered_set<std::string_view>& set_of_passed_over() {
  static const std::unordered_set<std::string_view> set{std::begin(tables::passed_over),
                                                        std::end(tables::passed_over)};
  return set;
}

const std::unordered_set<std::string_view>& set_of_common() {
  static const std::unordered_set<std::string_view> set{std::begin(tables::common_words),
                                                        std::end(tables::common_words)};
  return set;
}

/// FNV-1a; of this process only in what it is compared with, but the same everywhere.
std::uint64_t hash(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (char c : text)
    h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return h;
}

}  // namespace

TitleWords read_title(std::string_view title) {
  auto padded = " " + fold_words(title.substr(0, 300)) + " ";
  for (const auto& [apart, together] : tables::joined_words)
    replace_all(padded, apart, together);
  TitleWords out;
  auto add = [&](std::string_view word, std::int32_t weight) {
    auto h = hash(word);
    if (std::none_of(out.words.begin(), out.words.end(), [&](auto& w) { return w.hash == h; }))
      out.words.push_back({h, weight});
  };
  for (std::size_t at = 1; at < padded.size();) {
    auto end = padded.find(' ', at);
    std::string word = padded.substr(at, end - at);
    at = end + 1;
    if (word.empty() || set_of_passed_over().contains(word))
      continue;
    // Plurals: "nurses", "engineers".
    if (word.size() > 4 && word.back() == 's' && word[word.size() - 2] != 's' &&
        !trade_of().contains(word))
      word.pop_back();
    bool common = set_of_common().contains(word);
    add(word, common ? common_weight : own_weight);
    if (auto trade = trade_of().find(word); trade != trade_of().end())
      add(trade->second, trade_weight);
  }
  std::sort(out.words.begin(), out.words.end(),
            [](const auto& a, const auto& b) { return a.hash < b.hash; });
  for (const auto& word : out.words)
    out.weight += word.weight;
  return out;
}

std::int32_t title_similarity(const TitleWords& a, const TitleWords& b) noexcept {
  if (a.weight == 0 || b.weight == 0)
    return 0;
  std::int32_t shared = 0;
  for (std::size_t i = 0, j = 0; i < a.words.size() && j < b.words.size();) {
    if (a.words[i].hash < b.words[j].hash) {
      ++i;
    } else if (b.words[j].hash < a.words[i].hash) {
      ++j;
    } else {
      shared += a.words[i].weight;
      ++i;
      ++j;
    }
  }
  auto dice = 2000 * shared / (a.weight + b.weight);
  auto smaller = std::min(a.weight, b.weight);
  return smaller >= telling_weight ? std::max(dice, 850 * shared / smaller) : dice;
}

}  // namespace jobraker::matching
