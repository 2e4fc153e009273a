-- Which events have been counted. A second record of one event, wherever it lies, is not counted again.
CREATE TABLE analytics.events_counted (
  event      uuid PRIMARY KEY,
  counted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_counted_at ON analytics.events_counted USING brin (counted_at);

-- As which consumer group this schema was filled. Another group begins at the first record that Kafka has.
CREATE TABLE analytics.reading (
  one            boolean PRIMARY KEY DEFAULT true CHECK (one),
  consumer_group text NOT NULL,
  since          timestamptz NOT NULL DEFAULT now()
);

-- What was told last of a posting: the highest version, then the latest. first_at: when it was first told of.
CREATE TABLE analytics.postings (
  job_id   uuid PRIMARY KEY,
  first_at timestamptz NOT NULL,
  version  bigint NOT NULL,
  told_at  timestamptz NOT NULL,
  event    uuid NOT NULL,
  trade    text NOT NULL,
  country  text NOT NULL  -- ISO 3166-1 alpha-2; empty when unknown
);

-- Where an application stands: its entry with the highest number.
CREATE TABLE analytics.applications (
  application_id uuid PRIMARY KEY,
  first_at       timestamptz NOT NULL,
  seq            bigint NOT NULL,
  changed_at     timestamptz NOT NULL,
  outcome        text NOT NULL
);

-- Days are those of UTC, of the time when it happened.
CREATE TABLE analytics.matches_daily (
  day      date NOT NULL,
  found_by text NOT NULL,
  matches  bigint NOT NULL,
  PRIMARY KEY (day, found_by)
);
CREATE TABLE analytics.digests_daily (
  day     date PRIMARY KEY,
  digests bigint NOT NULL,
  jobs    bigint NOT NULL
);
CREATE TABLE analytics.chat_turns_daily (
  day     date NOT NULL,
  outcome text NOT NULL,
  turns   bigint NOT NULL,
  PRIMARY KEY (day, outcome)
);
CREATE TABLE analytics.model_calls_daily (
  day        date NOT NULL,
  operation  text NOT NULL,
  model      text NOT NULL,
  calls      bigint NOT NULL,
  cache_hits bigint NOT NULL,
  tokens_in  bigint NOT NULL,
  tokens_out bigint NOT NULL,
  cost_nano  numeric NOT NULL,  -- nano-dollars
  PRIMARY KEY (day, operation, model)
);

CREATE VIEW analytics.postings_daily AS
  SELECT (first_at AT TIME ZONE 'UTC')::date AS day, trade, country, count(*) AS postings
  FROM analytics.postings GROUP BY 1, 2, 3;

-- By the day on which the application was begun.
CREATE VIEW analytics.applications_daily AS
  SELECT (first_at AT TIME ZONE 'UTC')::date AS day, outcome, count(*) AS applications
  FROM analytics.applications GROUP BY 1, 2;

CREATE VIEW analytics.model_cost_daily AS
  SELECT day, operation, sum(calls) AS calls, sum(cost_nano) / 1e9 AS cost_usd
  FROM analytics.model_calls_daily GROUP BY 1, 2;
