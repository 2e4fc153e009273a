#pragma once

#include <memory>

#include "actors/system/services.hpp"

namespace jobraker::user {

/// Lives as long as a résumé of the person is being read.
using Reading = std::shared_ptr<const bool>;

/// On an I/O thread: creates the task, then lets the résumé be read and laid over the stored
/// profile, for which nobody need be there: whatever becomes of the actor that asked, the task
/// ends, with the profile or with the reason why there is none. `reading` is let go just before.
/// Answers the task once its row is committed, or why there is none.
task<Result<TaskView>> begin_resume(Services& services, Context context, SubmitResume resume,
                                    UserId owner, Reading reading);

}  // namespace jobraker::user
