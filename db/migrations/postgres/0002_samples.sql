-- Numbers drawn from lines, one a row; the lines themselves are in log_line. Partitions are named sample_YYYYMMDD.
CREATE TABLE sample (
  at       timestamptz NOT NULL, -- of its line
  drain_id integer     NOT NULL,
  origin   text        NOT NULL, -- dyno (runtime metrics), addon, custom (the app's own)
  source   text,                 -- the dyno (web.1), the attachment (DATABASE), or what the app names
  instance text,                 -- one run of the dyno, the add-on's name; custom: the process that wrote the line
  proc     text,                 -- the process that wrote the line: heroku-postgres, web.1
  name     text        NOT NULL, -- memory_rss; as written: - and _ both occur
  kind     text        NOT NULL, -- gauge, count, measure, unique, event
  value    double precision,     -- NULL: not a finite number
  unit     text,                 -- as written: MB, kB, bytes, ms
  member   text                  -- of kinds unique and event
) PARTITION BY RANGE (at);
CREATE INDEX sample_at ON sample USING brin (at);
CREATE TABLE sample_default PARTITION OF sample DEFAULT;

-- An error code in the text: R14, L10, an SQL error code. Lines stored before this column was there have none.
ALTER TABLE log_line ADD COLUMN code text;
