-- The tables of the first release, as in postgres/0001_first_tables.sql: same names, same columns, same order.
--
-- Every time is an INTEGER: microseconds since 1970-01-01 UTC. It sorts and compares as a number, takes 8 bytes,
-- and is exact. For queries by hand, the views at the end show it as text (a generated column would be computed with
-- every insert, for 0.5 us). An index on `at` would cost 0.4 us a line; nothing asks for it yet.
-- NULL means that the line did not say; it is never 0 or ''.

CREATE TABLE drain (
  id         INTEGER PRIMARY KEY,
  token      TEXT    NOT NULL UNIQUE,
  app        TEXT    NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL -- to within a minute
);

-- Frames whose lines are stored, by drain and frame id: what keeps a batch from being counted twice.
CREATE TABLE frame (
  drain_id    INTEGER NOT NULL,
  id          TEXT    NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (drain_id, id)
) WITHOUT ROWID;
CREATE INDEX frame_received_at ON frame (received_at);

-- Router lines.
CREATE TABLE request (
  at          INTEGER NOT NULL,
  drain_id    INTEGER NOT NULL,
  app         TEXT    NOT NULL,
  dyno        TEXT,
  method      TEXT,
  path        TEXT,
  host        TEXT,
  request_id  TEXT,
  fwd         TEXT,
  status      INTEGER,
  code        TEXT,
  connect_ms  INTEGER,
  service_ms  INTEGER,
  bytes       INTEGER,
  protocol    TEXT,
  tls_version TEXT,
  level       TEXT,
  extra       TEXT, -- JSON object: what the line says beyond these columns
  raw         BLOB -- the whole text of the line, if a column above could not hold its bytes
);

-- Every other line.
CREATE TABLE log_line (
  at       INTEGER NOT NULL,
  drain_id INTEGER NOT NULL,
  source   TEXT,
  proc     TEXT,
  kind     TEXT    NOT NULL,
  severity TEXT,
  text     TEXT    NOT NULL,
  raw      BLOB -- the text's bytes, if `text` could not hold them
);

-- Counters and sketches of one minute of one app, as one node saw it.
CREATE TABLE rollup (
  minute   INTEGER NOT NULL,
  app      TEXT    NOT NULL,
  node     TEXT    NOT NULL,
  data     BLOB    NOT NULL,
  revision INTEGER NOT NULL, -- grows by one with every change
  PRIMARY KEY (minute, app, node)
);

-- Frames that the database refused, whole.
CREATE TABLE rejected_frame (
  id              INTEGER PRIMARY KEY,
  drain           TEXT    NOT NULL,
  frame_id        TEXT,
  app             TEXT    NOT NULL,
  structured_data INTEGER NOT NULL, -- 1: its lines carry a structured-data field
  received_at     INTEGER NOT NULL,
  reason          TEXT    NOT NULL,
  body            BLOB    NOT NULL,
  UNIQUE (drain, frame_id)
);

CREATE VIEW readable_request AS
  SELECT strftime('%Y-%m-%dT%H:%M:%fZ', at / 1e6, 'unixepoch') AS time, * FROM request;
CREATE VIEW readable_log_line AS
  SELECT strftime('%Y-%m-%dT%H:%M:%fZ', at / 1e6, 'unixepoch') AS time, * FROM log_line;
