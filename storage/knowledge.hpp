#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/context.hpp"
#include "messages/knowledge.hpp"
#include "storage/session.hpp"

/// Knowledge articles. Their passages are in chunks.hpp, and go with them.
namespace jobraker::storage {

/// A new article, version 1.
task<Result<Article>> create_article(Session& session, SaveArticle article, UserId author,
                                     Time now);

/// Replaces an article, if it has one of these versions (none: whatever it has); saying what it
/// says already changes nothing. Errc::not_found, Errc::precondition_failed.
task<Result<Article>> replace_article(Session& session, ArticleId id,
                                      std::optional<std::vector<std::int64_t>> versions,
                                      SaveArticle article, Time now);

/// The article, or Errc::not_found, also when it is not for this reader (none: everything is).
task<Result<Article>> find_article(Session& session, ArticleId id,
                                   std::optional<Role> reader = std::nullopt);

/// Deletes it with its passages. Errc::not_found.
task<Done> delete_article(Session& session, ArticleId id);

/// A page of what is for this reader (admins: everything), at most 100. Errc::invalid for a cursor
/// that is none of such a list.
task<Result<ArticlePage>> list_articles(Session& session, Role reader, ListArticles query);

/// Up to `limit` articles with ids above `after`, in order of id.
task<Result<std::vector<Article>>> articles_page(Session& session, std::optional<ArticleId> after,
                                                 std::size_t limit);

}  // namespace jobraker::storage
