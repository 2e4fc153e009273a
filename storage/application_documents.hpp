#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/ids.hpp"
#include "messages/time.hpp"
#include "storage/session.hpp"

/// The résumé and the letter made for one application, as Markdown: written by the kit, edited by
/// the person, sent with the application. Whose they are is the application's business: ask
/// `find_application` first.
namespace jobraker::storage {

struct ApplicationDocument {
  ApplicationId application{};
  std::string kind{};  ///< `resume` or `cover_letter`
  std::string markdown{};
  std::int64_t version = 0;  ///< from 1, grows with every write; the ETag
  Time updated_at{};
};

/// The documents there are, at most one of each kind, the résumé last. None: an empty list, also
/// for an application that does not exist.
task<Result<std::vector<ApplicationDocument>>> application_documents(Session& session,
                                                                     ApplicationId application);

/// Stores a document and answers it with its new version and time. `document.version` is the
/// version the change was based on, 0 to replace whatever is there; Errc::precondition_failed when
/// another is stored. The same text again is no new version. `updated_at` is ignored. Errc::invalid
/// for an unknown kind or an application that does not exist.
task<Result<ApplicationDocument>> save_application_document(Session& session,
                                                            ApplicationDocument document, Time now);

}  // namespace jobraker::storage
