#pragma once

#include "messages/consents.hpp"
#include "storage/session.hpp"

/// What people have agreed to, and the log of when they said so.
namespace jobraker::storage {

/// Every purpose; what was never said is not agreed to.
task<Result<Consents>> find_consents(Session& session, UserId user);

/// Sets what is given, leaves the rest, and answers all. Each change is a row of `consent_log`;
/// saying again what holds already is none. Errc::not_found for changes of a person that is not
/// there.
task<Result<Consents>> set_consents(Session& session, UserId user, SetConsents changes);

/// Whether this person has agreed to this purpose.
task<Result<bool>> has_consent(Session& session, UserId user, ConsentPurpose purpose);

}  // namespace jobraker::storage
