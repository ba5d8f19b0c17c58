-- What could not be read?
-- One row: a source day, dataset and reason. objects counts different objects.
CREATE OR REPLACE VIEW rejects_daily AS
SELECT
  dt,
  event_date,
  dataset,
  reason,
  count(*) AS rejects,
  count(DISTINCT source_object) AS objects,
  sum(raw_bytes) AS raw_bytes
FROM rejects
GROUP BY dt, event_date, dataset, reason;
