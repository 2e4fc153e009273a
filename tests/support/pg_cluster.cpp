#include "tests/support/pg_cluster.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>

#include <unistd.h>

#include "messages/ids.hpp"

namespace jobraker::test {
namespace {

/// `tools/dev/pg ACTION DIR …`: what it prints, without the last line break.
std::string pg(const std::string& action, const std::string& directory,
               const std::string& more = {}) {
  const auto command =
    std::string{JOBRAKER_SOURCE_DIR "/tools/dev/pg "} + action + " '" + directory + "' " + more;
  auto* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr)
    throw std::runtime_error("cannot run " + command);
  std::string output;
  std::array<char, 256> part{};
  while (std::fgets(part.data(), static_cast<int>(part.size()), pipe) != nullptr)
    output += part.data();
  if (::pclose(pipe) != 0)
    throw std::runtime_error("tools/dev/pg " + action + " failed");
  while (output.ends_with('\n'))
    output.pop_back();
  return output;
}

}  // namespace

bool PgCluster::possible() { return ::access("/usr/lib/postgresql/15/bin/initdb", X_OK) == 0; }

PgCluster::PgCluster()
    : directory_(std::filesystem::temp_directory_path() /
                 ("jobraker-pg-" + to_string(new_uuid()).substr(24))),
      url_(pg("start", directory_, "--while " + std::to_string(::getpid()))) {}

PgCluster::~PgCluster() {
  try {
    crash();
  } catch (const std::exception&) {
    // The process that watches over it will try again once we are gone.
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void PgCluster::crash() { pg("crash", directory_); }

void PgCluster::start() { pg("start", directory_); }

}  // namespace jobraker::test
