#include "tools/sandbox/usage.hpp"

#include "tools/sandbox/text.hpp"
#include "tools/sandbox/tokens.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::size_t cached_min = 1024;
constexpr std::size_t cached_step = 128;
constexpr std::size_t known_max = 200'000;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 29);
}

}  // namespace

void PromptMeter::step(std::size_t tokens, std::uint64_t what) {
  hash_ = mix(hash_, what);
  auto before = tokens_;
  tokens_ += tokens;
  if (tokens_ >= cached_min && before / cached_step != tokens_ / cached_step)
    marks_.push_back({tokens_ / cached_step * cached_step, hash_});
}

void PromptMeter::add(std::string_view text) {
  each_piece(text, [this](std::string_view piece) {
    std::uint64_t value = piece.size();
    for (char c : piece)
      value = value * 131 + static_cast<unsigned char>(c);
    step(1, value);
  });
}

void PromptMeter::add_tokens(std::size_t tokens, std::uint64_t what) {
  step(tokens, mix(what, tokens));
}

void PromptMeter::breakpoint() {
  if (tokens_ >= cached_min)
    breakpoints_.push_back({tokens_, hash_});
}

std::size_t PromptCache::read(std::uint64_t scope, const std::vector<PrefixMark>& marks) {
  std::lock_guard lock{mutex_};
  std::size_t found = 0;
  for (const auto& mark : marks) {
    auto key = mix(mix(scope, mark.tokens), mark.hash);
    if (!known_.insert(key).second)
      found = mark.tokens;
    else
      order_.push_back(key);
  }
  for (; order_.size() > known_max; order_.pop_front())
    known_.erase(order_.front());
  return found;
}

void PromptCache::clear() {
  std::lock_guard lock{mutex_};
  known_.clear();
  order_.clear();
}

}  // namespace jobraker::sandbox
