#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "messages/task.hpp"
#include "storage/database.hpp"

namespace jobraker::test {

/// The URL of the maintenance database on a private cluster (JOBRAKER_TEST_DATABASE_URL), empty
/// when there is none.
std::string maintenance_url();

/// `url` with another database.
std::string with_database(const std::string& url, const std::string& database);

/// The value of a result that must be one; throws with the error's words otherwise, which fails the
/// test.
template <class T>
T must(Result<T> result) {
  if (!result)
    throw std::runtime_error(std::string{to_string(result.error().code)} + ": " +
                             result.error().detail);
  if constexpr (!std::is_void_v<T>)
    return std::move(*result);
}

/// The code of a result that must be an error.
template <class T>
Errc error_of(const Result<T>& result) {
  if (result)
    throw std::runtime_error("an error was expected");
  return result.error().code;
}

/// Runs coroutines on the calling thread.
class Loop {
public:
  IoContext io{1};

  /// Runs until the task is done and gives its value; what has been spawned goes on meanwhile.
  /// Throws when a minute is not enough.
  template <class T>
  T run(task<T> work) {
    auto outcome = spawn(std::move(work));
    run_until([&] { return outcome->has_value(); });
    return std::move(**outcome);
  }

  /// Starts a task; its value is there once it has one.
  template <class T>
  std::shared_ptr<std::optional<T>> spawn(task<T> work) {
    auto outcome = std::make_shared<std::optional<T>>();
    asio::co_spawn(io, std::move(work), [this, outcome](std::exception_ptr error, T value) {
      if (error)
        error_ = error;
      else
        outcome->emplace(std::move(value));
    });
    return outcome;
  }

  /// Runs the loop until `done`.
  template <class Condition>
  void run_until(Condition done) {
    auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (!done()) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds{100});
      if (auto error = std::exchange(error_, nullptr))
        std::rethrow_exception(error);
      if (std::chrono::steady_clock::now() > give_up)
        throw std::runtime_error("the coroutine did not finish within a minute");
    }
  }

private:
  std::exception_ptr error_;
};

/// A database of one's own with the present schema, gone afterwards. Copied from a template that is
/// migrated once per cluster and schema.
class TestDatabase {
public:
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& url() const noexcept { return url_; }

private:
  std::string name_;
  std::string url_;
};

/// A test against PostgreSQL. Skipped when JOBRAKER_TEST_DATABASE_URL is not set.
class PgTest : public ::testing::Test {
protected:
  void SetUp() override;
  void TearDown() override;

  template <class T>
  T run(task<T> work) {
    return loop.run(std::move(work));
  }
  /// Runs SQL that is part of the test's set-up; it must succeed. `sql` must be a literal.
  storage::Rows sql(std::string_view sql, storage::Params params = {});

  Loop loop{};
  std::unique_ptr<TestDatabase> own{};
  storage::Settings settings{};
  std::unique_ptr<storage::Database> db{};
};

}  // namespace jobraker::test
