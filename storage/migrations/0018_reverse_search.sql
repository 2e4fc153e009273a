-- A rubric's score stands in until a model has judged the pair.
ALTER TABLE job_scores ADD COLUMN judged_by text NOT NULL DEFAULT 'model'
  CONSTRAINT job_scores_judged_by CHECK (judged_by IN ('model', 'rubric'));
CREATE INDEX batch_items_job ON batch_items (job_id);

-- Whose postings are to be scored again, because the profile has changed: at most one row a person.
CREATE TABLE scorings_wanted (
  user_id   uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  wanted_at timestamptz NOT NULL,
  due_at    timestamptz NOT NULL
);
CREATE INDEX scorings_wanted_due ON scorings_wanted (due_at);

-- For whoever keeps people in memory.
CREATE INDEX user_profiles_updated ON user_profiles (updated_at);
CREATE INDEX user_vectors_updated ON user_vectors (updated_at) WHERE kind = 0;
