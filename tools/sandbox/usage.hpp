#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace jobraker::sandbox {

/// What one call costs in tokens. `cached` and `cache_written` are parts of `prompt`, as in
/// OpenAI's words; Anthropic's `input_tokens` is what is left of `prompt` without both.
struct Usage {
  std::uint64_t prompt = 0;
  std::uint64_t cached = 0;         ///< read from the prompt cache
  std::uint64_t cache_written = 0;  ///< put into it (Anthropic bills that apart)
  std::uint64_t completion = 0;
};

/// A place where a prompt may be cut for the cache.
struct PrefixMark {
  std::size_t tokens = 0;  ///< up to here
  std::uint64_t hash = 0;  ///< of everything up to here
};

/// Counts the tokens of a prompt while it is read, in the order in which a provider would lay it
/// out: tools, system, messages.
class PromptMeter {
public:
  void add(std::string_view text);
  /// Tokens without text: the frame of a message, or a picture whose bytes have this hash.
  void add_tokens(std::size_t tokens, std::uint64_t what = 0);
  /// An explicit breakpoint, as Anthropic's `cache_control` sets it.
  void breakpoint();

  std::size_t tokens() const noexcept { return tokens_; }
  /// Marks every 128 tokens from 1,024 on (OpenAI caches by itself, in such steps).
  const std::vector<PrefixMark>& marks() const noexcept { return marks_; }
  /// Explicit ones of at least 1,024 tokens.
  const std::vector<PrefixMark>& breakpoints() const noexcept { return breakpoints_; }

private:
  void step(std::size_t tokens, std::uint64_t what);
  std::size_t tokens_ = 0;
  std::uint64_t hash_ = 0;
  std::vector<PrefixMark> marks_, breakpoints_;
};

/// Which prefixes were seen, by key and model. Bounded: the oldest are forgotten.
class PromptCache {
public:
  /// How many tokens of this prompt are there already (0, or that of the longest known mark);
  /// remembers all of its marks. `scope` stands for key and model.
  std::size_t read(std::uint64_t scope, const std::vector<PrefixMark>& marks);
  void clear();

private:
  std::mutex mutex_;
  std::unordered_set<std::uint64_t> known_;
  std::deque<std::uint64_t> order_;
};

}  // namespace jobraker::sandbox
