CREATE TABLE knowledge_articles (
  id         uuid PRIMARY KEY,
  title      text NOT NULL,
  body       text NOT NULL,
  tags       text[] NOT NULL DEFAULT '{}',
  url        text,
  audience   text NOT NULL CONSTRAINT knowledge_articles_audience CHECK (audience IN ('all', 'seeker', 'employer')),
  author     uuid REFERENCES users (id) ON DELETE SET NULL,
  version    bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  search     tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('simple', title), 'A') ||
    setweight(to_tsvector('simple', job_skills_text(tags)), 'B') ||
    setweight(to_tsvector('english', body), 'C')) STORED
);
CREATE INDEX knowledge_articles_updated ON knowledge_articles (updated_at DESC, id DESC);
CREATE INDEX knowledge_articles_search ON knowledge_articles USING gin (search);
CREATE INDEX knowledge_articles_author ON knowledge_articles (author);

-- Passages. While the model is away they have no embedding and no model, and words alone find them.
-- `ref` is one of three tables' key; the generated columns let passages go with what they are of.
CREATE TABLE chunks (
  kind         text NOT NULL CONSTRAINT chunks_kind CHECK (kind IN ('article', 'company', 'turn')),
  ref          uuid NOT NULL,
  ordinal      bigint NOT NULL,
  owner        uuid REFERENCES users (id) ON DELETE CASCADE,
  audience     text NOT NULL CONSTRAINT chunks_audience CHECK (audience IN ('all', 'seeker', 'employer')),
  title        text NOT NULL,
  url          text,
  text         text NOT NULL,
  embedding    halfvec(768),
  model        text NOT NULL,
  content_hash text NOT NULL,
  updated_at   timestamptz NOT NULL DEFAULT now(),
  tsv          tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', text), 'C')) STORED,
  article_id   uuid GENERATED ALWAYS AS (CASE WHEN kind = 'article' THEN ref END) STORED
    REFERENCES knowledge_articles (id) ON DELETE CASCADE,
  company_id   uuid GENERATED ALWAYS AS (CASE WHEN kind = 'company' THEN ref END) STORED
    REFERENCES companies (id) ON DELETE CASCADE,
  message_id   uuid GENERATED ALWAYS AS (CASE WHEN kind = 'turn' THEN ref END) STORED
    REFERENCES chat_messages (id) ON DELETE CASCADE,
  PRIMARY KEY (kind, ref, ordinal),
  -- A turn is its owner's alone, and only turns are anybody's.
  CONSTRAINT chunks_turn_has_owner CHECK ((kind = 'turn') = (owner IS NOT NULL))
);
ALTER TABLE chunks ALTER COLUMN embedding SET STORAGE PLAIN;
CREATE INDEX chunks_article ON chunks (article_id) WHERE article_id IS NOT NULL;
CREATE INDEX chunks_company ON chunks (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX chunks_message ON chunks (message_id) WHERE message_id IS NOT NULL;
-- A person's turns are few among everybody's: they are compared one by one, not through HNSW.
CREATE INDEX chunks_owner ON chunks (owner) WHERE owner IS NOT NULL;
CREATE INDEX chunks_tsv ON chunks USING gin (tsv);

-- pgvector before 0.8.2 can overflow a buffer in parallel builds (CVE-2026-3172).
SET LOCAL max_parallel_maintenance_workers = 0;
CREATE INDEX chunks_article_vectors ON chunks
  USING hnsw (embedding halfvec_ip_ops) WITH (m = 16, ef_construction = 128) WHERE kind = 'article';
CREATE INDEX chunks_company_vectors ON chunks
  USING hnsw (embedding halfvec_ip_ops) WITH (m = 16, ef_construction = 128) WHERE kind = 'company';
