#pragma once

#include "messages/ids.hpp"
#include "messages/task.hpp"
#include "storage/session.hpp"

namespace jobraker::workflows {

/// A model reads a person's profile and writes for them only with their consent `ai_chat`, as with
/// every other model that writes (chat, feedback on a résumé): Errc::forbidden without it. Reads
/// the rows each time: a run may take minutes, and another node may have heard of the change.
task<Done> check_consent(storage::Session& session, UserId user);

}  // namespace jobraker::workflows
