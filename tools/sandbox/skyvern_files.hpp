#pragma once

#include <string>

#include "net/http/message.hpp"
#include "tools/sandbox/skyvern_runs.hpp"

namespace jobraker::sandbox {

/// `POST /v1/upload_file`: keeps a file of 10 MB at most and tells where it is.
net::Response take_upload(SkyvernRuns& runs, const net::Request& request, const std::string& base);

/// What Skyvern's answers point to: `/skyvern/files/{id}/{name}`, `/skyvern/artifacts/{run}/{name}`
/// (a recording and screenshots, tiny and real), `/skyvern/runs/{run}` for people.
net::Response serve_artifact(const SkyvernRuns& runs, const net::Request& request);

}  // namespace jobraker::sandbox
