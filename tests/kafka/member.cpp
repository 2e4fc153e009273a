// A member of a consumer group for tests to kill: kafka_member BROKERS GROUP TOPIC FINISH finishes
// the first FINISH records and prints the value of every record it is handed.
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include "tests/kafka/helpers.hpp"

int main(int argc, char** argv) {
  using namespace jobraker::net::kafka;
  if (argc != 5)
    return 2;
  int left = std::atoi(argv[4]);
  Reader reader{settings_for(argv[1]), group_of(argv[2], argv[3]), [&](const Received& record) {
                  std::printf("%s\n", record.value.c_str());
                  std::fflush(stdout);
                  return left-- > 0;
                }};
  for (;;)
    ::pause();
}
