// Whether a person's yes is one.
#include <set>

#include "actors/applications/core/content.hpp"

namespace jobraker::applications {

Done check_answers(const std::vector<FormAnswer>& answers) {
  static constexpr auto zero = "must not have a zero byte";  // PostgreSQL's text cannot hold it
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& [question, answer] = answers[i];
    std::string member = "question";
    std::string problem;
    if (question.find_first_not_of(" \t\r\n") == std::string::npos)
      problem = "must not be empty";
    else if (!seen.insert(question).second)
      problem = "is asked twice";
    else if (question.find('\0') != std::string::npos)
      problem = zero;
    else if (answer.find('\0') != std::string::npos) {
      problem = zero;
      member = "answer";
    }
    if (problem.empty())
      continue;
    auto pointer = "/answers/" + std::to_string(i) + "/" + member;
    return fail(Error{Errc::invalid, pointer.substr(1) + " " + problem, {{pointer, problem}}, {}});
  }
  return {};
}

Done check_approval(const ApproveApplication& body, const Content& content,
                    const std::string& shown) {
  auto lacks = [](std::string pointer, std::string problem) {
    auto detail = pointer.substr(1) + " " + problem;
    return fail(Error{Errc::invalid, detail, {{std::move(pointer), std::move(problem)}}, {}});
  };
  if (!body.hash && !body.documents_digest)
    return lacks("/hash", "is required, or documents_digest with answers");
  if (!body.hash && !body.answers)
    return lacks("/answers", "are required with documents_digest, an empty list for none");
  // Answers in the body are all stated, so the hash is of what was shown before, or of them.
  if (body.hash && *body.hash != shown && *body.hash != content_hash(content))
    return fail(Errc::conflict, "what would be sent is not what you were shown; look again");
  if (body.documents_digest && *body.documents_digest != documents_digest(content))
    return fail(Errc::conflict,
                "the documents or their address are not those you were shown; look again");
  return {};
}

}  // namespace jobraker::applications
