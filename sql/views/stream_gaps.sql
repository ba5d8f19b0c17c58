-- On which days did a stream bring nothing?
-- One row: a day between a stream's first and last day without rows. Weekends are marked: a gap there is not an error.
CREATE OR REPLACE VIEW stream_gaps AS
SELECT
  d.dt AS dt,
  d.event_date AS event_date,
  f.table_name AS table_name,
  f.account_id AS account_id,
  f.region AS region,
  f.client_type AS client_type,
  d.is_weekend AS is_weekend
FROM stream_freshness f
JOIN dim_date d ON d.event_date > f.first_day AND d.event_date < f.last_day
LEFT JOIN stream_day s
  ON s.event_date = d.event_date
  AND s.table_name = f.table_name
  AND (s.account_id IS NOT DISTINCT FROM f.account_id)
  AND (s.region IS NOT DISTINCT FROM f.region)
  AND (s.client_type IS NOT DISTINCT FROM f.client_type)
WHERE s.table_name IS NULL;
