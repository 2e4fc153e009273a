#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/application_moves.hpp"
#include "storage/session.hpp"

/// Applications and their timelines. All functions work inside the caller's transaction. Every
/// change of status, the first one included, tells ApplicationStatusChanged in the same
/// transaction.
///
/// Functions with an `owner` find only what is that person's; without one anybody's. What is not
/// there and what is not theirs are both Errc::not_found.
namespace jobraker::storage {

/// What a new application is made of. Company, title and address left empty are taken from the
/// posting.
struct NewApplication {
  UserId user{};
  std::optional<JobId> job{};
  std::string company{};
  std::string job_title{};
  ApplicationStatus status = ApplicationStatus::draft;
  std::optional<std::string> url{};
  std::string notes{};
  std::string detail{};  ///< for the first event, in words
};

/// Stores it with its first event. Errc::conflict when this person has one for this posting;
/// Errc::not_found when there is no such posting, Errc::invalid without a company or title, or for
/// a person that does not exist.
task<Result<Application>> create_application(Session& session, NewApplication application,
                                             Time now);

/// The application, or Errc::not_found.
task<Result<Application>> find_application(Session& session, ApplicationId id,
                                           std::optional<UserId> owner);

/// The same under its row's lock, for a transaction that is about to change it.
task<Result<Application>> lock_application(Session& session, ApplicationId id,
                                           std::optional<UserId> owner);

/// A person's application to a posting or to any that was merged with it; nothing when there is
/// none. Of several the one that went furthest.
task<Result<std::optional<Application>>> find_application_for(Session& session, UserId user,
                                                              JobId job);

/// A page of a person's applications, the latest change first, at most 100. Errc::invalid for a
/// cursor that is none.
task<Result<ApplicationPage>> list_applications(Session& session, UserId user,
                                                ListApplications query = {});

/// A person's applications to a company as people name it: case, punctuation and legal forms (GmbH,
/// Inc.) do not count, and part of a name will do when no whole one fits. With `title` only those
/// whose title fits it best, words in any order, all of them when none fits. The latest change
/// first, at most 20; empty: none. More than one: ask which is meant.
task<Result<std::vector<Application>>>
find_applications(Session& session, UserId user, std::string company, std::string title = "");

/// The timeline, oldest first.
task<Result<std::vector<ApplicationEvent>>> application_events(Session& session, ApplicationId id,
                                                               std::optional<UserId> owner);

using jobraker::is_manual;
using jobraker::may_move;
using jobraker::may_move_by_hand;

/// Changes made by hand, under the row's lock; another status is another event. Errc::conflict for
/// a move that may not be made by hand, Errc::invalid for a status that is not for hands.
task<Result<Application>> change_application(Session& session, ApplicationId id,
                                             std::optional<UserId> owner, ChangeApplication change,
                                             Time now);

/// Moves an application on in its person's name and notes why, under the row's lock.
/// Errc::conflict for a move that may not be made; the same status again changes nothing.
task<Result<Application>> move_application(Session& session, ApplicationId id,
                                           ApplicationStatus status, std::string detail, Time now);

/// Notes something in the timeline without another status.
task<Result<Application>> note_application(Session& session, ApplicationId id, std::string detail,
                                           Time now);

}  // namespace jobraker::storage
