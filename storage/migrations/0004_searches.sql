CREATE TABLE saved_searches (
  id           uuid PRIMARY KEY,
  owner        uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind         text NOT NULL CONSTRAINT saved_searches_kind CHECK (
    kind IN ('adzuna', 'feed', 'greenhouse', 'lever')),
  name         text NOT NULL,
  query        text NOT NULL DEFAULT '',
  location     text NOT NULL DEFAULT '',
  country      text NOT NULL DEFAULT '',
  url          text NOT NULL DEFAULT '',
  board        text NOT NULL DEFAULT '',
  active       boolean NOT NULL DEFAULT true,
  last_run_at  timestamptz,
  last_outcome text NOT NULL DEFAULT '',
  created_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT saved_searches_same UNIQUE (owner, kind, query, location, country, url, board)
);

-- The calls made to a source, so that its rate windows hold across restarts and nodes.
CREATE TABLE source_hits (
  source text NOT NULL,
  at     timestamptz NOT NULL
);
CREATE INDEX source_hits_at ON source_hits (source, at);
