-- Effects that must not happen twice; key is a digest of what the effect is.
CREATE TABLE effects (
  kind        text NOT NULL,
  key         bytea NOT NULL,
  state       text NOT NULL CONSTRAINT effects_state CHECK (state IN ('given_back', 'reserved', 'settled')),
  fence       bigint NOT NULL CONSTRAINT effects_fence CHECK (fence >= 0),
  attempts    integer NOT NULL,
  lease_until timestamptz NOT NULL,
  outcome     jsonb,
  detail      jsonb NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, key),
  CONSTRAINT effects_outcome CHECK ((state = 'settled') = (outcome IS NOT NULL))
);
CREATE INDEX effects_lease ON effects (kind, lease_until) WHERE state = 'reserved';
CREATE INDEX effects_closed ON effects (kind, updated_at) WHERE state <> 'reserved';
