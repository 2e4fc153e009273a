#pragma once

#include <array>
#include <span>
#include <vector>

#include "messages/matching.hpp"
#include "messages/result.hpp"

/// The pure core of matching (design §6): shortlist, rubric, model, in that order.
namespace jobraker::matching {

/// Length of a folded vector: what one row of the batch product holds.
inline constexpr std::size_t folded_dimensions = 2 * embedding_dimensions;

/// How much each of the six cosines counts: `of[a][b]`, a = skills, experience, goals of the user,
/// b = description, requirements of the job. Only the ratios matter within one ranking; the
/// defaults add up to 1, so that a similarity is itself a mean cosine.
struct SimilarityWeights {
  std::array<std::array<float, 2>, 3> of{{{0.16f, 0.24f}, {0.20f, 0.16f}, {0.16f, 0.08f}}};
};

/// Whether these floats are finite and of length 1 (to half a per cent: what halfvec keeps).
bool is_unit(std::span<const float> vector) noexcept;

/// Whether an embedding may be used: empty (missing), or 768 finite floats of unit length.
/// Errc::invalid says what is wrong; `what` names the vector in that sentence.
Done check_embedding(const Embedding& embedding, std::string_view what);

/// Brings any vector of 768 finite floats, not all zero, to unit length; Errc::invalid otherwise.
/// For providers that do not normalise.
Done normalise(Embedding& embedding);

/// A user's three vectors with the weights folded in: `similarity = dot(fold(user), fold(job))`.
/// The weight of a missing vector goes to the others in proportion. Empty when all three are
/// missing.
std::vector<float> fold(const UserVectors& user, const SimilarityWeights& weights = {});

/// `[description ; requirements]`, written to `out`. A missing one is replaced by the other, which
/// thereby takes its weight. False, and zeros, when both are missing.
bool fold(const JobVectors& job, std::span<float, folded_dimensions> out) noexcept;

/// The weighted sum of the six cosines, written out term by term in double precision: the
/// specification that the batch product is tested against. 0 when either side has no vector.
double similarity(const UserVectors& user, const JobVectors& job,
                  const SimilarityWeights& weights = {});

}  // namespace jobraker::matching
