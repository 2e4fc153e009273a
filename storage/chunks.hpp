#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/knowledge.hpp"
#include "messages/matching.hpp"
#include "storage/session.hpp"

/// Pieces of text that answers may rest on: of knowledge articles, of company profiles, and of a
/// person's own earlier turns. Postings have vectors of their own (nearest.hpp).
namespace jobraker::storage {

/// What a piece is of.
enum class ChunkKind : std::uint8_t { article, company, turn };

/// One piece as it is stored. `ref` is the id of the article, company or answer; `owner` is the
/// person a turn belongs to, none for what everybody may see.
struct Chunk {
  ChunkKind kind = ChunkKind::article;
  Uuid ref{};
  std::int64_t ordinal = 0;  ///< which piece of it, in reading order
  std::optional<UserId> owner{};
  std::string title{};
  std::optional<std::string> url{};
  std::string text{};
  Embedding embedding{};              ///< empty: not embedded yet
  Audience audience = Audience::all;  ///< whose accounts may find it
};

/// Replaces all pieces of one thing by these (none: forgets it), with the vectors' model and the
/// hash of the content they were made from, in one transaction. Errc::invalid for bad vectors.
task<Done> replace_chunks(Session& session, ChunkKind kind, Uuid ref, std::vector<Chunk> chunks,
                          std::string model, std::string content_hash);

/// The content hash under which a thing's pieces are stored for this model; none without.
task<Result<std::optional<std::string>>> chunks_hash(Session& session, ChunkKind kind, Uuid ref,
                                                     std::string model);

/// What to look for.
struct ChunkQuery {
  std::string text{};             ///< the question's words
  Embedding embedding{};          ///< its vector; empty: words only
  std::string model{};            ///< of the vector
  UserId user{};                  ///< whose turns may be found beside what is everybody's
  std::optional<Uuid> not_ref{};  ///< leaves one thing out
  std::size_t k = 12;             ///< of each kind and search
};

/// A hit; `score` is the cosine, or the text search's rank.
struct FoundPiece {
  Chunk chunk{};  ///< without its embedding
  double score = 0;
};

/// The hits of both searches for one kind, best first.
struct ChunkHits {
  ChunkKind kind = ChunkKind::article;
  std::vector<FoundPiece> by_vector{};
  std::vector<FoundPiece> by_text{};
  bool exact = false;  ///< HNSW came back short and the exact search made the list whole
};

/// Searches all kinds. By vector: HNSW, and where its filter leaves fewer than `k` hits, the exact
/// search. By text: any of the question's words in the text or title, full text ranking.
task<Result<std::vector<ChunkHits>>> search_chunks(Session& session, ChunkQuery query);

}  // namespace jobraker::storage
