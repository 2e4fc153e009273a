#pragma once

#include <cstdint>
#include <string>

namespace jobraker::test {

/// Deletes the records of a partition before an offset (-1: all), as retention does with those that
/// are too old. Throws when the broker does not.
void delete_records(const std::string& brokers, const std::string& topic, int partition,
                    std::int64_t before);

}  // namespace jobraker::test
