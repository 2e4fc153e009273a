#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// Where an application stands. `unknown`: it may or may not have reached the company.
enum class ApplicationStatus : std::uint8_t {
  draft,
  approved,  ///< its person has approved what is sent
  queued,    ///< waits for its turn
  submitting,
  submitted,
  needs_input,
  unknown,
  failed,
  interviewing,
  offered,
  rejected,
  withdrawn
};
template <>
inline constexpr std::string_view enum_names<ApplicationStatus>[] = {
  "draft",   "approved", "queued",       "submitting", "submitted", "needs_input",
  "unknown", "failed",   "interviewing", "offered",    "rejected",  "withdrawn"};

/// One application of a person, to a stored posting or to one from elsewhere.
struct Application {
  static constexpr auto type_name = "Application";
  ApplicationId id{};
  UserId user_id{};
  std::optional<JobId> job_id{};
  std::string company{};
  std::string job_title{};
  ApplicationStatus status = ApplicationStatus::draft;
  std::optional<std::string> url{};
  std::string notes{};
  Time created_at{};
  Time updated_at{};

  bool operator==(const Application&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("id", &Application::id),
                      field("user_id", &Application::user_id),
                      field("job_id", &Application::job_id),
                      field("company", &Application::company),
                      field("job_title", &Application::job_title),
                      field("status", &Application::status),
                      field("url", &Application::url),
                      field("notes", &Application::notes, {.max_length = 10000}),
                      field("created_at", &Application::created_at),
                      field("updated_at", &Application::updated_at)};
  }
};

/// One step in an application's life.
struct ApplicationEvent {
  static constexpr auto type_name = "ApplicationEvent";
  std::int64_t seq = 0;  ///< from 1, without gaps
  Time at{};
  ApplicationStatus status = ApplicationStatus::draft;  ///< from then on
  std::string detail{};                                 ///< what happened, in words; may be empty

  bool operator==(const ApplicationEvent&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("seq", &ApplicationEvent::seq), field("at", &ApplicationEvent::at),
                      field("status", &ApplicationEvent::status),
                      field("detail", &ApplicationEvent::detail)};
  }
};

/// The body of `POST /applications`: one tracked by hand. With `job_id` company, title and address
/// are the posting's unless given; without it company and title are needed.
struct CreateApplication {
  static constexpr auto type_name = "CreateApplication";
  std::optional<JobId> job_id{};
  std::optional<std::string> company{};
  std::optional<std::string> job_title{};
  std::optional<ApplicationStatus> status{};  ///< draft (when left out) or a manual one
  std::optional<std::string> url{};           ///< http or https
  std::optional<std::string> notes{};

  static constexpr auto fields() {
    return std::tuple{
      field("job_id", &CreateApplication::job_id),
      field("company", &CreateApplication::company, {.max_length = 200, .min_length = 1}),
      field("job_title", &CreateApplication::job_title, {.max_length = 300, .min_length = 1}),
      field("status", &CreateApplication::status),
      field("url", &CreateApplication::url, {.max_length = 2000, .min_length = 8}),
      field("notes", &CreateApplication::notes, {.max_length = 10000})};
  }
};

/// The body of `PATCH /applications/{id}`; what is left out stays.
struct ChangeApplication {
  static constexpr auto type_name = "ChangeApplication";
  /// By hand only submitted, interviewing, offered, rejected and withdrawn.
  std::optional<ApplicationStatus> status{};
  std::optional<std::string> notes{};
  std::optional<std::string> url{};     ///< http or https
  std::optional<std::string> detail{};  ///< for the timeline: why the status changed

  static constexpr auto fields() {
    return std::tuple{field("status", &ChangeApplication::status),
                      field("notes", &ChangeApplication::notes, {.max_length = 10000}),
                      field("url", &ChangeApplication::url, {.max_length = 2000, .min_length = 8}),
                      field("detail", &ChangeApplication::detail, {.max_length = 1000})};
  }
};

/// Changes this application.
struct ChangeThisApplication {
  static constexpr auto type_name = "ChangeThisApplication";
  ApplicationId id{};
  ChangeApplication change{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks for one application.
struct GetApplication {
  static constexpr auto type_name = "GetApplication";
  ApplicationId id{};
  static constexpr auto fields() { return std::tuple{field("id", &GetApplication::id)}; }
};

/// Asks for the timeline of an application.
struct GetApplicationEvents {
  static constexpr auto type_name = "GetApplicationEvents";
  ApplicationId id{};
  static constexpr auto fields() { return std::tuple{field("id", &GetApplicationEvents::id)}; }
};

/// The timeline, oldest first.
struct ApplicationEvents {
  static constexpr auto type_name = "ApplicationEvents";
  std::vector<ApplicationEvent> items{};
  static constexpr auto fields() { return std::tuple{field("items", &ApplicationEvents::items)}; }
};

/// The query of `GET /applications`: the latest change first.
struct ListApplications {
  static constexpr auto type_name = "ListApplications";
  std::optional<ApplicationStatus> status{};
  std::optional<std::string> company{};  ///< as `find_applications` understands names
  std::optional<std::string> cursor{};
  std::int64_t limit = 20;

  static constexpr auto fields() {
    return std::tuple{field("status", &ListApplications::status),
                      field("company", &ListApplications::company, {.max_length = 200}),
                      field("cursor", &ListApplications::cursor, {.max_length = 200}),
                      optional_field("limit", &ListApplications::limit, {.min = 1, .max = 100})};
  }
};

/// One page of applications.
struct ApplicationPage {
  static constexpr auto type_name = "ApplicationPage";
  std::vector<Application> items{};
  std::optional<std::string> next{};

  static constexpr auto fields() {
    return std::tuple{field("items", &ApplicationPage::items),
                      field("next", &ApplicationPage::next)};
  }
};

}  // namespace jobraker
