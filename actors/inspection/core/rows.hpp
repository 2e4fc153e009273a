#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/inspection/core/sample.hpp"
#include "messages/result.hpp"
#include "messages/spans.hpp"

namespace jobraker::inspection {

/// What is under way, by the actor it is done for: the oldest of each.
using OldestPending = std::unordered_map<std::uint64_t, Pending>;
OldestPending oldest_pending(const std::vector<Pending>& pending);

/// Text on one line (runs of blanks are one space), at most `most` characters of it, without the
/// comment that a statement may begin with.
std::string short_line(std::string_view text, std::size_t most);

/// What something under way is called: `sql SELECT …` on one line, at most 80 characters of its
/// name; `call GET api.example.com`, `work pool`.
std::string waiting_text(SpanKind kind, std::string_view name);

/// A sample that was chosen, with its own path.
struct Chosen {
  Sample sample{};
  std::string path{};
  std::int64_t key = 0;
};

/// Picks one page out of samples that come in any order, keeping no more than the page in memory,
/// and what is skipped before it.
/// The order is total (key, path, id), and a cursor says behind what the next page begins, not how
/// many came before: an actor that lives all the time and does not change its key is on exactly one
/// page, whoever is born or dies meanwhile.
class RowSelector {
public:
  /// Errc::invalid when the cursor is not one of this order. `pending` must outlive the selector.
  static Result<RowSelector> make(const GetActors& query, std::int64_t now_ns,
                                  const OldestPending& pending);

  void offer(const Sample& sample);

  struct Page {
    std::vector<Chosen> rows{};
    std::optional<std::string> next{};
    std::int64_t total = 0;
  };
  Page finish();

private:
  RowSelector(const GetActors& query, std::int64_t now_ns, const OldestPending& pending);

  bool wanted(const Sample& sample) const;
  std::int64_t key_of(const Sample& sample) const;
  struct Place {
    std::int64_t key;
    std::string_view path;
    std::uint64_t id;
  };
  bool before(const Place& a, const Place& b) const noexcept;
  static Place place_of(const Chosen& chosen) noexcept {
    return {chosen.key, chosen.path, chosen.sample.id};
  }
  bool read_cursor(std::string_view text);

  std::string place_;
  std::optional<std::string> kind_;
  std::optional<ActorState> state_;
  std::string part_;
  ActorSort sort_;
  bool descending_;
  std::size_t skip_;
  std::size_t keep_;  ///< those of the page, and those that are skipped
  std::int64_t now_ns_;
  const OldestPending* pending_;
  std::optional<Chosen> after_{};
  std::vector<Chosen> heap_{};  ///< the worst first; at most one more than is kept
  std::int64_t total_ = 0;
};

}  // namespace jobraker::inspection
