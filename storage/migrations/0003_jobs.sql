-- What makes two spellings of a company or title the same: letters and digits, lower case.
CREATE FUNCTION job_key(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(regexp_replace(words, '[^[:alnum:]]+', '', 'g'));

-- array_to_string is only marked STABLE because of element types that are not text; a generated column needs IMMUTABLE.
CREATE FUNCTION job_skills_text(skills text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
$$ BEGIN RETURN array_to_string(skills, ' '); END $$;

-- Names of firms and skills are no English words, so they are not stemmed; titles are searched both ways.
CREATE FUNCTION job_search_vector(title text, company text, skills text[], description text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('simple', title), 'A') ||
  setweight(to_tsvector('simple', company), 'B') ||
  setweight(to_tsvector('simple', job_skills_text(skills)), 'B') ||
  setweight(to_tsvector('english', description), 'C');

CREATE TABLE jobs (
  id               uuid PRIMARY KEY,
  source           text NOT NULL CONSTRAINT jobs_source CHECK (
    source IN ('adzuna', 'feed', 'greenhouse', 'lever', 'employer')),
  source_id        text NOT NULL CONSTRAINT jobs_source_id CHECK (source_id <> ''),
  source_url       text NOT NULL DEFAULT '',
  attribution      text NOT NULL DEFAULT '',
  title            text NOT NULL,
  company          text NOT NULL,
  location         text NOT NULL DEFAULT '',
  city             text NOT NULL DEFAULT '',
  region           text NOT NULL DEFAULT '',
  country          text NOT NULL DEFAULT '' CONSTRAINT jobs_country CHECK (country ~ '^([A-Z]{2})?$'),
  workplace        text NOT NULL CONSTRAINT jobs_workplace CHECK (
    workplace IN ('unknown', 'on_site', 'hybrid', 'remote')),
  salary_min       bigint,
  salary_max       bigint,
  salary_currency  text NOT NULL DEFAULT '',
  salary_predicted boolean NOT NULL DEFAULT false,
  job_type         text CONSTRAINT jobs_job_type CHECK (
    job_type IN ('full_time', 'part_time', 'contract', 'temporary', 'internship', 'freelance')),
  seniority        text NOT NULL CONSTRAINT jobs_seniority CHECK (
    seniority IN ('unknown', 'intern', 'junior', 'mid', 'senior', 'lead', 'executive')),
  years_required   double precision,
  skills           text[] NOT NULL DEFAULT '{}',
  description      text NOT NULL DEFAULT '',
  requirements     text NOT NULL DEFAULT '',
  posted_at        timestamptz,
  expires_at       timestamptz,
  status           text NOT NULL DEFAULT 'active' CONSTRAINT jobs_status CHECK (
    status IN ('active', 'expired', 'merged')),
  expiry_reason    text CONSTRAINT jobs_expiry_reason CHECK (
    expiry_reason IN ('deadline_passed', 'gone_from_source', 'too_old', 'withdrawn')),
  merged_into      uuid REFERENCES jobs (id),
  posted_by        uuid REFERENCES users (id) ON DELETE SET NULL,
  version          bigint NOT NULL DEFAULT 1,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  content_hash     text NOT NULL,
  board            text NOT NULL DEFAULT '',
  fingerprint      text NOT NULL DEFAULT '',
  last_seen_at     timestamptz NOT NULL,
  listed_at        timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(posted_at, created_at)) STORED,
  company_key      text NOT NULL GENERATED ALWAYS AS (job_key(company)) STORED,
  title_key        text NOT NULL GENERATED ALWAYS AS (job_key(title)) STORED,
  search           tsvector NOT NULL GENERATED ALWAYS AS (
    job_search_vector(title, company, skills, description)) STORED,
  CONSTRAINT jobs_source_key UNIQUE (source, source_id),
  CONSTRAINT jobs_expired_has_reason CHECK ((status = 'expired') = (expiry_reason IS NOT NULL)),
  CONSTRAINT jobs_merged_has_target CHECK ((status = 'merged') = (merged_into IS NOT NULL) AND merged_into <> id)
);
CREATE INDEX jobs_search ON jobs USING gin (search);
CREATE INDEX jobs_listed ON jobs (status, listed_at DESC, id DESC);
CREATE INDEX jobs_country_listed ON jobs (country, listed_at DESC) WHERE status = 'active';
CREATE INDEX jobs_fingerprint ON jobs (fingerprint) WHERE fingerprint <> '';
CREATE INDEX jobs_keys ON jobs (company_key, title_key);
CREATE INDEX jobs_merged_into ON jobs (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX jobs_updated_at ON jobs (updated_at);
CREATE INDEX jobs_active_board ON jobs (source, board) WHERE status = 'active';
CREATE INDEX jobs_active_id ON jobs (id) WHERE status = 'active';

-- What a merged job was before, so that a merge can be undone.
CREATE TABLE job_merges (
  duplicate              uuid PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  into_job               uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  reason                 text NOT NULL,
  previous_status        text NOT NULL,
  previous_expiry_reason text,
  merged_at              timestamptz NOT NULL
);

-- Whether an expired posting that its source shows again is active again: when it had only gone from there,
-- or when its new deadline or date puts the old reason aside. What was withdrawn stays so.
CREATE FUNCTION job_revives(reason text, old_posted_at timestamptz, new_posted_at timestamptz,
  new_expires_at timestamptz, seen_at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN coalesce(CASE reason
  WHEN 'gone_from_source' THEN new_expires_at IS NULL OR new_expires_at > seen_at
  WHEN 'deadline_passed' THEN new_expires_at IS NULL OR new_expires_at > seen_at
  WHEN 'too_old' THEN new_posted_at > old_posted_at OR new_expires_at > seen_at
END, false);
