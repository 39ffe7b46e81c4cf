-- Keys of readers, as in sqlite/0006_keys.sql: who may see what, and who may change the registry.

-- Signs sessions, on all nodes; '': none was made yet.
ALTER TABLE registry ADD COLUMN session_key text NOT NULL DEFAULT '';

CREATE TABLE registered_key (
  id           text        NOT NULL PRIMARY KEY,
  name         text        NOT NULL UNIQUE,
  role         text        NOT NULL, -- read or admin
  hash         text        NOT NULL, -- a fast hash: the keys have 200 random bits
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL -- to within a minute; 1970: never
);

-- The apps that a key may see; without any it may see all.
CREATE TABLE registered_key_app (
  registered_key text    NOT NULL,
  number         integer NOT NULL, -- the order in which they were named
  app            text    NOT NULL,
  PRIMARY KEY (registered_key, number)
);
