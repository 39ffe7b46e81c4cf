-- Alerts that were raised, as in sqlite/0003_alerts.sql.
CREATE TABLE alert (
  node        text             NOT NULL, -- that raised it
  raised_at   timestamptz      NOT NULL,
  type        text             NOT NULL, -- the name of its rule
  app         text             NOT NULL, -- '': it is about the service itself
  severity    text             NOT NULL, -- warning, critical
  message     text             NOT NULL,
  value       double precision NOT NULL, -- when it was raised, in the unit of the rule's metric
  resolved_at timestamptz,               -- NULL: open
  PRIMARY KEY (node, raised_at, type, app)
);
