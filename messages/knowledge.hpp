#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// Whom an article is for.
enum class Audience : std::uint8_t { all, seeker, employer };
template <>
inline constexpr std::string_view enum_names<Audience>[] = {"all", "seeker", "employer"};

/// A knowledge article. Answers in chat may rest on it.
struct Article {
  static constexpr auto type_name = "Article";
  ArticleId id{};
  std::string title{};
  std::string body{};  ///< Markdown or plain text
  std::vector<std::string> tags{};
  std::optional<std::string> url{};  ///< where it can be read in full
  Audience audience = Audience::all;
  std::optional<UserId> author{};  ///< none when that person is gone
  std::int64_t version = 0;        ///< from 1, grows with every change
  Time created_at{};
  Time updated_at{};

  bool operator==(const Article&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("id", &Article::id),
                      field("title", &Article::title),
                      field("body", &Article::body, {.max_length = 200000}),
                      field("tags", &Article::tags),
                      field("url", &Article::url),
                      field("audience", &Article::audience),
                      field("author", &Article::author),
                      field("version", &Article::version),
                      field("created_at", &Article::created_at),
                      field("updated_at", &Article::updated_at)};
  }
};

/// The body of `POST /knowledge` and of `PUT /knowledge/{id}`: the whole article.
struct SaveArticle {
  static constexpr auto type_name = "SaveArticle";
  std::string title{};
  std::string body{};
  std::vector<std::string> tags{};
  std::optional<std::string> url{};    ///< http or https
  std::optional<Audience> audience{};  ///< all when left out

  static constexpr auto fields() {
    return std::tuple{field("title", &SaveArticle::title, {.max_length = 300, .min_length = 1}),
                      field("body", &SaveArticle::body, {.max_length = 200000, .min_length = 1}),
                      optional_field("tags", &SaveArticle::tags,
                                     {.max_length = 60, .max_items = 30, .min_length = 1}),
                      field("url", &SaveArticle::url, {.max_length = 2000, .min_length = 8}),
                      field("audience", &SaveArticle::audience)};
  }
};

/// Asks for one article.
struct GetArticle {
  static constexpr auto type_name = "GetArticle";
  ArticleId id{};
  static constexpr auto fields() { return std::tuple{field("id", &GetArticle::id)}; }
};

/// Replaces this article, if it still has one of these versions.
struct ReplaceArticle {
  static constexpr auto type_name = "ReplaceArticle";
  ArticleId id{};
  std::optional<std::vector<std::int64_t>> versions{};  ///< `If-Match`; none: whatever it has
  SaveArticle article{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Deletes this article with all its passages.
struct DeleteArticle {
  static constexpr auto type_name = "DeleteArticle";
  ArticleId id{};
  static constexpr auto fields() { return std::tuple{field("id", &DeleteArticle::id)}; }
};

/// The query of `GET /knowledge`: the latest change first, or with `q` the best match first.
struct ListArticles {
  static constexpr auto type_name = "ListArticles";
  std::optional<std::string> q{};       ///< words in title, tags or body
  std::optional<std::string> tag{};     ///< has this tag, in any case of letters
  std::optional<std::string> cursor{};  ///< `ArticlePage::next` of the page before
  std::int64_t limit = 20;

  static constexpr auto fields() {
    return std::tuple{field("q", &ListArticles::q, {.max_length = 300}),
                      field("tag", &ListArticles::tag, {.max_length = 60}),
                      field("cursor", &ListArticles::cursor, {.max_length = 200}),
                      optional_field("limit", &ListArticles::limit, {.min = 1, .max = 100})};
  }
};

/// One page of articles.
struct ArticlePage {
  static constexpr auto type_name = "ArticlePage";
  std::vector<Article> items{};
  std::optional<std::string> next{};  ///< the cursor of the next page; none on the last

  static constexpr auto fields() {
    return std::tuple{field("items", &ArticlePage::items), field("next", &ArticlePage::next)};
  }
};

}  // namespace jobraker
