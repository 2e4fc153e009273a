#include "actors/jobs/core/expiry.hpp"

#include <chrono>
#include <unordered_set>

namespace jobraker {

using namespace std::chrono;

std::optional<ExpiryReason> expiry_of(const Job& job, Time now, const ExpirySettings& settings,
                                      std::optional<Time> last_seen) {
  if (job.status != JobStatus::active)
    return std::nullopt;
  if (job.expires_at) {
    auto end = *job.expires_at;
    if (end == floor<days>(end))
      end += hours{24 + 12};  // the whole day, in the last zone on Earth to end it
    return end <= now ? std::optional{ExpiryReason::deadline_passed} : std::nullopt;
  }
  bool own_board = job.source == SourceKind::greenhouse || job.source == SourceKind::lever;
  auto since = own_board && last_seen ? *last_seen : job.posted_at.value_or(job.created_at);
  if (now - since > days{settings.age_days_max})
    return ExpiryReason::too_old;
  return std::nullopt;
}

std::vector<JobId> gone_from(const Listing& listing, std::span<const KnownPosting> known) {
  if (!listing.complete)
    return {};
  std::unordered_set<std::string> here;
  for (const auto& posting : listing.postings)
    here.insert(posting.source_id);
  for (const auto& problem : listing.problems) {
    if (problem.item.starts_with('#'))  // only its position is known: it may be any of them
      return {};
    here.insert(problem.item);
  }
  std::vector<JobId> gone;
  for (const auto& posting : known)
    if (!here.contains(posting.source_id))
      gone.push_back(posting.id);
  return gone;
}

}  // namespace jobraker
