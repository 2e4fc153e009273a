#pragma once

#include <string_view>

namespace jobraker::json {

/// Whether a pattern keeps to what RapidJSON's regular expressions understand; others make it stop
/// with an assertion or match something else. Characters and escaped signs, `.`, classes such as
/// `[^a-z0-9-]`, groups, `|`, `*`, `+`, `?`, `{n}`, `{n,}` and `{n,m}` up to 1,000, `^` at the very
/// beginning, `$` at the very end. No `\d`, `\w`, back references, look-around or lazy matching.
bool understood_pattern(std::string_view pattern);

}  // namespace jobraker::json
