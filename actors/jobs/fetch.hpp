#pragma once

#include "actors/jobs/core/normalise.hpp"
#include "actors/system/services.hpp"

/// The protocols of the sources, one coroutine each, on an I/O thread.
namespace jobraker {

/// A search at Adzuna: its pages, newest first, within the key's four rate windows.
task<Result<Fetched>> fetch_adzuna(Services& services, Context context, SavedSearch search);

/// One RSS or Atom feed.
task<Result<Fetched>> fetch_feed(Services& services, Context context, SavedSearch search);

/// A whole board at Greenhouse or Lever.
task<Result<Fetched>> fetch_board(Services& services, Context context, SavedSearch search);

}  // namespace jobraker
