-- Alerts that were raised, as in postgres/0003_alerts.sql.
CREATE TABLE alert (
  node        TEXT    NOT NULL, -- that raised it
  raised_at   INTEGER NOT NULL,
  type        TEXT    NOT NULL, -- the name of its rule
  app         TEXT    NOT NULL, -- '': it is about the service itself
  severity    TEXT    NOT NULL, -- warning, critical
  message     TEXT    NOT NULL,
  value       REAL    NOT NULL, -- when it was raised, in the unit of the rule's metric
  resolved_at INTEGER,          -- NULL: open
  PRIMARY KEY (node, raised_at, type, app)
);

CREATE VIEW readable_alert AS
  SELECT strftime('%Y-%m-%dT%H:%M:%fZ', raised_at / 1e6, 'unixepoch') AS raised,
         strftime('%Y-%m-%dT%H:%M:%fZ', resolved_at / 1e6, 'unixepoch') AS resolved, * FROM alert;
