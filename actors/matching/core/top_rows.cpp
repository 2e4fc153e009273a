#include "actors/matching/core/top_rows.hpp"

#include <cblas.h>

namespace jobraker::matching {

void score_tile_sgemm(const float* queries, std::size_t query_count, const float* rows,
                      std::size_t row_count, float* scores, std::size_t stride) {
  constexpr auto k = static_cast<blasint>(folded_dimensions);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<blasint>(query_count),
              static_cast<blasint>(row_count), k, 1.0f, queries, k, rows, k, 0.0f, scores,
              static_cast<blasint>(stride));
}

float detail::about_the_best(const float* scores, std::size_t rows, std::size_t wanted) {
  constexpr std::size_t size = 128;
  auto target = wanted * size * 5 / (rows * 4) + 2;
  if (rows < 2 * size || target >= size)
    return -std::numeric_limits<float>::infinity();
  std::array<float, size> sample;
  for (std::size_t i = 0; i < size; ++i)
    sample[i] = scores[i * rows / size];
  auto [low, high] = std::minmax_element(sample.begin(), sample.end());
  float from = *low;
  float to = *high;
  for (int step = 0; step < 8; ++step) {
    float middle = from + (to - from) / 2;
    std::uint32_t reach = 0;
    for (float score : sample)
      reach += score >= middle ? 1 : 0;
    (reach >= target ? from : to) = middle;
  }
  return from;
}

}  // namespace jobraker::matching
