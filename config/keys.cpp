#include "config/keys.hpp"

namespace jobraker::config_detail {

std::vector<Key> keys(Config& c) {
  constexpr double day_ms = 86'400'000;
  constexpr double inf = std::numeric_limits<double>::infinity();
  return {
    {"server.host", &c.server.host, "address to listen on; 0.0.0.0 for all"},
    {"server.port", &c.server.port, "TCP port; 0 takes a free one", 0, 65535},
    {"server.threads", &c.server.threads, "I/O threads; 0: one per core", 0, 256},
    {"server.connections_max", &c.server.connections_max, "connections beyond this are refused", 1, 1e6},
    {"server.idle_timeout_ms", &c.server.idle_timeout_ms, "keep-alive without a request", 100, day_ms},
    {"server.header_timeout_ms", &c.server.header_timeout_ms, "for a request's header to arrive", 10, day_ms},
    {"server.body_timeout_ms", &c.server.body_timeout_ms, "for a request's body to arrive", 10, day_ms},
    {"server.write_timeout_ms", &c.server.write_timeout_ms, "for an answer to leave", 10, day_ms},
    {"server.request_timeout_ms", &c.server.request_timeout_ms, "deadline of an ordinary request", 10, day_ms},
    {"server.drain_timeout_ms", &c.server.drain_timeout_ms, "for running requests after SIGTERM", 0, day_ms},
    {"server.cors_origins", &c.server.cors_origins, "origins that browsers may call from; * for any"},

    {"database.url", &c.database.url, "PostgreSQL 15 with pgvector: a libpq URI (DATABASE_URL)"},
    {"database.connections_per_thread", &c.database.connections_per_thread, "pipelined connections per I/O thread", 1, 64},
    {"database.connect_timeout_ms", &c.database.connect_timeout_ms, "for one attempt to connect", 10, day_ms},
    {"database.statement_timeout_ms", &c.database.statement_timeout_ms, "for one statement, on the server", 10, day_ms},
    {"database.waiting_max", &c.database.waiting_max, "statements queued per thread; more are refused", 1, 1e6},

    {"auth.jwt_secret", &c.auth.jwt_secret, "signs access tokens (HS256); at least 32 characters", -inf, inf, true},
    {"auth.access_token_minutes", &c.auth.access_token_minutes, "life of an access token", 1, 1440},
    {"auth.refresh_token_days", &c.auth.refresh_token_days, "life of a refresh token", 1, 365},
    {"auth.argon2_memory_kib", &c.auth.argon2_memory_kib, "memory of one Argon2id hash", 8, 4194304},
    {"auth.argon2_passes", &c.auth.argon2_passes, "passes of one Argon2id hash", 1, 20},
    {"auth.login_attempts_max", &c.auth.login_attempts_max, "failed logins per account and per address in the window", 1, 10000},
    {"auth.login_window_seconds", &c.auth.login_window_seconds, "the window of login_attempts_max", 1, 86400},

    {"llm.base_url", &c.llm.base_url, "an OpenAI-compatible service (OPENAI_BASE_URL)"},
    {"llm.api_key", &c.llm.api_key, "its key (OPENAI_API_KEY)", -inf, inf, true},
    {"llm.model", &c.llm.model, "the model that parses résumés and scores jobs"},
    {"llm.embedding_model", &c.llm.embedding_model, "the model of the similarity vectors; must give 768 dimensions"},
    {"llm.max_output_tokens", &c.llm.max_output_tokens, "bound of one answer", 100, 200000},
    {"llm.timeout_ms", &c.llm.timeout_ms, "for one attempt of a call", 10, day_ms},
    {"llm.attempts_max", &c.llm.attempts_max, "attempts of one call, the first included", 1, 10},
    {"llm.in_flight_max", &c.llm.in_flight_max, "calls at the same time", 1, 1000},
    {"llm.waiting_max", &c.llm.waiting_max, "calls queued; more are refused", 1, 100000},

    {"adzuna.base_url", &c.adzuna.base_url, "Adzuna's API"},
    {"adzuna.app_id", &c.adzuna.app_id, "its application id (ADZUNA_APP_ID)", -inf, inf, true},
    {"adzuna.app_key", &c.adzuna.app_key, "its application key (ADZUNA_APP_KEY)", -inf, inf, true},
    {"adzuna.per_minute", &c.adzuna.per_minute, "hits a minute that the key allows", 1, 1e6},
    {"adzuna.per_day", &c.adzuna.per_day, "hits a day", 1, 1e7},
    {"adzuna.per_week", &c.adzuna.per_week, "hits a week", 1, 1e8},
    {"adzuna.per_month", &c.adzuna.per_month, "hits in 30 days", 1, 1e8},
    {"adzuna.pages_max", &c.adzuna.pages_max, "pages of 50 fetched for one search", 1, 20},
    {"adzuna.days_back", &c.adzuna.days_back, "age of the oldest posting asked for", 1, 365},

    {"feeds.bytes_max", &c.feeds.bytes_max, "size of one feed or board; longer ones are refused", 1000, 1e9},
    {"feeds.timeout_ms", &c.feeds.timeout_ms, "for one feed or board to arrive", 10, day_ms},
    {"feeds.allow_private_addresses", &c.feeds.allow_private_addresses, "let saved searches name hosts on private networks"},

    {"boards.greenhouse_url", &c.boards.greenhouse_url, "Greenhouse's job board API"},
    {"boards.lever_url", &c.boards.lever_url, "Lever's postings API"},

    {"documents.program", &c.documents.program, "jobraker-doctext; empty: beside the server's binary"},
    {"documents.bytes_max", &c.documents.bytes_max, "size of an uploaded document", 1000, 1e9},
    {"documents.cpu_seconds", &c.documents.cpu_seconds, "processor time to read one", 1, 600},
    {"documents.memory_bytes", &c.documents.memory_bytes, "address space to read one", 5e7, 1e11},
    {"documents.output_bytes_max", &c.documents.output_bytes_max, "text taken from one", 1000, 1e9},
    {"documents.timeout_ms", &c.documents.timeout_ms, "wall-clock time to read one", 10, day_ms},
    {"documents.text_characters_max", &c.documents.text_characters_max, "characters handed to the model", 100, 1e6},

    {"jobs.age_days_max", &c.jobs.age_days_max, "postings without a deadline expire after", 1, 3650},
    {"jobs.refresh_parallel", &c.jobs.refresh_parallel, "searches fetched at the same time", 1, 64},

    {"matching.weight_skills", &c.matching.weight_skills, "of the rubric; the four weights add up to 100", 0, 100},
    {"matching.weight_experience", &c.matching.weight_experience, "of the rubric", 0, 100},
    {"matching.weight_location", &c.matching.weight_location, "of the rubric", 0, 100},
    {"matching.weight_salary", &c.matching.weight_salary, "of the rubric", 0, 100},
    {"matching.threshold", &c.matching.threshold, "scores below are not stored as matches", 0, 100},
    {"matching.shortlist", &c.matching.shortlist, "postings that the vectors hand to the rubric", 1, 5000},
    {"matching.scored_per_batch", &c.matching.scored_per_batch, "postings that the rubric hands to the model", 1, 1000},
    {"matching.jobs_per_prompt", &c.matching.jobs_per_prompt, "postings in one model call", 1, 50},
    {"matching.calls_in_flight", &c.matching.calls_in_flight, "model calls of one batch at the same time", 1, 100},
    {"matching.days_back", &c.matching.days_back, "age of the oldest posting scored", 1, 3650},
    {"matching.jobs_in_memory_max", &c.matching.jobs_in_memory_max, "vectors kept in memory, 6 kB each", 1, 1e8},

    {"actors.scheduler", &c.actors.scheduler, "io: actors run on the I/O threads; caf: on CAF's own"},
    {"actors.idle_seconds", &c.actors.idle_seconds, "after which an idle entity actor leaves memory", 1, 86400},
    {"actors.live_users_max", &c.actors.live_users_max, "user actors in memory", 1, 1e7},

    {"log.level", &c.log.level, "trace, debug, info, warn, error or off"},
  };
}

}  // namespace jobraker::config_detail
