#include "tools/sandbox/embed_rules.hpp"

#include <cmath>
#include <map>
#include <string>
#include <unordered_set>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

const std::unordered_set<std::string_view>& stop_words() {
  static const std::unordered_set<std::string_view> words{
    "a",       "an",    "the",        "and",    "or",        "of",     "to",      "in",
    "on",      "for",   "with",       "by",     "at",        "from",   "as",      "is",
    "are",     "be",    "was",        "were",   "we",        "you",    "your",    "our",
    "us",      "they",  "their",      "it",     "its",       "this",   "that",    "these",
    "those",   "will",  "can",        "have",   "has",       "had",    "not",     "but",
    "who",     "which", "what",       "when",   "where",     "all",    "any",     "more",
    "than",    "into",  "over",       "per",    "up",        "out",    "about",   "such",
    "years",   "year",  "experience", "work",   "working",   "team",   "job",     "role",
    "company", "new",   "good",       "strong", "knowledge", "skills", "ability", "day",
    "days",    "und",   "der",        "die",    "das",       "mit",    "für",     "sie",
    "ihr",     "wir",   "ein",        "eine",   "im",        "et",     "de",      "la",
    "le",      "les",   "des",        "un",     "une",       "en",     "du",      "pour",
    "i",       "my",    "me",         "one",    "two",       "three",  "holiday", "pension",
    "office",  "place"};
  return words;
}

/// Endings off, so that "nurses", "nursing" and "nurse" share a feature. Crude on purpose.
std::string stem(std::string word) {
  for (std::string_view end : {"ations", "ation", "ments", "ment", "ings", "ing", "ers", "er",
                               "ies", "es", "ed", "s", "en", "e"})
    if (word.size() >= end.size() + 4 && word.ends_with(end)) {
      word.resize(word.size() - end.size());
      break;
    }
  return word;
}

}  // namespace

std::vector<float> embed(std::string_view text, std::size_t dimensions) {
  // Ordered, so that sums are formed in one order everywhere: floating point is not associative.
  std::map<std::string, double> features;
  const auto& lexicon = Lexicon::instance();
  for (const auto& hit : lexicon.find(text)) {
    if (hit.skill->category == "soft_skill") {
      features["s:" + hit.skill->name] += 0.3;
      continue;
    }
    features["s:" + hit.skill->name] += 3;
    features["g:" + hit.skill->group] += 1.2;
  }
  std::size_t begin = 0;
  while (begin < text.size()) {
    auto end = std::min(text.find('\n', begin), text.size());
    auto line = text.substr(begin, end - begin);
    // Short lines are titles or list members: what they name weighs more than prose.
    if (line.size() < 90)
      if (auto family = lexicon.family_of(line).family; !family.empty())
        features["f:" + std::string{family}] += 2;
    begin = end + 1;
  }
  std::string previous;
  for (const auto& word : words(text)) {
    if (stop_words().contains(word) || word.size() < 2) {
      previous.clear();
      continue;
    }
    auto base = stem(word);
    features["w:" + base] += 1;
    if (!previous.empty())
      features["b:" + previous + " " + base] += 0.5;
    for (std::size_t i = 0; i + 3 <= base.size() && base.size() > 4; ++i)
      features["c:" + base.substr(i, 3)] += 0.15;
    previous = base;
  }
  std::vector<double> sums(dimensions, 0.0);
  for (const auto& [feature, count] : features) {
    double weight = feature[0] == 'g'   ? 2.5
                    : feature[0] == 'f' ? 3.0
                    : feature[0] == 's' ? 2.0
                                        : 1.0;
    double value = weight * std::log1p(count);
    // Four places each: collisions of one then hardly matter.
    for (std::uint64_t k = 1; k <= 4; ++k) {
      auto bits = hash(feature, k);
      sums[bits % dimensions] += bits >> 63 ? value : -value;
    }
  }
  double norm = 0;
  for (auto sum : sums)
    norm += sum * sum;
  std::vector<float> vector(dimensions, 0.0F);
  if (norm == 0) {
    if (dimensions > 0)
      vector[0] = 1;
    return vector;
  }
  norm = std::sqrt(norm);
  for (std::size_t i = 0; i < dimensions; ++i)
    vector[i] = static_cast<float>(sums[i] / norm);
  return vector;
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

}  // namespace jobraker::sandbox
