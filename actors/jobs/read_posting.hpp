#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/system/services.hpp"
#include "messages/job_commands.hpp"
#include "messages/model.hpp"
#include "messages/task.hpp"
#include "net/client/cancel.hpp"

namespace jobraker {

/// A posting as a model has read it.
struct ReadPosting {
  PostJob job{};
  TokenUsage usage{};
  std::int64_t cost_nano = 0;
};

/// Reads a posting out of text or screenshots (operation `parse_job`). Errc::unprocessable when
/// there is no posting in it.
task<Result<ReadPosting>> posting_of(Services& services, Context context, std::string text,
                                     std::vector<ModelImage> images,
                                     std::optional<net::CancelToken> cancel = {});

}  // namespace jobraker
