#pragma once

#include <cstdint>
#include <random>

#include "actors/matching/core/vectors.hpp"

namespace jobraker::matching {

/// Random unit vectors whose products and sums float arithmetic computes exactly, whatever the
/// order: 16 entries of ±1/4. Ties are frequent.
inline Embedding exact_unit(std::mt19937_64& random) {
  Embedding out(embedding_dimensions, 0.0f);
  for (int placed = 0; placed < 16;) {
    auto& entry = out[random() % 48];  // few places, so that many products are not zero
    if (entry != 0)
      continue;
    entry = random() % 2 ? 0.25f : -0.25f;
    ++placed;
  }
  return out;
}

/// Weights that are sums of powers of two, for the same reason; with one vector missing the
/// remaining weight is 1/2, 3/4 or 3/4 of the whole, of which only the first is exact.
inline SimilarityWeights exact_weights() {
  return {{{{0.25f, 0.25f}, {0.125f, 0.125f}, {0.125f, 0.125f}}}};
}

}  // namespace jobraker::matching
