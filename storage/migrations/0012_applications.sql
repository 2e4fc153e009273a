-- For the exclusion constraint of interview_slots; a trusted extension, part of PostgreSQL's contrib.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The name of a company as people say it: without dots, legal forms at its end, case and punctuation.
CREATE FUNCTION company_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(nullif(job_key(regexp_replace(replace(name, '.', ''),
  '([\s,&+]+(incorporated|inc|llc|llp|ltd|limited|corporation|corp|company|co|gmbh|mbh|ggmbh|ag|se|kg|kgaa|ohg|ug|plc|sa|sas|sarl|srl|spa|bv|nv|ab|as|aps|oy|oyj|pty|holding|group))+[\s,]*$',
  '', 'i')), ''), job_key(name));

CREATE TABLE applications (
  id          uuid PRIMARY KEY,
  user_id     uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  job_id      uuid REFERENCES jobs (id) ON DELETE SET NULL,
  company     text NOT NULL CONSTRAINT applications_company CHECK (company <> ''),
  job_title   text NOT NULL CONSTRAINT applications_job_title CHECK (job_title <> ''),
  status      text NOT NULL CONSTRAINT applications_status CHECK (status IN (
    'draft', 'queued', 'submitting', 'submitted', 'needs_input', 'unknown', 'failed', 'interviewing', 'offered',
    'rejected', 'withdrawn')),
  url         text,
  notes       text NOT NULL DEFAULT '',
  events      bigint NOT NULL DEFAULT 1,  -- how many application_events there are
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  company_key text NOT NULL GENERATED ALWAYS AS (company_key(company)) STORED,
  CONSTRAINT applications_once UNIQUE (user_id, job_id)
);
CREATE INDEX applications_user ON applications (user_id, updated_at DESC, id DESC);
CREATE INDEX applications_job ON applications (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE application_events (
  application_id uuid NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  seq            bigint NOT NULL,
  at             timestamptz NOT NULL,
  status         text NOT NULL,
  detail         jsonb NOT NULL DEFAULT '{}' CONSTRAINT application_events_detail CHECK (jsonb_typeof(detail) = 'object'),
  PRIMARY KEY (application_id, seq)
);

CREATE TABLE interview_slots (
  id         uuid PRIMARY KEY,
  owner      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  company_id uuid REFERENCES companies (id) ON DELETE SET NULL,
  starts_at  timestamptz NOT NULL,
  ends_at    timestamptz NOT NULL CONSTRAINT interview_slots_ends CHECK (ends_at > starts_at),
  taken_by   uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT interview_slots_once UNIQUE (owner, starts_at),
  CONSTRAINT interview_slots_apart EXCLUDE USING gist (owner WITH =, tstzrange(starts_at, ends_at) WITH &&)
);
CREATE INDEX interview_slots_free ON interview_slots (starts_at) WHERE taken_by IS NULL;
CREATE INDEX interview_slots_company ON interview_slots (company_id, starts_at);
CREATE INDEX interview_slots_taken ON interview_slots (taken_by) WHERE taken_by IS NOT NULL;

CREATE TABLE interviews (
  id             uuid PRIMARY KEY,
  user_id        uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  employer       uuid REFERENCES users (id) ON DELETE SET NULL,  -- whose slot was booked
  application_id uuid REFERENCES applications (id) ON DELETE SET NULL,
  slot_id        uuid CONSTRAINT interviews_slot UNIQUE REFERENCES interview_slots (id) ON DELETE SET NULL,
  company        text NOT NULL,
  job_title      text NOT NULL DEFAULT '',
  starts_at      timestamptz NOT NULL,
  ends_at        timestamptz NOT NULL CONSTRAINT interviews_ends CHECK (ends_at > starts_at),
  status         text NOT NULL CONSTRAINT interviews_status CHECK (
    status IN ('scheduled', 'rescheduled', 'cancelled', 'done')),
  location       text NOT NULL DEFAULT '',
  notes          text NOT NULL DEFAULT '',
  version        bigint NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL
);
CREATE INDEX interviews_user ON interviews (user_id, starts_at, id);
CREATE INDEX interviews_employer ON interviews (employer, starts_at, id) WHERE employer IS NOT NULL;
CREATE INDEX interviews_application ON interviews (application_id) WHERE application_id IS NOT NULL;
