-- The registry of drains, as in sqlite/0005_registry.sql: who may post, and which tokens they have shown.

-- One row. The version grows with every change, except of the times of last use.
CREATE TABLE registry (
  one     integer NOT NULL PRIMARY KEY CHECK (one = 1),
  version bigint  NOT NULL
);
INSERT INTO registry (one, version) VALUES (1, 0);

CREATE TABLE registered_drain (
  id          text        NOT NULL PRIMARY KEY,
  user_name   text        NOT NULL UNIQUE,
  created_at  timestamptz NOT NULL,
  is_imported integer     NOT NULL -- 1: it was an entry of PARSEFLOW_DRAINS
);

CREATE TABLE registered_app (
  registered_drain text    NOT NULL,
  number           integer NOT NULL, -- the order in which they were named
  app              text    NOT NULL,
  PRIMARY KEY (registered_drain, number)
);

CREATE TABLE registered_password (
  registered_drain text        NOT NULL,
  number           integer     NOT NULL, -- the oldest first
  hash             text        NOT NULL, -- argon2id
  mark             text        NOT NULL, -- 32 bits of a fast hash; '': not generated
  created_at       timestamptz NOT NULL,
  last_used_at     timestamptz NOT NULL, -- to within a minute; 1970: never
  PRIMARY KEY (registered_drain, number)
);

-- Tokens, each with the drain that has shown it first; it may be an entry of PARSEFLOW_DRAINS.
CREATE TABLE registered_token (
  token            text        NOT NULL PRIMARY KEY,
  registered_drain text        NOT NULL,
  last_seen        timestamptz NOT NULL -- to within a day
);
