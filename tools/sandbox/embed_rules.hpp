#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace jobraker::sandbox {

/// A unit vector of `dimensions` floats for a text: its skills, their trades, its words and the
/// three-letter pieces of its words, hashed with signs. The same text gives the same bits; texts of
/// the same trade lie near each other. A text without a word gives the first axis.
std::vector<float> embed(std::string_view text, std::size_t dimensions);

/// The cosine of two unit vectors of the same size.
double cosine(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace jobraker::sandbox
