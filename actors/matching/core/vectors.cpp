#include "actors/matching/core/vectors.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace jobraker::matching {
namespace {

double squared_length(std::span<const float> vector) noexcept {
  double sum = 0;
  for (float v : vector)
    sum += static_cast<double>(v) * static_cast<double>(v);
  return sum;
}

double dot(std::span<const float> a, std::span<const float> b) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

/// What the present vectors' weights are multiplied by so that the missing ones' weight is not
/// lost; 0 when none is present.
double renormalisation(const std::array<const Embedding*, 3>& parts,
                       const SimilarityWeights& weights) noexcept {
  double all = 0;
  double present = 0;
  for (std::size_t a = 0; a < 3; ++a) {
    double row = static_cast<double>(weights.of[a][0]) + static_cast<double>(weights.of[a][1]);
    all += row;
    if (!parts[a]->empty())
      present += row;
  }
  return present > 0 ? all / present : 0;
}

std::array<const Embedding*, 3> parts_of(const UserVectors& user) noexcept {
  return {&user.skills, &user.experience, &user.goals};
}

}  // namespace

bool is_unit(std::span<const float> vector) noexcept {
  double length = squared_length(vector);
  return length > 0.99 && length < 1.01;  // NaN and infinity fail both comparisons
}

Done check_embedding(const Embedding& embedding, std::string_view what) {
  if (embedding.empty())
    return {};
  if (embedding.size() != embedding_dimensions)
    return fail(Errc::invalid, "the " + std::string{what} + " vector has " +
                                 std::to_string(embedding.size()) + " dimensions instead of " +
                                 std::to_string(embedding_dimensions));
  if (!is_unit(embedding))
    return fail(Errc::invalid, "the " + std::string{what} + " vector is not of unit length");
  return {};
}

Done normalise(Embedding& embedding) {
  if (embedding.size() != embedding_dimensions)
    return fail(Errc::invalid, "a vector has " + std::to_string(embedding.size()) +
                                 " dimensions instead of " + std::to_string(embedding_dimensions));
  double length = std::sqrt(squared_length(embedding));
  if (!std::isfinite(length) || length < 1e-30)
    return fail(Errc::invalid, "a vector is not finite, or all zero");
  for (float& v : embedding)
    v = static_cast<float>(static_cast<double>(v) / length);
  return {};
}

std::vector<float> fold(const UserVectors& user, const SimilarityWeights& weights) {
  auto parts = parts_of(user);
  double scale = renormalisation(parts, weights);
  if (scale == 0)
    return {};
  std::vector<float> out(folded_dimensions, 0.0f);
  for (std::size_t a = 0; a < 3; ++a) {
    const auto& vector = *parts[a];
    if (vector.empty())
      continue;
    for (std::size_t b = 0; b < 2; ++b) {
      auto weight = static_cast<float>(static_cast<double>(weights.of[a][b]) * scale);
      float* half = out.data() + b * embedding_dimensions;
      for (std::size_t i = 0; i < embedding_dimensions; ++i)
        half[i] += weight * vector[i];
    }
  }
  return out;
}

bool fold(const JobVectors& job, std::span<float, folded_dimensions> out) noexcept {
  const auto& first = job.description.empty() ? job.requirements : job.description;
  const auto& second = job.requirements.empty() ? job.description : job.requirements;
  if (first.size() != embedding_dimensions || second.size() != embedding_dimensions) {
    std::fill(out.begin(), out.end(), 0.0f);
    return false;
  }
  std::copy(first.begin(), first.end(), out.begin());
  std::copy(second.begin(), second.end(), out.begin() + embedding_dimensions);
  return true;
}

double similarity(const UserVectors& user, const JobVectors& job,
                  const SimilarityWeights& weights) {
  auto parts = parts_of(user);
  double scale = renormalisation(parts, weights);
  const auto& description = job.description.empty() ? job.requirements : job.description;
  const auto& requirements = job.requirements.empty() ? job.description : job.requirements;
  if (scale == 0 || description.empty())
    return 0;
  double sum = 0;
  for (std::size_t a = 0; a < 3; ++a)
    if (!parts[a]->empty())
      sum += scale * (static_cast<double>(weights.of[a][0]) * dot(*parts[a], description) +
                      static_cast<double>(weights.of[a][1]) * dot(*parts[a], requirements));
  return sum;
}

}  // namespace jobraker::matching
