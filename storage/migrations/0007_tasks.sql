CREATE TABLE tasks (
  id          uuid PRIMARY KEY,
  kind        text NOT NULL,
  owner       uuid REFERENCES users (id) ON DELETE CASCADE,
  status      text NOT NULL DEFAULT 'queued' CONSTRAINT tasks_status CHECK (
    status IN ('queued', 'running', 'done', 'failed')),
  stage       text NOT NULL DEFAULT '',
  done        bigint NOT NULL DEFAULT 0,
  total       bigint NOT NULL DEFAULT 0,
  result      jsonb,
  error       jsonb,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  started_at  timestamptz,
  finished_at timestamptz
);
CREATE INDEX tasks_unfinished ON tasks (kind, created_at) WHERE status IN ('queued', 'running');
CREATE INDEX tasks_owner ON tasks (owner, created_at DESC);

CREATE TABLE batches (
  id            uuid PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
  user_id       uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  params        jsonb NOT NULL DEFAULT '{}',
  score_version bigint NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  finished_at   timestamptz
);
-- No two batches may judge the same pair: a person has one at a time.
CREATE UNIQUE INDEX batches_one_open ON batches (user_id) WHERE finished_at IS NULL;
CREATE INDEX batches_user ON batches (user_id, created_at DESC);

CREATE TABLE batch_items (
  batch_id uuid NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
  job_id   uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  rank     bigint NOT NULL,
  state    text NOT NULL DEFAULT 'pending' CONSTRAINT batch_items_state CHECK (
    state IN ('pending', 'scored', 'failed')),
  attempts bigint NOT NULL DEFAULT 0,
  error    text NOT NULL DEFAULT '',
  rubric   jsonb,
  PRIMARY KEY (batch_id, job_id)
);
