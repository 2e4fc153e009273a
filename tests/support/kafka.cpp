#include "tests/support/kafka.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <unistd.h>

#include "messages/ids.hpp"

namespace jobraker::test {
namespace {

struct Run {
  int status;
  std::string output;  // without the last line break
};

/// `tools/dev/kafka ACTION DIR …`
Run kafka(const std::string& action, const std::string& directory, const std::string& more = {}) {
  const auto command =
    std::string{JOBRAKER_SOURCE_DIR "/tools/dev/kafka "} + action + " '" + directory + "' " + more;
  auto* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr)
    throw std::runtime_error("cannot run " + command);
  Run run{};
  std::array<char, 256> part{};
  while (std::fgets(part.data(), static_cast<int>(part.size()), pipe) != nullptr)
    run.output += part.data();
  run.status = ::pclose(pipe);
  while (run.output.ends_with('\n'))
    run.output.pop_back();
  return run;
}

std::string must_kafka(const std::string& action, const std::string& directory,
                       const std::string& more = {}) {
  auto run = kafka(action, directory, more);
  if (run.status != 0)
    throw std::runtime_error("tools/dev/kafka " + action + " failed");
  return run.output;
}

std::string while_we_live() { return "--while " + std::to_string(::getpid()); }

std::string find_brokers() {
  if (const char* set = std::getenv("JOBRAKER_TEST_KAFKA"); set != nullptr && *set != '\0')
    return set;
  const std::string directory = JOBRAKER_TEST_KAFKA_DIR;
  if (kafka("bootstrap", directory, "2>/dev/null").status == 0)
    return must_kafka("wait", directory);
  // Not in that folder: another process would take it for the run's and see it end with us.
  static KafkaBroker own;
  return own.address();
}

}  // namespace

std::string kafka_brokers() {
  static const auto brokers = find_brokers();
  return brokers;
}

std::string unique_word() { return "t" + to_string(new_uuid()).substr(9); }

KafkaBroker::KafkaBroker()
    : directory_(std::filesystem::temp_directory_path() / ("jobraker-kafka-" + unique_word())) {
  start();
}

KafkaBroker::~KafkaBroker() {
  kafka("kill", directory_);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void KafkaBroker::pause() { must_kafka("pause", directory_); }
void KafkaBroker::resume() { must_kafka("resume", directory_); }
void KafkaBroker::kill() { must_kafka("kill", directory_); }

void KafkaBroker::start() {
  auto address = must_kafka("start", directory_, while_we_live());
  if (!address_.empty() && address != address_)
    throw std::runtime_error("the broker came back at another address");
  address_ = std::move(address);
}

}  // namespace jobraker::test
