#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// The folder of real postings and feeds, and readers of its files.
namespace jobraker::real {

/// From the environment (JOBRAKER_SHARED_DATA) or beside the source tree; empty when not there.
std::filesystem::path folder();

/// A file's bytes; a `.gz` is unpacked by gzip.
std::string contents(const std::filesystem::path& file);

/// Rows of a CSV file (RFC 4180) by column name.
std::vector<std::map<std::string, std::string>> csv(const std::string& text);

/// What a command writes to its output.
std::string output_of(const std::string& command);

}  // namespace jobraker::real

/// Skips the test when the data is not there.
#define NEEDS_REAL_DATA()                                                                          \
  if (jobraker::real::folder().empty())                                                            \
  GTEST_SKIP() << "no real data here: set JOBRAKER_SHARED_DATA to the folder that holds it"
