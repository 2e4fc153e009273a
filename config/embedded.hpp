#pragma once

#include <string_view>

namespace jobraker {

/// A file that was compiled into the binary (prompts, migrations).
struct EmbeddedFile {
  std::string_view name;
  std::string_view content;
};

}  // namespace jobraker
