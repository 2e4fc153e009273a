#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/applications.hpp"
#include "storage/session.hpp"

/// Applications and their timelines. All functions work inside the caller's transaction.
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

/// Whether people may set this status by hand at all: submitted, interviewing, offered, rejected,
/// withdrawn.
bool is_manual(ApplicationStatus status) noexcept;

/// Whether somebody may move an application from one status to another by hand. Nobody may
/// interfere with one that is just being submitted, and what is withdrawn stays so; a rejection or
/// an offer entered by mistake can be taken back. The same status again is no move.
bool may_move_by_hand(ApplicationStatus from, ApplicationStatus to) noexcept;

/// Whether work in the person's name may move it there (design: draft, queued, submitting, then
/// submitted, needs_input, unknown or failed, and from those again queued or a final one).
bool may_move(ApplicationStatus from, ApplicationStatus to) noexcept;

/// Changes made by hand, under the row's lock; another status is another event. Errc::conflict for
/// a move that may not be made by hand, Errc::invalid for a status that is not for hands.
task<Result<Application>> change_application(Session& session, ApplicationId id,
                                             std::optional<UserId> owner, ChangeApplication change,
                                             Time now);

/// Moves an application on in its person's name and notes why, under the row's lock.
/// Errc::conflict for a move that may not be made; the same status again changes nothing.
task<Result<Application>> move_application(Session& session, ApplicationId id,
                                           ApplicationStatus status, std::string detail, Time now);

}  // namespace jobraker::storage
