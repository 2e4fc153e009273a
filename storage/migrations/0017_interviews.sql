-- IANA names of the zones in which people think of these times; empty: nobody said.
ALTER TABLE interview_slots ADD COLUMN time_zone text NOT NULL DEFAULT '';
ALTER TABLE interviews ADD COLUMN time_zone text NOT NULL DEFAULT '';
ALTER TABLE interviews ADD COLUMN employer_time_zone text NOT NULL DEFAULT '';

-- How often the slot was given back: a booking is the same only while nobody has let go of it.
ALTER TABLE interview_slots ADD COLUMN round bigint NOT NULL DEFAULT 0;

-- Nobody can be at two interviews at once.
ALTER TABLE interviews ADD CONSTRAINT interviews_apart
  EXCLUDE USING gist (user_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
  WHERE (status IN ('scheduled', 'rescheduled'));
