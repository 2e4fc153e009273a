#include <csignal>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <sodium.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "config/config.hpp"
#include "tools/analytics/reader.hpp"
#include "tools/analytics/store.hpp"

namespace {

using namespace jobraker;
using namespace jobraker::analytics;

enum Exit { ok = 0, usage = 2, no_kafka = 3, no_database = 4 };

/// The command line as it is written.
struct Arguments {
  std::string config;
  std::string database;
  std::string brokers;
  bool once = false;
  bool rebuild = false;
  unsigned patience_s = 60;
  unsigned remember_days = 45;
};

int complain(int status, const std::string& what) {
  std::fprintf(stderr, "jobraker-analytics: %s\n", what.c_str());
  return status;
}

void declare(CLI::App& cli, Arguments& to) {
  cli.add_option("--config", to.config, "TOML file, the server's will do: [database] and [kafka]")
    ->envname("JOBRAKER_CONFIG");
  cli.add_option("--database", to.database, "PostgreSQL, instead of database.url");
  cli.add_option("--brokers", to.brokers, "host:port, instead of kafka.brokers");
  cli.add_flag("--once", to.once, "end when the topics have been read to their ends");
  cli.add_flag("--rebuild", to.rebuild,
               "forget all that was counted and read from the first record that Kafka still has");
  cli
    .add_option("--patience", to.patience_s,
                "with --once: seconds without a word from Kafka before giving up")
    ->capture_default_str();
  cli
    .add_option("--remember-days", to.remember_days,
                "for how long an event that comes again is known to be counted")
    ->capture_default_str()
    ->check(CLI::Range(1, 3650));
  cli.set_version_flag("--version", "0.1.0");
  cli.footer(
    "Counts what Jobraker's topics tell in the schema `analytics` of a PostgreSQL database\n"
    "(see tools/analytics/README.md). SIGTERM and SIGINT end it after the batch at hand.\n"
    "Exit status: 0 done, 2 wrong usage, 3 nothing from Kafka (--once), 4 the database.");
}

/// File first, environment next, the command line on top. Empty, or what is wrong.
std::string read_config(const Arguments& given, Config& config) {
  if (!given.config.empty()) {
    std::ifstream file{given.config};
    std::ostringstream text;
    if (!file || !(text << file.rdbuf()))
      return "cannot read " + given.config;
    if (auto problem = read_toml(text.str(), config))
      return given.config + ": " + problem.text;
  }
  if (auto problem = read_environment(process_environment(), config))
    return problem.text;
  if (!given.database.empty())
    config.database.url = given.database;
  if (!given.brokers.empty())
    config.kafka.brokers = given.brokers;
  if (config.kafka.brokers.empty())
    return "no broker: give --brokers, or kafka.brokers in --config";
  if (config.database.url.empty())
    return "no database: give --database, or database.url in --config";
  return {};
}

storage::Settings storage_settings(const DatabaseConfig& config) {
  storage::Settings settings;
  settings.url = config.url;
  settings.connections = 1;
  settings.connect_timeout = std::chrono::milliseconds{config.connect_timeout_ms};
  settings.statement_timeout = std::chrono::milliseconds{config.statement_timeout_ms};
  return settings;
}

/// Everything after the schema is there.
task<Result<ReaderFigures>> work(IoContext& io, storage::Database& database, const Trades& trades,
                                 const Config& config, const Arguments& given,
                                 std::optional<Reader>& reader) {
  if (given.rebuild)
    if (auto done = co_await forget_everything(database); !done)
      co_return fail(std::move(done.error()));
  auto group = co_await consumer_group(database, config.kafka.group_prefix);
  if (!group)
    co_return fail(std::move(group.error()));
  spdlog::info("event=analytics.reading group={} brokers={}", *group, config.kafka.brokers);
  ReaderOptions options;
  options.kafka = net::kafka::settings_of(config.kafka);
  options.group = *group;
  options.once = given.once;
  options.patience = std::chrono::seconds{given.patience_s};
  options.remember_days = given.remember_days;
  reader.emplace(io, database, trades, std::move(options));
  co_return co_await reader->run();
}

int status_of(const Error& error) {
  if (error.code == Errc::upstream_timed_out)
    return complain(no_kafka, error.detail);
  if (error.code == Errc::invalid && error.detail.starts_with("Kafka's"))
    return complain(usage, error.detail);
  return complain(no_database, "the database: " + error.detail);
}

int run(const Config& config, const Arguments& given) {
  auto trades = Trades::built_in();
  if (!trades)
    return complain(usage, "trades.txt: " + trades.error().detail);
  auto settings = storage_settings(config.database);
  if (auto prepared = prepare_schema(settings); !prepared)
    return complain(no_database, "the database: " + prepared.error().detail);
  IoContext io{1};
  storage::Database database{io, settings};
  std::optional<Reader> reader;
  asio::signal_set signals{io, SIGINT, SIGTERM};
  signals.async_wait([&](boost::system::error_code error, int) {
    if (!error && reader)
      reader->stop();
    else if (!error)
      io.stop();
  });
  std::optional<Result<ReaderFigures>> outcome;
  asio::co_spawn(io, work(io, database, *trades, config, given, reader),
                 [&](std::exception_ptr error, Result<ReaderFigures> figures) {
                   if (error)
                     std::rethrow_exception(error);
                   outcome = std::move(figures);
                   database.close();
                   io.stop();
                 });
  io.run();
  if (!outcome)
    return ok;  // told to end before it had begun
  if (!*outcome)
    return status_of(outcome->error());
  std::printf(
    "counted %lld, repeated %lld, of other types %lld, unreadable %lld\n",
    static_cast<long long>((*outcome)->counted), static_cast<long long>((*outcome)->repeated),
    static_cast<long long>((*outcome)->ignored), static_cast<long long>((*outcome)->unreadable));
  return ok;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App cli{"Counts what Jobraker tells through Kafka, day by day, in PostgreSQL"};
  Arguments given;
  declare(cli, given);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? ok : usage;
  }
  std::signal(SIGPIPE, SIG_IGN);
  if (sodium_init() < 0)
    return complain(usage, "libsodium cannot be initialised");
  Config config;
  if (auto problem = read_config(given, config); !problem.empty())
    return complain(usage, problem);
  spdlog::set_default_logger(spdlog::stderr_color_mt("jobraker-analytics"));
  spdlog::set_level(spdlog::level::from_str(config.log.level));
  return run(config, given);
}
