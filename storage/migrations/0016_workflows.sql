-- One kit an application; a later run writes over the steps it repeats. `run` counts the runs: what a step
-- of an earlier one still wants to write is refused.
CREATE TABLE workflows (
  id             uuid PRIMARY KEY,
  application_id uuid NOT NULL CONSTRAINT workflows_application UNIQUE REFERENCES applications (id) ON DELETE CASCADE,
  user_id        uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  task_id        uuid REFERENCES tasks (id) ON DELETE SET NULL,  -- of the latest run
  run            bigint NOT NULL DEFAULT 1,
  from_step      text NOT NULL,  -- where the latest run began
  state          text NOT NULL DEFAULT 'running' CONSTRAINT workflows_state CHECK (state IN ('running', 'done', 'failed')),
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL
);
CREATE INDEX workflows_unfinished ON workflows (created_at, id) WHERE state = 'running';
CREATE INDEX workflows_user ON workflows (user_id);

CREATE TABLE workflow_steps (
  workflow_id uuid NOT NULL REFERENCES workflows (id) ON DELETE CASCADE,
  step        text NOT NULL CONSTRAINT workflow_steps_step CHECK (
    step IN ('analyze_job', 'optimize_resume', 'generate_cover_letter', 'finalize')),
  state       text NOT NULL DEFAULT 'pending' CONSTRAINT workflow_steps_state CHECK (
    state IN ('pending', 'running', 'done', 'failed')),
  attempts    bigint NOT NULL DEFAULT 0,  -- how often it was begun in the latest run
  input       jsonb,
  output      jsonb,
  error       jsonb,
  model       text NOT NULL DEFAULT '',  -- that answered; empty where none was asked
  started_at  timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (workflow_id, step)
);

CREATE TABLE application_documents (
  application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  kind           text NOT NULL CONSTRAINT application_documents_kind CHECK (kind IN ('resume', 'cover_letter')),
  markdown       text NOT NULL,
  version        bigint NOT NULL DEFAULT 1,
  updated_at     timestamptz NOT NULL,
  PRIMARY KEY (application_id, kind)
);
