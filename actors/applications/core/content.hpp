#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/profile.hpp"
#include "messages/result.hpp"
#include "messages/submissions.hpp"

/// What is sent with an application, its digests, and the words in which Skyvern is asked. Pure.
namespace jobraker::applications {

/// A document of the application, as Markdown.
struct Document {
  std::string kind{};  ///< `resume` or `cover_letter`
  std::string from{};  ///< `application` or `profile`
  std::string markdown{};
  std::int64_t version = 0;
};

/// Exactly what goes out. Contact data is the little that forms ask for everywhere.
struct Content {
  std::string url{};  ///< of the form
  std::string job_title{};
  std::string company{};
  std::string name{};
  std::string email{};
  std::string phone{};
  std::string location{};
  std::string work_authorization{};
  std::vector<Document> documents{};
  std::vector<FormAnswer> answers{};
};

/// The person's data for an application: contact, and a résumé made from the profile when
/// `documents` has none. `account_email` stands in for a profile without an address.
Content content_of(const Application& application, const Profile& profile,
                   const std::string& account_email, std::vector<Document> documents,
                   std::vector<FormAnswer> answers);

/// The profile's facts as a résumé in Markdown; empty when there are none. No preferences, and
/// nothing a model thought about the person.
std::string resume_of(const Profile& profile);

/// SHA-256 of all but the answers, with the address it goes to: 64 hexadecimal digits. Another
/// character anywhere is another digest.
std::string documents_digest(const Content& content);
/// The same of everything, answers included: what an approval is of.
std::string content_hash(const Content& content);

/// Whether `body` approves `content`, which holds the body's answers where it has some. `shown` is
/// the hash of what the person was shown, with the answers as stored. Errc::invalid when it does
/// not bind documents, address and answers; conflict when they are others.
Done check_approval(const ApproveApplication& body, const Content& content,
                    const std::string& shown);
/// The documents with their digests, without their text.
std::vector<SentDocument> sent_documents(const Content& content);

/// Whether this is an address of a page as people can check it: http or https, with a host and
/// without blanks, backslashes, control characters or a user's name, which would look like the
/// host.
bool is_web_address(std::string_view url);

/// What stands in the way of sending, in words; empty when nothing does.
std::string missing_in(const Content& content);

/// Errc::invalid for a question asked twice or without words, and for zero bytes.
Done check_answers(const std::vector<FormAnswer>& answers);

/// What Skyvern is asked to do, with the data it needs for that and no other.
std::string prompt_of(const Content& content);

}  // namespace jobraker::applications
