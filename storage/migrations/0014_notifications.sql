CREATE TABLE notifications (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind         text NOT NULL CONSTRAINT notifications_kind CHECK (kind <> ''),
  title        text NOT NULL CONSTRAINT notifications_title CHECK (title <> ''),
  text         text NOT NULL DEFAULT '',
  subject_type text NOT NULL DEFAULT '',
  subject_id   text NOT NULL DEFAULT '',
  dedupe_key   text NOT NULL CONSTRAINT notifications_key CHECK (octet_length(dedupe_key) <= 500),
  created_at   timestamptz NOT NULL,
  read_at      timestamptz,
  CONSTRAINT notifications_once UNIQUE (user_id, dedupe_key)
);
CREATE INDEX notifications_user ON notifications (user_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread ON notifications (user_id, created_at DESC, id DESC) WHERE read_at IS NULL;
CREATE INDEX notifications_created ON notifications (created_at);
