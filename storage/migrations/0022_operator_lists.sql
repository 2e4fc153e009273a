-- Since when an application has its status.
ALTER TABLE applications ADD COLUMN status_at timestamptz NOT NULL DEFAULT now();
UPDATE applications a SET status_at = coalesce(
  (SELECT min(e.at) FROM application_events e WHERE e.application_id = a.id AND e.seq > coalesce(
    (SELECT max(o.seq) FROM application_events o WHERE o.application_id = a.id AND o.status <> a.status), 0)),
  a.updated_at);
CREATE INDEX applications_since ON applications (status_at, id);
CREATE INDEX applications_status ON applications (status, status_at, id);

-- Calls that failed are few.
CREATE INDEX calls_failed ON llm.calls (at, id) WHERE error IS NOT NULL;
