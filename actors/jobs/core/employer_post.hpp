#pragma once

#include "actors/jobs/core/raw_posting.hpp"

namespace jobraker {

/// An employer's posting as a source's. Sent twice by one user (same title, company, place and
/// address) it has the same `source_id`.
RawPosting raw_of(const PostJob& post, UserId user);

/// The rules that single fields cannot state: min ≤ max, a currency with a salary, a known country,
/// an http(s) address, a deadline in the future. Errc::invalid names every one broken.
Done check(const PostJob& post, Time now);

/// The rules of a saved search by its kind. Errc::invalid names every one broken.
Done check(const CreateSearch& search);

}  // namespace jobraker
