#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "tools/doctext/extract.hpp"

namespace jobraker::doctext {

/// Unpacked parts by their names.
using Parts = std::map<std::string, std::string>;

/// Unpacks the parts of a zip file whose names `wanted` accepts. Exit::malformed when it is no zip,
/// is cut short or lies about itself; Exit::encrypted; Exit::limit when a part, or all together,
/// unpack to more than `part_bytes_max` or `part_ratio_max` allow, whatever sizes the file
/// declares.
tl::expected<Parts, Exit> unpack(std::string_view bytes,
                                 const std::function<bool(std::string_view)>& wanted);

}  // namespace jobraker::doctext
