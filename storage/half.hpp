#pragma once

#include <bit>
#include <cstdint>

/// IEEE 754 binary16, pgvector's halfvec element; in portable arithmetic, so that no CPU feature is
/// assumed.
namespace jobraker::storage {

/// Rounds to the nearest half, ties to even; what is too large becomes infinity.
constexpr std::uint16_t to_half(float value) {
  auto bits = std::bit_cast<std::uint32_t>(value);
  auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
  auto magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u)
    return static_cast<std::uint16_t>(sign | 0x7E00u);
  if (magnitude >= 0x477FF000u)  // rounds to 65536 or more
    return static_cast<std::uint16_t>(sign | 0x7C00u);
  if (magnitude < 0x38800000u) {
    // Subnormal: adding one half lets the FPU shift and round the mantissa into the low bits.
    auto shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3F000000u));
  }
  auto odd = (magnitude >> 13) & 1u;
  return static_cast<std::uint16_t>(sign | ((magnitude - 0x38000000u + 0xFFFu + odd) >> 13));
}

/// Exact.
constexpr float from_half(std::uint16_t half) {
  auto sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  auto exponent = static_cast<std::uint32_t>(half >> 10) & 0x1Fu;
  auto mantissa = static_cast<std::uint32_t>(half) & 0x3FFu;
  if (exponent == 0x1F)
    return std::bit_cast<float>(sign | 0x7F800000u | (mantissa << 13));
  if (exponent != 0)
    return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
  auto magnitude = static_cast<float>(mantissa) * 0x1p-24f;
  return sign != 0 ? -magnitude : magnitude;
}

}  // namespace jobraker::storage
