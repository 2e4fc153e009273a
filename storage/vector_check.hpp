#pragma once

#include <cmath>

#include "messages/matching.hpp"
#include "messages/result.hpp"

namespace jobraker::storage {

/// Errc::invalid unless the vector is empty, or has `embedding_dimensions` elements and a norm of
/// one (within 1 %): inner products are taken for cosines everywhere.
inline Done check_unit(const Embedding& vector) {
  if (vector.empty())
    return {};
  if (vector.size() != embedding_dimensions)
    return fail(Errc::invalid, "an embedding has " + std::to_string(vector.size()) +
                                 " dimensions, not " + std::to_string(embedding_dimensions));
  double sum = 0;
  for (float element : vector)
    sum += static_cast<double>(element) * static_cast<double>(element);
  if (!(std::abs(std::sqrt(sum) - 1) <= 0.01))
    return fail(Errc::invalid, "an embedding is not of unit length");
  return {};
}

}  // namespace jobraker::storage
