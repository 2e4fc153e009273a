CREATE EXTENSION IF NOT EXISTS vector;

-- Narrow on purpose: an HNSW index makes every update of a row dear, whatever column it changes.
-- A missing vector is a row with NULL, which says that there was nothing to embed.
CREATE TABLE job_vectors (
  job_id       uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  kind         smallint NOT NULL CHECK (kind IN (0, 1)),  -- description, requirements
  model        text NOT NULL,
  embedding    halfvec(768),
  content_hash text NOT NULL,
  updated_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (job_id, kind)
);
ALTER TABLE job_vectors ALTER COLUMN embedding SET STORAGE PLAIN;

-- pgvector before 0.8.2 can overflow a buffer in parallel builds (CVE-2026-3172).
SET LOCAL max_parallel_maintenance_workers = 0;
-- One index a kind: a search is always for one of them, and a filter would only thin out what is found.
CREATE INDEX job_vectors_description ON job_vectors
  USING hnsw (embedding halfvec_ip_ops) WITH (m = 16, ef_construction = 128) WHERE kind = 0;
CREATE INDEX job_vectors_requirements ON job_vectors
  USING hnsw (embedding halfvec_ip_ops) WITH (m = 16, ef_construction = 128) WHERE kind = 1;

CREATE TABLE user_vectors (
  user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind         smallint NOT NULL CHECK (kind BETWEEN 0 AND 2),  -- skills, experience, goals
  model        text NOT NULL,
  embedding    halfvec(768),
  content_hash text NOT NULL,
  updated_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, kind)
);
ALTER TABLE user_vectors ALTER COLUMN embedding SET STORAGE PLAIN;
