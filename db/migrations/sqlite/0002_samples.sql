-- Numbers drawn from lines, as in postgres/0002_samples.sql: one a row; the lines themselves are in log_line.
CREATE TABLE sample (
  at       INTEGER NOT NULL, -- of its line
  drain_id INTEGER NOT NULL,
  origin   TEXT    NOT NULL, -- dyno (runtime metrics), addon, custom (the app's own)
  source   TEXT,             -- the dyno (web.1), the attachment (DATABASE), or what the app names
  instance TEXT,             -- one run of the dyno, the add-on's name; custom: the process that wrote the line
  proc     TEXT,             -- the process that wrote the line: heroku-postgres, web.1
  name     TEXT    NOT NULL, -- memory_rss; as written: - and _ both occur
  kind     TEXT    NOT NULL, -- gauge, count, measure, unique, event
  value    REAL,             -- NULL: not a finite number
  unit     TEXT,             -- as written: MB, kB, bytes, ms
  member   TEXT              -- of kinds unique and event
);

-- An error code in the text: R14, L10, an SQL error code. Lines stored before this column was there have none.
ALTER TABLE log_line ADD COLUMN code TEXT;

CREATE VIEW readable_sample AS
  SELECT strftime('%Y-%m-%dT%H:%M:%fZ', at / 1e6, 'unixepoch') AS time, * FROM sample;
