-- The registry of drains, as in postgres/0005_registry.sql: who may post, and which tokens they have shown.

-- One row. The version grows with every change, except of the times of last use.
CREATE TABLE registry (
  one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL
);
INSERT INTO registry (one, version) VALUES (1, 0);

CREATE TABLE registered_drain (
  id          TEXT    NOT NULL PRIMARY KEY,
  user_name   TEXT    NOT NULL UNIQUE,
  created_at  INTEGER NOT NULL,
  is_imported INTEGER NOT NULL -- 1: it was an entry of PARSEFLOW_DRAINS
);

CREATE TABLE registered_app (
  registered_drain TEXT    NOT NULL,
  number           INTEGER NOT NULL, -- the order in which they were named
  app              TEXT    NOT NULL,
  PRIMARY KEY (registered_drain, number)
);

CREATE TABLE registered_password (
  registered_drain TEXT    NOT NULL,
  number           INTEGER NOT NULL, -- the oldest first
  hash             TEXT    NOT NULL, -- argon2id
  mark             TEXT    NOT NULL, -- 32 bits of a fast hash; '': not generated
  created_at       INTEGER NOT NULL,
  last_used_at     INTEGER NOT NULL, -- to within a minute; 1970: never
  PRIMARY KEY (registered_drain, number)
);

-- Tokens, each with the drain that has shown it first; it may be an entry of PARSEFLOW_DRAINS.
CREATE TABLE registered_token (
  token            TEXT    NOT NULL PRIMARY KEY,
  registered_drain TEXT    NOT NULL,
  last_seen        INTEGER NOT NULL -- to within a day
);
