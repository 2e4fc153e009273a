#include "actors/matching/core/suited.hpp"

#include "actors/matching/core/profile_text.hpp"

namespace jobraker::matching {
namespace {

constexpr double confidence_max = 60;
constexpr std::size_t factors_max = 8;
constexpr std::size_t reasoning_max = 2000;  // bytes

std::string joined(const std::vector<RubricReason>& reasons) {
  std::string out;
  for (const auto& reason : reasons)
    out.append(out.empty() ? "" : "; ").append(reason.text);
  return out;
}

Strings texts(const std::vector<RubricReason>& reasons) {
  Strings out;
  for (const auto& reason : reasons)
    if (out.size() < factors_max)
      out.push_back(reason.text);
  return out;
}

std::string reasoning(const RubricReasons& reasons) {
  std::string out{rubric_reasoning};
  out += ", before a model has read the posting.";
  for (const auto& [label, list] :
       {std::pair{" For it: ", &reasons.match}, std::pair{" Against it: ", &reasons.mismatch},
        std::pair{" Not known: ", &reasons.unknown}})
    if (!list->empty())
      out.append(label).append(joined(*list)).append(".");
  return cut(out, reasoning_max);
}

/// The share of the four parts that something is known about.
double known_share(const RubricScore& scored) {
  int known = 0;
  for (const auto* part : {&scored.skills, &scored.experience, &scored.location, &scored.salary})
    known += part->unknown ? 0 : 1;
  return known / 4.0;
}

}  // namespace

PostingQuery query_of(const Job& job, const JobVectors& vectors) {
  PostingQuery out;
  out.facts = facts_of(job);
  out.posted_by = job.posted_by;
  std::vector<float> folded(folded_dimensions);
  out.facts.has_vectors = fold(vectors, std::span<float, folded_dimensions>{folded});
  if (out.facts.has_vectors)
    out.folded = std::move(folded);
  return out;
}

std::vector<std::vector<SuitedPerson>> suited_people(std::span<const PostingQuery> postings,
                                                     const PeopleSnapshot& people,
                                                     const SuitedOptions& options) {
  std::vector<std::vector<SuitedPerson>> out(postings.size());
  std::vector<std::size_t> asking;  // as indices into `postings`
  std::vector<const float*> queries;
  for (std::size_t i = 0; i < postings.size(); ++i)
    if (postings[i].folded.size() == folded_dimensions && options.k > 0) {
      asking.push_back(i);
      queries.push_back(postings[i].folded.data());
    }
  auto look = [&](std::size_t query, std::size_t b, const float* scores,
                  detail::Best<PersonFacts>& best) {
    const auto& posting = postings[asking[query]];
    const auto& block = *people.blocks[b];
    detail::collect(scores, block.facts.size(), b, best, [&](std::size_t row) {
      const auto& facts = block.facts[row];
      return facts.live && facts.id != posting.posted_by &&
             check(posting.facts, at(facts.person->filters, options.filters, options.now)) ==
               Eligibility::eligible;
    });
  };
  auto take = [&](std::size_t query, detail::Best<PersonFacts>& best) {
    for (const auto& hit : best.take())
      out[asking[query]].push_back({hit.facts->person, hit.similarity});
  };
  detail::each_tile<PersonFacts>(queries, people, options.k, options.score_tile, look, take);
  return out;
}

JobScore rubric_score(const Person& person, const Job& job, const RubricJob& ready,
                      const RubricScore& scored, Time now) {
  auto reasons = explain(person.rubric, person.titles, ready, job, scored);
  JobScore out;
  out.user_id = person.id;
  out.job_id = job.id;
  out.compatibility_score = to_points(scored.total);
  out.confidence_score = confidence_max * known_share(scored);
  out.ai_reasoning = reasoning(reasons);
  out.match_factors = texts(reasons.match);
  out.mismatch_factors = texts(reasons.mismatch);
  out.skills_match_score = to_points(scored.skills.score);
  out.location_match_score = to_points(scored.location.score);
  out.experience_match_score = to_points(scored.experience.score);
  out.salary_match_score = to_points(scored.salary.score);
  out.culture_match_score = to_points(scored.culture.score);
  out.created_at = now;
  return out;
}

}  // namespace jobraker::matching
