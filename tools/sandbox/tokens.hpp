#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace jobraker::sandbox {

/// Approximates how many tokens a byte-pair encoder such as o200k_base makes of a text, within some
/// 15 % on English prose: a word with its leading blank is one token up to eight letters and one
/// more for each further six; digits go by threes; each punctuation mark, and each character
/// beyond ASCII, is one. About bytes / 4.
std::size_t count_tokens(std::string_view text);

/// The same pieces as text, for streaming: joined they give the input again.
std::vector<std::string> token_pieces(std::string_view text);

/// Visits the same pieces without a copy.
void each_piece(std::string_view text, const std::function<void(std::string_view)>& visit);

/// The start of a text that has at most `limit` tokens.
std::string_view first_tokens(std::string_view text, std::size_t limit);

}  // namespace jobraker::sandbox
