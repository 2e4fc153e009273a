-- What is done by the clock, by name. `next_at` is the earliest due time that nobody has dealt with; without one it is run by hand only.
CREATE TABLE schedules (
  name       text PRIMARY KEY,
  title      text NOT NULL,
  cron       text,
  every_s    bigint CONSTRAINT schedules_every CHECK (every_s > 0),
  time_zone  text NOT NULL,
  paused     boolean NOT NULL DEFAULT false,
  next_at    timestamptz,
  runs       bigint NOT NULL DEFAULT 0,
  failures   bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT schedules_one_rhythm CHECK (cron IS NULL OR every_s IS NULL)
);

-- Each run is the effect of kind schedule_run with this key, whose lease and fence say who may end it.
CREATE TABLE schedule_runs (
  id         uuid PRIMARY KEY,
  schedule   text NOT NULL REFERENCES schedules (name) ON DELETE CASCADE,
  key        bytea NOT NULL,
  due_at     timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at   timestamptz,
  outcome    text NOT NULL CONSTRAINT schedule_runs_outcome CHECK (outcome IN ('running', 'done', 'failed', 'abandoned')),
  detail     text,
  by_user    uuid,  -- none: the clock
  CONSTRAINT schedule_runs_ended CHECK ((outcome = 'running') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX schedule_runs_one ON schedule_runs (schedule) WHERE outcome = 'running';
CREATE UNIQUE INDEX schedule_runs_key ON schedule_runs (key);
CREATE INDEX schedule_runs_latest ON schedule_runs (schedule, started_at DESC, id DESC);

-- For lists of all scoring runs, and for what is forgotten.
CREATE INDEX batches_newest ON batches (created_at DESC, id DESC);
CREATE INDEX tasks_finished ON tasks (finished_at) WHERE finished_at IS NOT NULL;
