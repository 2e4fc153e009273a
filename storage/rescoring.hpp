#pragma once

#include <vector>

#include "storage/session.hpp"

/// Whose postings are to be scored again because the profile has changed, at most once a person.
/// create_batch() takes the wish off, since a new batch judges the profile as it is then.
namespace jobraker::storage {

/// Wishes a scoring run for this person, at `due` or later. A wish that is there already is put off
/// to then, but not for longer than `patience` after it was first made. Nothing happens when the
/// person is not there any more.
task<Done> want_scoring(Session& session, UserId user, Time due, std::chrono::seconds patience,
                        Time now);

/// Up to `limit` people whose wish is due and who have no open batch, the longest waiting first.
task<Result<std::vector<UserId>>> due_scorings(Session& session, Time now, std::size_t limit);

/// Tries again at `due`.
task<Done> put_off_scoring(Session& session, UserId user, Time due);

/// Nothing is wanted (any more).
task<Done> forget_scoring(Session& session, UserId user);

}  // namespace jobraker::storage
