-- The tables of the first release, as in sqlite/0001_first_tables.sql: same names, same columns, same order.
--
-- NULL means that the line did not say; it is never 0 or ''.

CREATE TABLE drain (
  id         integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  token      text        NOT NULL UNIQUE,
  app        text        NOT NULL,
  first_seen timestamptz NOT NULL,
  last_seen  timestamptz NOT NULL -- to within a minute
);

-- Frames whose lines are stored, by drain and frame id: what keeps a batch from being counted twice.
CREATE TABLE frame (
  drain_id    integer     NOT NULL,
  id          text        NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (drain_id, id)
);
CREATE INDEX frame_received_at ON frame USING brin (received_at);

-- Router lines. Partitions are named request_YYYYMMDD, by the UTC day of `at`.
CREATE TABLE request (
  at          timestamptz NOT NULL,
  drain_id    integer     NOT NULL,
  app         text        NOT NULL,
  dyno        text,
  method      text,
  path        text,
  host        text,
  request_id  text,
  fwd         text,
  status      smallint,
  code        text,
  connect_ms  bigint,
  service_ms  bigint,
  bytes       bigint,
  protocol    text,
  tls_version text,
  level       text,
  extra       json, -- object: what the line says beyond these columns
  raw         bytea -- the whole text of the line, if a column above could not hold its bytes
) PARTITION BY RANGE (at);
CREATE INDEX request_at ON request USING brin (at);

-- Every other line. Partitioned likewise.
CREATE TABLE log_line (
  at       timestamptz NOT NULL,
  drain_id integer     NOT NULL,
  source   text,
  proc     text,
  kind     text        NOT NULL,
  severity text,
  text     text        NOT NULL,
  raw      bytea -- the text's bytes, if `text` could not hold them
) PARTITION BY RANGE (at);
CREATE INDEX log_line_at ON log_line USING brin (at);

-- Lines dated far from the day they came in: no partition is made for their days.
CREATE TABLE request_default PARTITION OF request DEFAULT;
CREATE TABLE log_line_default PARTITION OF log_line DEFAULT;

-- Counters and sketches of one minute of one app, as one node saw it.
CREATE TABLE rollup (
  minute   timestamptz NOT NULL,
  app      text        NOT NULL,
  node     text        NOT NULL,
  data     bytea       NOT NULL,
  revision bigint      NOT NULL, -- grows by one with every change
  PRIMARY KEY (minute, app, node)
);
-- Sketches are packed already: trying to compress them only costs time.
ALTER TABLE rollup ALTER COLUMN data SET STORAGE EXTERNAL;

-- Frames that the database refused, whole.
CREATE TABLE rejected_frame (
  id              integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  drain           text        NOT NULL,
  frame_id        text,
  app             text        NOT NULL,
  structured_data boolean     NOT NULL, -- true: its lines carry a structured-data field
  received_at     timestamptz NOT NULL,
  reason          text        NOT NULL,
  body            bytea       NOT NULL,
  UNIQUE (drain, frame_id)
);
