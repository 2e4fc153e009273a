#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/handles.hpp"
#include "messages/workflows.hpp"

/// What may be asked about the kits of applications.
namespace jobraker {

/// The body of `POST /applications/{id}/kit`.
struct KitWish {
  static constexpr auto type_name = "KitWish";
  std::optional<KitStep> from_step{};  ///< none: all of it
  static constexpr auto fields() { return std::tuple{field("from_step", &KitWish::from_step)}; }
};

/// Makes the kit of an application, from the first step or a later one.
struct StartKit {
  static constexpr auto type_name = "StartKit";
  ApplicationId application{};
  KitWish wish{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks for the kit of an application as it is now.
struct GetKit {
  static constexpr auto type_name = "GetKit";
  ApplicationId application{};
  static constexpr auto fields() { return std::tuple{}; }
};

enum class DocumentFormat : std::uint8_t { md, docx, pdf };
template <>
inline constexpr std::string_view enum_names<DocumentFormat>[] = {"md", "docx", "pdf"};

/// Asks for a document of an application as a file.
struct GetDocumentFile {
  static constexpr auto type_name = "GetDocumentFile";
  ApplicationId application{};
  std::string kind{};  ///< `resume` or `cover_letter`
  DocumentFormat format = DocumentFormat::md;
  static constexpr auto fields() { return std::tuple{}; }
};

/// A document in one format.
struct DocumentFile {
  static constexpr auto type_name = "DocumentFile";
  std::shared_ptr<const std::string> bytes{};
  std::int64_t version = 0;  ///< of the document; the ETag
  static constexpr auto fields() { return std::tuple{}; }
};

/// Asks for a document of an application as Markdown.
struct GetDocument {
  static constexpr auto type_name = "GetDocument";
  ApplicationId application{};
  std::string kind{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// The body of `PUT /applications/{id}/documents/{kind}`.
struct DocumentText {
  static constexpr auto type_name = "DocumentText";
  std::string markdown{};
  static constexpr auto fields() {
    return std::tuple{
      field("markdown", &DocumentText::markdown, {.max_length = 60'000, .min_length = 1})};
  }
};

/// Writes over a document of an application, in the person's own words.
struct SaveDocument {
  static constexpr auto type_name = "SaveDocument";
  ApplicationId application{};
  std::string kind{};
  DocumentText text{};
  std::optional<std::vector<std::int64_t>> if_versions{};  ///< refuse unless it has one of these
  static constexpr auto fields() { return std::tuple{}; }
};

/// A document of an application.
struct DocumentView {
  static constexpr auto type_name = "DocumentView";
  ApplicationId application_id{};
  std::string kind{};
  std::string markdown{};
  std::int64_t version = 0;
  Time updated_at{};

  static constexpr auto fields() {
    return std::tuple{
      field("application_id", &DocumentView::application_id), field("kind", &DocumentView::kind),
      field("markdown", &DocumentView::markdown, {.max_length = 60'000}),
      field("version", &DocumentView::version), field("updated_at", &DocumentView::updated_at)};
  }
};

/// `/system/kits`: the kits and documents of applications. What is somebody else's is not_found,
/// except for admins.
using KitsActor = caf::typed_actor<
  // The run's task, committed before it is answered; without `from_step` the one that runs, if any.
  // unprocessable without a profile or a stored posting; conflict while a run is under way, or when
  // a step before `from_step` is not done.
  caf::replies_to<Context, StartKit>::with<TaskView>,
  // not_found before the first run.
  caf::replies_to<Context, GetKit>::with<Rendered>,
  // not_found when there is no such document (yet).
  caf::replies_to<Context, GetDocumentFile>::with<DocumentFile>,
  caf::replies_to<Context, GetDocument>::with<DocumentView>,
  // The document as committed; precondition_failed.
  caf::replies_to<Context, SaveDocument>::with<DocumentView>>;

/// `/workflows/{id}`: one kit, from its rows to its end.
using WorkflowActor = caf::typed_actor<caf::replies_to<Context, Inspect>::with<StateSummary>,
                                       // INTERNAL: the time of a retry has come.
                                       caf::reacts_to<Tick>>;

}  // namespace jobraker
