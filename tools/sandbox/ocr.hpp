#pragma once

#include <string>

#include "messages/result.hpp"
#include "messages/task.hpp"

namespace jobraker::sandbox {

/// The path of tesseract: `given` when it is not empty, else where Debian puts it; empty when the
/// program is not there.
std::string find_tesseract(const std::string& given);

/// The words in a picture, read by tesseract in a process of its own with limits of time and
/// memory, so that the io thread goes on. At most two read at a time; the same bytes are read once.
/// Errc::unavailable when there is no tesseract, Errc::unprocessable when it fails on the picture,
/// Errc::timed_out when it takes longer than half a minute.
task<Result<std::string>> read_picture(const std::string& tesseract, std::string bytes);

}  // namespace jobraker::sandbox
