#pragma once

#include "messages/accounts.hpp"
#include "messages/actor.hpp"
#include "messages/companies.hpp"
#include "messages/knowledge.hpp"

/// What may be asked of `/system/knowledge`.
namespace jobraker {

/// A turn of a person's own that later answers may rest on. Fire and forget: without the person's
/// consent (`ai_chat` or `embeddings`) nothing is kept, and what cannot be indexed now is tried
/// again for a while.
struct IndexTurn {
  static constexpr auto type_name = "IndexTurn";
  ConversationId conversation{};
  MessageId message{};  ///< the answer; its passages go with it when it is deleted
  UserId user{};
  std::string title{};  ///< the conversation's
  std::string text{};   ///< question and answer
  static constexpr auto fields() { return std::tuple{}; }
};

/// This company's profile has changed.
struct IndexCompany {
  static constexpr auto type_name = "IndexCompany";
  CompanyId id{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks how indexing is doing.
struct GetKnowledgeState {
  static constexpr auto type_name = "GetKnowledgeState";
  static constexpr auto fields() { return std::tuple{}; }
};

/// How indexing is doing.
struct KnowledgeState {
  static constexpr auto type_name = "KnowledgeState";
  std::int64_t waiting = 0;   ///< things to be indexed, the one in work included
  std::int64_t indexed = 0;   ///< since the start
  std::int64_t failures = 0;  ///< tries that failed since the start
  std::int64_t dropped = 0;   ///< turns given up since the start
  static constexpr auto fields() {
    return std::tuple{
      field("waiting", &KnowledgeState::waiting), field("indexed", &KnowledgeState::indexed),
      field("failures", &KnowledgeState::failures), field("dropped", &KnowledgeState::dropped)};
  }
};

/// INTERNAL: look whether something waits to be indexed.
struct IndexNext {
  static constexpr auto type_name = "IndexNext";
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: look in the database for what is not indexed as it is now.
struct IndexSweep {
  static constexpr auto type_name = "IndexSweep";
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/system/knowledge`: articles, and the index of all that answers may rest on beside postings.
/// Writing is for admins (forbidden). What is for another audience than the caller is not_found.
using KnowledgeActor = caf::typed_actor<
  // The article as committed; its passages and embeddings follow.
  caf::replies_to<Context, SaveArticle>::with<Article>,
  // not_found; precondition_failed when it has another version.
  caf::replies_to<Context, ReplaceArticle>::with<Article>,
  caf::replies_to<Context, GetArticle>::with<Article>,
  caf::replies_to<Context, DeleteArticle>::with<Ok>,
  caf::replies_to<Context, ListArticles>::with<ArticlePage>, caf::reacts_to<Context, IndexTurn>,
  caf::reacts_to<Context, IndexCompany>,
  caf::replies_to<Context, GetKnowledgeState>::with<KnowledgeState>,
  // INTERNAL
  caf::reacts_to<IndexNext>, caf::reacts_to<IndexSweep>>;

}  // namespace jobraker
