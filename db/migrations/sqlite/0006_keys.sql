-- Keys of readers, as in postgres/0006_keys.sql: who may see what, and who may change the registry.

-- Signs sessions, on all nodes; '': none was made yet.
ALTER TABLE registry ADD COLUMN session_key TEXT NOT NULL DEFAULT '';

CREATE TABLE registered_key (
  id           TEXT    NOT NULL PRIMARY KEY,
  name         TEXT    NOT NULL UNIQUE,
  role         TEXT    NOT NULL, -- read or admin
  hash         TEXT    NOT NULL, -- a fast hash: the keys have 200 random bits
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL -- to within a minute; 1970: never
);

-- The apps that a key may see; without any it may see all.
CREATE TABLE registered_key_app (
  registered_key TEXT    NOT NULL,
  number         INTEGER NOT NULL, -- the order in which they were named
  app            TEXT    NOT NULL,
  PRIMARY KEY (registered_key, number)
);
