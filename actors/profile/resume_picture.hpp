#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/profile/core/parse_answer.hpp"
#include "actors/system/services.hpp"
#include "messages/model.hpp"
#include "messages/task.hpp"
#include "net/client/cancel.hpp"

namespace jobraker {

/// What a picture of a résumé says, as far as a model can read it.
struct PictureResume {
  ParsedResume resume{};
  TokenUsage usage{};
  std::int64_t cost_nano = 0;
};

/// Reads pictures of one résumé (operation `parse_cv`). Nothing of it can be held against a text,
/// so it is a draft: what the model quotes counts as stated. Errc::unprocessable when there is
/// nothing to be read.
task<Result<PictureResume>> resume_of_pictures(Services& services, Context context,
                                               std::vector<ModelImage> images,
                                               std::optional<net::CancelToken> cancel = {});

/// The sections that were read, as `UpdateProfile::patch`.
std::string draft_patch(const ParsedResume& resume);

/// Whether the bytes are a picture that can be read (PNG, JPEG, WebP), by their content.
bool is_picture(std::string_view bytes);
/// The same, checked: Errc::unsupported_media, malformed, too_large.
Result<ModelImage> picture_of(std::string bytes, std::int64_t bytes_max);

}  // namespace jobraker
