ALTER TABLE applications DROP CONSTRAINT applications_status, ADD CONSTRAINT applications_status CHECK (status IN (
  'draft', 'approved', 'queued', 'submitting', 'submitted', 'needs_input', 'unknown', 'failed', 'interviewing',
  'offered', 'rejected', 'withdrawn'));

-- The sending of an application through Skyvern: where its attempt stands.
CREATE TABLE submissions (
  application_id uuid PRIMARY KEY REFERENCES applications (id) ON DELETE CASCADE,
  user_id        uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  subject        text NOT NULL,  -- what the effect is keyed by, beside the person; never changes
  answers        jsonb NOT NULL DEFAULT '[]',
  approved       text NOT NULL DEFAULT '',
  approved_at    timestamptz,
  phase          text NOT NULL CONSTRAINT submissions_phase CHECK (
    phase IN ('idle', 'creating', 'looking', 'running', 'ended')),
  send_right     text NOT NULL CONSTRAINT submissions_right CHECK (send_right IN ('free', 'held', 'spent')),
  fence          bigint NOT NULL,
  attempt        bigint NOT NULL,
  refusals       bigint NOT NULL,
  look_ups       bigint NOT NULL,
  polls          bigint NOT NULL,
  cancel_wanted  boolean NOT NULL,
  in_vain        boolean NOT NULL,
  stale          boolean NOT NULL,
  run_id         text NOT NULL,
  run_state      text NOT NULL,
  steps          bigint NOT NULL,
  instructions   text NOT NULL,
  queued_at      timestamptz,
  begun_at       timestamptz,
  heard_at       timestamptz,
  wake_at        timestamptz,
  updated_at     timestamptz NOT NULL
);
CREATE INDEX submissions_user ON submissions (user_id);
CREATE INDEX submissions_due ON submissions (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX submissions_under_way ON submissions (application_id) WHERE phase IN ('creating', 'looking', 'running');

-- What people have approved, and until when that held.
CREATE TABLE approvals (
  application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  seq            bigint GENERATED ALWAYS AS IDENTITY,
  hash           text NOT NULL,
  documents      text NOT NULL,  -- digest
  answers        jsonb NOT NULL,
  approved_at    timestamptz NOT NULL,
  ended_at       timestamptz,
  PRIMARY KEY (application_id, seq)
);

-- The runs of all attempts, and the evidence they left.
CREATE TABLE submission_runs (
  run_id          text PRIMARY KEY CONSTRAINT submission_runs_id CHECK (run_id <> ''),
  application_id  uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  attempt         bigint NOT NULL,
  state           text NOT NULL,
  output          jsonb,
  failure_reason  text NOT NULL,
  errors          jsonb NOT NULL,
  recording_url   text NOT NULL,
  screenshot_urls text[] NOT NULL,
  app_url         text NOT NULL,
  step_count      bigint,
  finished_at     timestamptz,
  first_heard_at  timestamptz NOT NULL,
  heard_at        timestamptz NOT NULL
);
CREATE INDEX submission_runs_application ON submission_runs (application_id, first_heard_at DESC);

-- When it is whose turn: the row of an employer ('' for all of them) is locked while a turn is given.
CREATE TABLE employer_turns (
  company_key text PRIMARY KEY,
  next_at     timestamptz NOT NULL
);

-- Webhooks as they came in; key is that of their effect. The body goes once it has been read.
CREATE TABLE webhook_intake (
  key          bytea PRIMARY KEY,
  run_id       text NOT NULL,
  body         text NOT NULL,
  received_at  timestamptz NOT NULL,
  processed_at timestamptz,
  outcome      text NOT NULL DEFAULT ''
);
CREATE INDEX webhook_intake_open ON webhook_intake (received_at) WHERE processed_at IS NULL;
CREATE INDEX webhook_intake_processed ON webhook_intake (processed_at) WHERE processed_at IS NOT NULL;
