#pragma once

#include <filesystem>
#include <string>

namespace jobraker::test {

/// A PostgreSQL cluster of one's own, to be maltreated (tools/dev/pg); gone afterwards, with its
/// data. Other than the clusters that tests share it keeps what it has committed, as one that
/// matters does. Its functions block; they throw when tools/dev/pg does not manage.
class PgCluster {
public:
  /// Whether PostgreSQL is installed here.
  static bool possible();

  PgCluster();
  ~PgCluster();
  PgCluster(const PgCluster&) = delete;
  PgCluster& operator=(const PgCluster&) = delete;

  /// Of an empty database with pgvector; the same after every start.
  const std::string& url() const noexcept { return url_; }

  /// All its processes end at once; nothing is written down that was not before (`immediate`).
  void crash();
  /// After crash(): recovers, and returns when connections are accepted.
  void start();

private:
  std::filesystem::path directory_;
  std::string url_;
};

}  // namespace jobraker::test
