-- What operators have done, kept when they go.
CREATE TABLE audit_log (
  id     uuid PRIMARY KEY,
  at     timestamptz NOT NULL,
  who    uuid NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  detail text NOT NULL,
  ip     text
);
CREATE INDEX audit_log_at ON audit_log (at, id);
CREATE INDEX audit_log_who ON audit_log (who, at, id);
CREATE INDEX audit_log_action ON audit_log (action, at, id);
CREATE INDEX audit_log_target ON audit_log (target text_pattern_ops);
