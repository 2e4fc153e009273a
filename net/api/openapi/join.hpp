#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/embedded.hpp"
#include "messages/result.hpp"

namespace jobraker::net {

/// One OpenAPI document from its parts: the first has what stands once (info, servers, tags,
/// security), each further one `paths` and `components` of a capability. `info.version` becomes
/// `version`. Pure. Errc::malformed names the part that is no JSON object; Errc::invalid the path
/// or component that two parts have, or a member a part may not have.
Result<std::string> join_openapi(std::span<const EmbeddedFile> parts, std::string_view version);

/// The document of this server, joined when it is first asked for. Throws std::logic_error when the
/// parts do not fit: a fault of the build.
const std::string& openapi_document();

}  // namespace jobraker::net
