-- Questions about a run that got no answer, in a row.
ALTER TABLE submissions ADD COLUMN failures bigint NOT NULL DEFAULT 0;
