#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/chat/core/history.hpp"
#include "messages/chat.hpp"

/// From several searches to the few pieces of text a prompt carries: pure.
namespace jobraker::chat {

/// One hit of one search.
struct FoundChunk {
  std::string kind{};      ///< as Source::kind
  std::string ref{};       ///< as Source::ref
  std::int64_t chunk = 0;  ///< which piece of it, in reading order
  std::string title{};
  std::optional<std::string> url{};
  std::string text{};
};

/// The hits of one search, best first.
struct RankedList {
  std::vector<FoundChunk> hits{};
  double weight = 1;
};

struct FuseOptions {
  double k = 60;  ///< of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)
  std::size_t sources_max = 8;
  std::size_t per_kind_max = 4;  ///< sources of a kind, unless named here:
  std::map<std::string, std::size_t> kind_caps{};
  std::size_t chunks_per_source_max = 2;
  std::int64_t budget_tokens = 2000;  ///< of the texts together, titles included
};

/// Something an answer may rest on, with the text of it that was chosen.
struct RetrievedSource {
  Source source{};
  std::string text{};  ///< its chunks in reading order, `…` between those that do not touch
  double score = 0;    ///< of its best chunk
};

/// Fuses the lists: score of a chunk = Σ weight / (k + rank). A chunk that several lists or several
/// refs (the same text twice) name counts once. The best chunks are taken as long as caps and
/// budget allow; chunks of one thing make one source. Sources are numbered S1, S2, … best first.
/// Deterministic: equal scores are ordered by kind, ref and chunk.
std::vector<RetrievedSource> fuse(const std::vector<RankedList>& lists, const FuseOptions& options,
                                  const CountTokens& count);

/// The untrusted block of a prompt: every source fenced under its id, with `personal` hidden first;
/// empty without sources.
std::string sources_block(const std::vector<RetrievedSource>& sources, const Fence& fence,
                          PersonalData* personal = nullptr);

/// The sources alone, for the answer's frame.
std::vector<Source> sources_of(const std::vector<RetrievedSource>& sources);

/// The sources an answer names as `[S1]`, `[S1, S3]` or `[S1][S3]`, in order of their numbers, each
/// once. Numbers that there are not are ignored.
std::vector<Source> cited(std::string_view answer, const std::vector<Source>& sources);

}  // namespace jobraker::chat
