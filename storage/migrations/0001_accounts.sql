CREATE TABLE users (
  id            uuid PRIMARY KEY,
  email         text NOT NULL CONSTRAINT users_email_lower_case CHECK (email = lower(email) AND email <> ''),
  password_hash text NOT NULL,
  role          text NOT NULL CONSTRAINT users_role CHECK (role IN ('seeker', 'employer', 'admin')),
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_email_key UNIQUE (email)
);

-- One row a token ever issued, until it expires: a used one must be recognised when it comes again.
CREATE TABLE refresh_tokens (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  family     uuid NOT NULL,
  token_hash bytea NOT NULL CONSTRAINT refresh_tokens_hash_key UNIQUE,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_expires_at ON refresh_tokens (expires_at);
