// Applications to a company as people name it.
#include <algorithm>

#include "storage/application_rows.hpp"
#include "storage/applications.hpp"

namespace jobraker::storage {
namespace {

constexpr std::size_t found_max = 20;

// Short names would be part of too many others.
constexpr std::string_view named_sql =
  "WITH k AS (SELECT company_key($2) AS key), hits AS ("
  "SELECT a.*, a.company_key = k.key AS whole FROM applications a, k "
  "WHERE a.user_id = $1 AND k.key <> '' AND (a.company_key = k.key "
  "OR (length(k.key) >= 3 AND strpos(a.company_key, k.key) > 0) "
  "OR (length(a.company_key) >= 4 AND strpos(k.key, a.company_key) > 0))) "
  "SELECT " APPLICATION_COLUMNS ", lower(a.job_title), lower($3) FROM hits a "
  "WHERE a.whole OR NOT (SELECT bool_or(whole) FROM hits) "
  "ORDER BY a.updated_at DESC, a.id DESC LIMIT 500";

/// Words of letters and digits; bytes of other alphabets count as letters.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool part = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || byte >= 0x80;
    if (part)
      word.push_back(c);
    else if (!word.empty())
      words.push_back(std::exchange(word, {}));
  }
  if (!word.empty())
    words.push_back(std::move(word));
  return words;
}

/// How well a title fits the wish, both lower case: the share of the wish's words that are in it, 2
/// when there are no others.
double fit(const std::vector<std::string>& wish, std::string_view title) {
  auto words = words_of(title);
  auto has = [&](const std::string& wanted) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
      return word == wanted || (wanted.size() >= 4 && word.starts_with(wanted)) ||
             (word.size() >= 4 && wanted.starts_with(word));
    });
  };
  auto shared = std::count_if(wish.begin(), wish.end(), has);
  if (shared == std::ssize(wish) && words.size() == wish.size())
    return 2;
  return static_cast<double>(shared) / static_cast<double>(wish.size());
}

/// Those that fit best; half of the words are the least that counts as fitting.
std::vector<Application> best_of(const Rows& rows) {
  std::vector<Application> all;
  std::vector<double> fits;
  double best = 0;
  for (auto row : rows) {
    all.push_back(to_application(row));
    auto wish = words_of(row.get<std::string>(application_columns + 1));
    fits.push_back(wish.empty() ? 0 : fit(wish, row.get<std::string>(application_columns)));
    best = std::max(best, fits.back());
  }
  std::vector<Application> kept;
  for (std::size_t i = 0; i < all.size() && kept.size() < found_max; ++i)
    if (best < 0.5 || fits[i] == best)
      kept.push_back(std::move(all[i]));
  return kept;
}

}  // namespace

task<Result<std::vector<Application>>> find_applications(Session& session, UserId user,
                                                         std::string company, std::string title) {
  auto rows = co_await session.query(named_sql, {user, company, title});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return best_of(*rows);
}

}  // namespace jobraker::storage
