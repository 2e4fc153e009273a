-- `writer` names the actor that committed last; with the position of its last frame it fences all others.
CREATE TABLE conversations (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind         text NOT NULL CONSTRAINT conversations_kind CHECK (kind IN ('chat', 'mock_interview')),
  title        text NOT NULL DEFAULT '',
  state        jsonb NOT NULL DEFAULT '{}' CONSTRAINT conversations_state CHECK (jsonb_typeof(state) = 'object'),
  summary      text NOT NULL DEFAULT '',
  summary_upto bigint NOT NULL DEFAULT 0,
  epoch        bigint NOT NULL DEFAULT 0,
  seq          bigint NOT NULL DEFAULT 0,
  writer       uuid,
  messages     bigint NOT NULL DEFAULT 0,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  archived_at  timestamptz
) WITH (fillfactor = 80);
CREATE INDEX conversations_user ON conversations (user_id, updated_at DESC, id DESC);

CREATE TABLE chat_turns (
  id              uuid PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  client_msg_id   text,
  state           text NOT NULL DEFAULT 'queued' CONSTRAINT chat_turns_state CHECK (
    state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
  error           jsonb,
  attempt         bigint NOT NULL DEFAULT 1,
  accepted_epoch  bigint NOT NULL,
  accepted_seq    bigint NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  started_at      timestamptz,
  ended_at        timestamptz,
  CONSTRAINT chat_turns_client_msg UNIQUE (conversation_id, client_msg_id)
);
CREATE INDEX chat_turns_unfinished ON chat_turns (conversation_id, created_at) WHERE state IN ('queued', 'running');

CREATE TABLE chat_messages (
  id              uuid PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  turn_id         uuid NOT NULL REFERENCES chat_turns (id) ON DELETE CASCADE,
  role            text NOT NULL CONSTRAINT chat_messages_role CHECK (role IN ('user', 'assistant')),
  position        bigint NOT NULL CONSTRAINT chat_messages_position_min CHECK (position > 0),
  content         text NOT NULL,
  attachments     jsonb NOT NULL DEFAULT '[]',
  tools           jsonb NOT NULL DEFAULT '[]',
  sources         jsonb NOT NULL DEFAULT '[]',
  state           text NOT NULL CONSTRAINT chat_messages_state CHECK (
    state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
  created_at      timestamptz NOT NULL,
  CONSTRAINT chat_messages_position UNIQUE (conversation_id, position)
);
CREATE INDEX chat_messages_turn ON chat_messages (turn_id);
-- A turn has one question; an attempt that was cancelled may leave an answer beside that of a later one.
CREATE UNIQUE INDEX chat_messages_question ON chat_messages (turn_id) WHERE role = 'user';

CREATE TABLE chat_frames (
  conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  epoch           bigint NOT NULL,
  seq             bigint NOT NULL,
  type            text NOT NULL,
  body            text NOT NULL,
  PRIMARY KEY (conversation_id, epoch, seq)
);

CREATE TABLE message_reports (
  id          uuid PRIMARY KEY,
  message_id  uuid NOT NULL REFERENCES chat_messages (id) ON DELETE CASCADE,
  reporter    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  reason      text NOT NULL CONSTRAINT message_reports_reason CHECK (
    reason IN ('biased', 'unfair', 'wrong', 'harmful')),
  comment     text NOT NULL DEFAULT '',
  state       text NOT NULL DEFAULT 'open' CONSTRAINT message_reports_state CHECK (
    state IN ('open', 'upheld', 'dismissed')),
  reviewer    uuid REFERENCES users (id) ON DELETE SET NULL,
  note        text NOT NULL DEFAULT '',
  created_at  timestamptz NOT NULL DEFAULT now(),
  reviewed_at timestamptz,
  CONSTRAINT message_reports_once UNIQUE (message_id, reporter)
);
CREATE INDEX message_reports_queue ON message_reports (state, id);
CREATE INDEX message_reports_reporter ON message_reports (reporter);

CREATE TABLE consents (
  user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  purpose    text NOT NULL CONSTRAINT consents_purpose CHECK (
    purpose IN ('resume_parsing', 'ai_chat', 'embeddings', 'digest_email', 'auto_apply')),
  granted    boolean NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, purpose)
);

-- Grows only; its rows go with the person and in no other way.
CREATE TABLE consent_log (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  purpose    text NOT NULL,
  granted    boolean NOT NULL,
  changed_at timestamptz NOT NULL
);
CREATE INDEX consent_log_user ON consent_log (user_id, id);

CREATE FUNCTION consent_log_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'consent_log grows only' USING ERRCODE = 'check_violation'; END $$;
-- A cascade from users comes from within a trigger, at depth 1.
CREATE TRIGGER consent_log_append_only BEFORE UPDATE OR DELETE ON consent_log
  FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION consent_log_refuse();

CREATE TABLE ws_tickets (
  hash       bytea PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role       text NOT NULL CONSTRAINT ws_tickets_role CHECK (role IN ('seeker', 'employer', 'admin')),
  expires_at timestamptz NOT NULL
);
CREATE INDEX ws_tickets_user ON ws_tickets (user_id);
CREATE INDEX ws_tickets_expires_at ON ws_tickets (expires_at);
