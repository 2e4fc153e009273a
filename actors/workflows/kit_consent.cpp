#include "actors/workflows/kit_consent.hpp"

#include "storage/consents.hpp"

namespace jobraker::workflows {

task<Done> check_consent(storage::Session& session, UserId user) {
  auto consent = co_await storage::has_consent(session, user, ConsentPurpose::ai_chat);
  if (!consent)
    co_return fail(std::move(consent.error()));
  if (!*consent)
    co_return fail(Errc::forbidden,
                   "a kit is written by a model, which needs the person's consent: "
                   "PUT /api/v1/users/me/consents {\"ai_chat\": true}");
  co_return Done{};
}

}  // namespace jobraker::workflows
