#include <algorithm>

#include "tools/sandbox/openai_request.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

const std::vector<std::string_view>& model_names() {
  static const std::vector<std::string_view> names{"gpt-4.1-mini",
                                                   "gpt-4.1-mini-2025-04-14",
                                                   "gpt-4.1",
                                                   "gpt-4o-mini",
                                                   "gpt-4o-mini-2024-07-18",
                                                   "gpt-4o",
                                                   "gpt-4o-2024-11-20",
                                                   "gpt-5.6-luna",
                                                   "gpt-6-luna",
                                                   "text-embedding-3-small",
                                                   "text-embedding-3-large",
                                                   "text-embedding-ada-002",
                                                   "omni-moderation-latest",
                                                   "omni-moderation-2024-09-26",
                                                   "text-moderation-latest",
                                                   "text-moderation-stable"};
  return names;
}

bool is_chat_model(std::string_view name) {
  return name.starts_with("gpt-4") || name.starts_with("gpt-5") || name.starts_with("gpt-6") ||
         name.starts_with("sandbox");
}

bool is_embedding_model(std::string_view name) {
  return name == "text-embedding-3-small" || name == "text-embedding-3-large" ||
         name == "text-embedding-ada-002";
}

bool is_reasoning_model(std::string_view name) {
  return name.starts_with("gpt-5") || name.starts_with("gpt-6");
}

std::string snapshot_of(std::string_view name) {
  struct Dated {
    std::string_view name, date;
  };
  static constexpr Dated dates[] = {{"gpt-4.1-mini", "-2025-04-14"},
                                    {"gpt-4.1", "-2025-04-14"},
                                    {"gpt-4o-mini", "-2024-07-18"},
                                    {"gpt-4o", "-2024-11-20"}};
  for (const auto& dated : dates)
    if (dated.name == name)
      return std::string{name} + std::string{dated.date};
  return std::string{name};
}

}  // namespace jobraker::sandbox
