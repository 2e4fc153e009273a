#pragma once

#include <optional>
#include <string>

#include "actors/system/services.hpp"
#include "messages/knowledge_handles.hpp"
#include "messages/task.hpp"
#include "storage/chunks.hpp"

/// How one thing is indexed: read, split, stored without vectors, embedded, stored with them.
namespace jobraker::knowledge {

/// A thing to index. Articles and companies are read again from their rows; a turn brings its text.
struct IndexItem {
  storage::ChunkKind kind = storage::ChunkKind::article;
  Uuid ref{};
  std::optional<IndexTurn> turn{};
  int tries = 0;
};

/// What a thing consists of, as it is now.
struct Indexable {
  std::vector<storage::Chunk> chunks{};  ///< without embeddings; empty: nothing to find
  std::string hash{};                    ///< of all that the chunks follow from
  std::optional<UserId> payer{};         ///< whose budget embeddings count to
};

/// Passages and hash of an article, a company's profile, a turn.
Indexable indexable(const Article& article);
Indexable indexable(const Company& company);
Indexable indexable(const IndexTurn& turn);

/// Makes words find the thing as it is now; vectors follow by `embed`. Not for what is indexed
/// already. For a turn nothing is stored without consent, and false answered.
task<Result<bool>> store_words(Services& services, IndexItem item);

/// Embeds the thing as it is now and stores it whole; what is stored already is left. False: it is
/// gone, and so are its passages. Errors are those of storage and gateway.
task<Result<bool>> embed(Services& services, IndexItem item);

/// Up to `limit` things with ids above `after` that are not indexed as they are now; `last` is
/// where to go on, none at the end.
struct Stale {
  std::vector<IndexItem> items{};
  std::optional<Uuid> last{};
};
task<Result<Stale>> find_stale(Services& services, storage::ChunkKind kind,
                               std::optional<Uuid> after, std::size_t limit);

}  // namespace jobraker::knowledge
