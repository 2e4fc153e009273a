CREATE TABLE companies (
  id         uuid PRIMARY KEY,
  name       text NOT NULL,
  -- The name in the form in which two names are the same company's.
  name_key   text NOT NULL CONSTRAINT companies_name_key UNIQUE,
  website    text,
  profile    text NOT NULL DEFAULT '',
  owner      uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX companies_owner ON companies (owner);

ALTER TABLE users ADD COLUMN company_id uuid REFERENCES companies (id) ON DELETE SET NULL;
CREATE INDEX users_company ON users (company_id) WHERE company_id IS NOT NULL;

-- Money and log of the language models, apart from the main tables and without foreign keys to them:
-- what was spent stays spent when a person goes. All money in nano-dollars (1e-9 USD). The zero
-- UUID stands for everybody (global) or nobody.
CREATE SCHEMA llm;

CREATE TABLE llm.budgets (
  scope      text NOT NULL CONSTRAINT budgets_scope CHECK (scope IN ('global', 'company', 'user')),
  scope_id   uuid NOT NULL,
  period     text NOT NULL CONSTRAINT budgets_period CHECK (period IN ('day', 'month')),
  limit_nano bigint NOT NULL CONSTRAINT budgets_limit CHECK (limit_nano >= 0),
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by uuid,
  PRIMARY KEY (scope, scope_id, period)
);

-- Rewritten with every batch of calls: room for the new versions on the same page.
CREATE TABLE llm.spending (
  scope         text NOT NULL,
  scope_id      uuid NOT NULL,
  period        text NOT NULL,
  starts_on     date NOT NULL,
  spent_nano    bigint NOT NULL DEFAULT 0 CONSTRAINT spending_spent CHECK (spent_nano >= 0),
  reserved_nano bigint NOT NULL DEFAULT 0 CONSTRAINT spending_reserved CHECK (reserved_nano >= 0),
  PRIMARY KEY (scope, scope_id, period, starts_on)
) WITH (fillfactor = 50);

CREATE TABLE llm.budget_alerts (
  scope      text NOT NULL,
  scope_id   uuid NOT NULL,
  period     text NOT NULL,
  starts_on  date NOT NULL,
  threshold  integer NOT NULL,
  -- Another limit is another budget, which has alerts of its own.
  limit_nano bigint NOT NULL,
  at         timestamptz NOT NULL,
  CONSTRAINT budget_alerts_once UNIQUE (scope, scope_id, period, starts_on, threshold, limit_nano)
);
CREATE INDEX budget_alerts_at ON llm.budget_alerts (at);

-- One row an attempt.
CREATE TABLE llm.calls (
  id             uuid PRIMARY KEY,
  at             timestamptz NOT NULL,
  operation      text NOT NULL,
  provider       text NOT NULL,
  model          text NOT NULL,
  user_id        uuid,
  company_id     uuid,
  tokens_in      bigint NOT NULL,
  tokens_cached  bigint NOT NULL,
  tokens_out     bigint NOT NULL,
  cost_nano      bigint NOT NULL,
  estimated      boolean NOT NULL,
  latency_ms     bigint NOT NULL,
  first_token_ms bigint,
  outcome        text NOT NULL,
  cache_hit      boolean NOT NULL,
  attempt        integer NOT NULL,
  prompt_version text NOT NULL,
  trace_id       text NOT NULL,
  error          text
);
CREATE INDEX calls_at ON llm.calls (at);
CREATE INDEX calls_user ON llm.calls (user_id, at) WHERE user_id IS NOT NULL;

CREATE TABLE llm.usage_hourly (
  hour               timestamptz NOT NULL,
  operation          text NOT NULL,
  model              text NOT NULL,
  user_id            uuid NOT NULL,
  company_id         uuid NOT NULL,
  calls              bigint NOT NULL,
  errors             bigint NOT NULL,
  cache_hits         bigint NOT NULL,
  tokens_in          bigint NOT NULL,
  tokens_cached      bigint NOT NULL,
  tokens_out         bigint NOT NULL,
  cost_nano          bigint NOT NULL,
  latency_ms_sum     bigint NOT NULL,
  first_token_ms_sum bigint NOT NULL,
  first_tokens       bigint NOT NULL,
  PRIMARY KEY (hour, operation, model, user_id, company_id)
);
CREATE INDEX usage_hourly_user ON llm.usage_hourly (user_id, hour);
CREATE INDEX usage_hourly_company ON llm.usage_hourly (company_id, hour);
