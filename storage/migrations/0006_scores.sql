CREATE TABLE job_scores (
  user_id                uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  job_id                 uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  version                bigint NOT NULL,
  compatibility_score    double precision NOT NULL CHECK (compatibility_score BETWEEN 0 AND 100),
  confidence_score       double precision NOT NULL CHECK (confidence_score BETWEEN 0 AND 100),
  ai_reasoning           text NOT NULL,
  match_factors          text[] NOT NULL,
  mismatch_factors       text[] NOT NULL,
  skills_match_score     double precision NOT NULL CHECK (skills_match_score BETWEEN 0 AND 100),
  location_match_score   double precision NOT NULL CHECK (location_match_score BETWEEN 0 AND 100),
  experience_match_score double precision NOT NULL CHECK (experience_match_score BETWEEN 0 AND 100),
  salary_match_score     double precision NOT NULL CHECK (salary_match_score BETWEEN 0 AND 100),
  culture_match_score    double precision NOT NULL CHECK (culture_match_score BETWEEN 0 AND 100),
  created_at             timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, job_id, version)
);
CREATE INDEX job_scores_job ON job_scores (job_id);
