#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jobraker {

/// Where the HTTP server listens and what it allows.
struct ServerConfig {
  std::string host = "127.0.0.1";
  std::int64_t port = 8080;
  std::int64_t threads = 0;
  std::int64_t connections_max = 10000;
  std::int64_t idle_timeout_ms = 75000;
  std::int64_t header_timeout_ms = 10000;
  std::int64_t body_timeout_ms = 30000;
  std::int64_t write_timeout_ms = 30000;
  std::int64_t request_timeout_ms = 30000;
  std::int64_t drain_timeout_ms = 15000;
  std::vector<std::string> cors_origins{};
};

struct DatabaseConfig {
  std::string url{};
  std::int64_t connections_per_thread = 3;
  std::int64_t connect_timeout_ms = 5000;
  std::int64_t statement_timeout_ms = 15000;
  std::int64_t waiting_max = 10000;
};

/// Passwords and tokens.
struct AuthConfig {
  std::string jwt_secret{};
  std::int64_t access_token_minutes = 15;
  std::int64_t refresh_token_days = 30;
  std::int64_t argon2_memory_kib = 65536;
  std::int64_t argon2_passes = 2;
  std::int64_t login_attempts_max = 10;
  std::int64_t login_window_seconds = 300;
};

/// The OpenAI-compatible service that parses, scores and embeds.
struct LlmConfig {
  std::string base_url = "https://api.openai.com/v1";
  std::string api_key{};
  std::string model = "gpt-4.1-mini";
  std::string embedding_model = "text-embedding-3-small";
  std::int64_t max_output_tokens = 8000;
  std::int64_t timeout_ms = 60000;
  std::int64_t attempts_max = 4;
  std::int64_t in_flight_max = 64;
  std::int64_t waiting_max = 2000;
  bool continuous_usage = false;
  std::string safety_salt = "jobraker";
  std::int64_t log_connections = 1;
  std::int64_t cache_bytes = 64'000'000;
};

/// Anthropic's API, for models whose provider it is.
struct AnthropicConfig {
  std::string base_url = "https://api.anthropic.com";
  std::string api_key{};
};

/// Conversations and live sessions.
struct ChatConfig {
  std::vector<std::string> allowed_origins{};
  std::int64_t frame_bytes_max = 8'000'000;
  std::int64_t frames_per_second = 20;
  std::int64_t frames_burst = 40;
  std::int64_t sessions_per_user_max = 10;
  std::int64_t sessions_max = 20000;
  bool compression = false;
  std::int64_t ping_seconds = 25;
  std::int64_t live_conversations_max = 100000;
  std::int64_t questions_waiting_max = 4;
  std::int64_t answer_seconds = 300;
  std::int64_t confirm_seconds = 600;
  std::int64_t history_tokens = 6000;
  std::int64_t summarise_tokens = 4000;
  std::int64_t retrieval_chunks = 6;
  std::int64_t retrieval_tokens = 2000;
  std::string moderation = "both";
  std::string moderation_down = "closed";
  std::int64_t moderation_span = 200;
  std::int64_t image_bytes_max = 5'000'000;
  std::int64_t interview_questions = 6;
};

struct AdzunaConfig {
  std::string base_url = "https://api.adzuna.com/v1/api";
  std::string app_id{};
  std::string app_key{};
  std::int64_t per_minute = 25;
  std::int64_t per_day = 250;
  std::int64_t per_week = 1000;
  std::int64_t per_month = 2500;
  std::int64_t pages_max = 2;
  std::int64_t days_back = 14;
};

struct FeedsConfig {
  std::int64_t bytes_max = 10'000'000;
  std::int64_t timeout_ms = 30000;
  bool allow_private_addresses = false;
};

struct BoardsConfig {
  std::string greenhouse_url = "https://boards-api.greenhouse.io";
  std::string lever_url = "https://api.lever.co";
};

/// Reading uploaded documents in a separate process.
struct DocumentsConfig {
  std::string program{};
  std::int64_t bytes_max = 10'000'000;
  std::int64_t cpu_seconds = 10;
  std::int64_t memory_bytes = 512'000'000;
  std::int64_t output_bytes_max = 2'000'000;
  std::int64_t timeout_ms = 20000;
  std::int64_t text_characters_max = 25000;
};

struct JobsConfig {
  std::int64_t age_days_max = 45;
  std::int64_t refresh_parallel = 4;
};

/// How pairs are found and judged (design §6).
struct MatchingConfig {
  double weight_skills = 40;
  double weight_experience = 30;
  double weight_location = 20;
  double weight_salary = 10;
  double threshold = 60;
  std::int64_t shortlist = 200;
  std::int64_t scored_per_batch = 50;
  std::int64_t jobs_per_prompt = 5;
  std::int64_t calls_in_flight = 5;
  std::int64_t days_back = 30;
  std::int64_t jobs_in_memory_max = 500000;
  std::int64_t people_in_memory_max = 200000;
  std::int64_t people_per_posting = 500;
};

/// Kafka, for whoever wants to hear of what happens. Without brokers nothing leaves the server.
struct KafkaConfig {
  std::string brokers{};
  std::string topic_prefix{};
  std::string client_id = "jobraker";
  std::string group_prefix = "jobraker-";
  std::int64_t partitions = 6;
  std::int64_t replication = 1;
  std::int64_t linger_ms = 5;
  std::int64_t delivery_timeout_ms = 30000;
  std::string compression = "lz4";
  std::string security_protocol = "plaintext";
  std::string ca_file{};
  std::string sasl_mechanism{};
  std::string sasl_username{};
  std::string sasl_password{};
};

/// The outbox, and the consumers inside the server.
struct EventsConfig {
  std::int64_t poll_ms = 500;
  std::int64_t batch = 1000;
  std::int64_t in_flight_max = 20000;
  std::int64_t handled_at_once = 64;
  std::int64_t attempts_max = 5;
  std::int64_t remembered_days = 14;
  std::int64_t dead_letter_days = 30;
  bool validate = false;
};

/// The service that fills in application forms in a browser.
struct SkyvernConfig {
  std::string base_url = "https://api.skyvern.com";
  std::string api_key{};
  std::string webhook_key_old{};
  std::string webhook_url{};
  std::string engine = "skyvern-1.0";
  std::string proxy_location{};
  std::int64_t steps_max = 50;
  std::int64_t timeout_ms = 60000;
};

/// Applications sent in people's names.
struct ApplicationsConfig {
  std::int64_t per_employer_seconds = 60;
  std::int64_t in_flight_max = 20;
  std::int64_t poll_seconds = 30;
  std::int64_t poll_seconds_max = 600;
  std::int64_t look_up_seconds = 20;
  std::int64_t look_up_tries = 5;
  std::int64_t stale_minutes = 120;
  std::int64_t live_max = 10000;
};

/// What is done at its time, without anybody asking. A time is a cron expression of five fields,
/// `@every` with a span (`90s`, `5m`, `6h`), a nickname (`@daily`), or empty: only when an operator
/// says so.
struct SchedulesConfig {
  std::string time_zone = "UTC";
  std::string jobs_refresh = "0 */6 * * *";
  std::string jobs_expire = "25 * * * *";
  std::string accounts_expire = "40 3 * * *";
  std::string retention_calls = "0 4 * * *";
  std::string retention_audit = "10 4 * * *";
  std::string retention_effects = "20 4 * * *";
  std::string retention_tasks = "30 4 * * *";
  std::string retention_events = "35 * * * *";
  std::string retention_notifications = "50 4 * * *";
  std::int64_t call_days = 400;
  std::int64_t audit_days = 730;
  std::int64_t effect_days = 90;
  std::int64_t task_days = 90;
  std::int64_t notification_days = 180;
  std::int64_t lease_seconds = 60;
  std::int64_t run_minutes_max = 120;
  std::int64_t runs_kept = 200;
};

struct ActorsConfig {
  std::string scheduler = "io";
  std::int64_t idle_seconds = 600;
  std::int64_t live_users_max = 100000;
};

struct LogConfig {
  std::string level = "info";
};

/// All settings, with their defaults. Handed down by value, each part its own piece; there is no
/// global.
struct Config {
  ServerConfig server{};
  DatabaseConfig database{};
  AuthConfig auth{};
  LlmConfig llm{};
  AnthropicConfig anthropic{};
  ChatConfig chat{};
  AdzunaConfig adzuna{};
  FeedsConfig feeds{};
  BoardsConfig boards{};
  DocumentsConfig documents{};
  JobsConfig jobs{};
  MatchingConfig matching{};
  KafkaConfig kafka{};
  EventsConfig events{};
  SkyvernConfig skyvern{};
  ApplicationsConfig applications{};
  SchedulesConfig schedules{};
  ActorsConfig actors{};
  LogConfig log{};
};

/// What went wrong with the configuration, in words that name the key. Empty when all is well.
struct ConfigProblem {
  std::string text{};
  explicit operator bool() const noexcept { return !text.empty(); }
};

/// Names and values of the environment.
using Environment = std::vector<std::pair<std::string, std::string>>;

/// The process's own environment: the only place in the program that looks at it.
Environment process_environment();

/// Reads TOML text on top of what `config` holds. Unknown keys, wrong types and values out of
/// bounds are problems; an unknown key's message names the nearest known one.
ConfigProblem read_toml(std::string_view text, Config& config);

/// Applies `JOBRAKER_<SECTION>_<KEY>` for every key, and the well-known names DATABASE_URL,
/// OPENAI_API_KEY, OPENAI_BASE_URL, ANTHROPIC_API_KEY, ADZUNA_APP_ID, ADZUNA_APP_KEY,
/// KAFKA_BROKERS and SKYVERN_API_KEY (the longer name wins). Unknown JOBRAKER_ names are problems,
/// JOBRAKER_TEST_… excepted.
ConfigProblem read_environment(const Environment& environment, Config& config);

/// Rules that concern several keys, and those a server needs to run (a database, a secret).
ConfigProblem check(const Config& config);

/// The whole configuration as TOML with a comment on each key; secrets print as "***", passwords
/// inside the database URL too.
std::string print_config(const Config& config);

}  // namespace jobraker
