#pragma once

#include <string>

#include "actors/system/services.hpp"
#include "messages/chat_desk.hpp"
#include "messages/task.hpp"

namespace jobraker::chat {

/// What a model makes of a person's profile (operation `resume_feedback`): JSON by
/// config/prompts/resume_feedback.schema.json, with the personal data left out of the prompt.
/// Errc::unprocessable when the profile says too little.
task<Result<std::string>> resume_feedback(Services& services, Context context, UserId user,
                                          AskResumeFeedback question);

}  // namespace jobraker::chat
