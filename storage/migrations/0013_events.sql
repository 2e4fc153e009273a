-- What is still to be told. Few rows, all of them soon deleted.
CREATE TABLE outbox (
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id          uuid NOT NULL,
  topic       text NOT NULL,
  type        text NOT NULL,
  key         text NOT NULL,
  at          timestamptz NOT NULL,
  data        text NOT NULL,
  traceparent text NOT NULL,
  dead        jsonb,  -- of a dead letter: who could not handle it, and why
  written_at  timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- Rows for the outbox, given out once nobody else holds their keys: sequence numbers taken after that are, for each key,
-- in the order of commits. The transaction has its id before its numbers, which tells the reader how long a missing
-- number may still appear. A key is one of 1,024 locks, so that a large batch cannot use up the server's lock table.
CREATE FUNCTION outbox_rows(ids uuid[], topics text[], types text[], keys text[], times timestamptz[], datas text[], traces text[])
RETURNS TABLE (id uuid, topic text, type text, key text, at timestamptz, data text, traceparent text)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_current_xact_id();
  PERFORM pg_advisory_xact_lock(1869837410, slot) FROM (
    SELECT DISTINCT hashtext(t || '/' || k) & 1023 AS slot FROM unnest(topics, keys) AS u (t, k) ORDER BY slot) AS s;
  RETURN QUERY SELECT * FROM unnest(ids, topics, types, keys, times, datas, traces);
END $$;

-- Who may tell what is in the outbox.
CREATE TABLE outbox_leader (
  one   boolean PRIMARY KEY DEFAULT true CHECK (one),
  node  uuid NOT NULL,
  until timestamptz NOT NULL
);

-- What each consumer has handled.
CREATE TABLE consumed_events (
  consumer text NOT NULL,
  event    uuid NOT NULL,
  at       timestamptz NOT NULL,
  PRIMARY KEY (consumer, event)
);
CREATE INDEX consumed_events_at ON consumed_events (at);

CREATE TABLE dead_letters (
  id          uuid PRIMARY KEY,
  consumer    text NOT NULL,
  event       uuid NOT NULL,
  topic       text NOT NULL,
  type        text NOT NULL,
  key         text NOT NULL,
  at          timestamptz NOT NULL,
  data        text NOT NULL,
  traceparent text NOT NULL,
  reason      text NOT NULL,
  attempts    bigint NOT NULL,
  failed_at   timestamptz NOT NULL,
  replayed_at timestamptz
);
CREATE UNIQUE INDEX dead_letters_open ON dead_letters (consumer, event) WHERE replayed_at IS NULL;
CREATE INDEX dead_letters_failed ON dead_letters (failed_at DESC, id DESC);
