#pragma once

#include "actors/system/services.hpp"

namespace jobraker {

/// A person's three vectors: the stored ones when the texts they are made of have not changed, else
/// new ones, stored. unprocessable when the profile says nothing to make one of; errors of storage
/// and of llm::embed_texts.
task<Result<UserVectors>> person_vectors(Services& services, const Context& context,
                                         const Profile& profile);

}  // namespace jobraker
