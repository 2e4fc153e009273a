#pragma once

#include <cstdint>
#include <string_view>

namespace jobraker::llm {

/// About how many tokens a model makes of this text: a quarter of its ASCII characters, half of
/// other alphabetic ones (accented Latin, Cyrillic, Arabic, …), one and a quarter for each CJK,
/// Hangul, Kana or emoji character, and one at least when there is text. Good for cutting history
/// and for asking the limiter; not a bound (`worst_case_nano` has one). Bytes that are not UTF-8
/// count one each.
std::int64_t estimate_tokens(std::string_view text) noexcept;

}  // namespace jobraker::llm
