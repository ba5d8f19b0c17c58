-- Which stream stopped, and when?
-- One row: a stream (account, region, table, client). days_silent: from its last day to the newest day of any stream.
CREATE OR REPLACE VIEW stream_freshness AS
SELECT
  s.table_name AS table_name,
  s.account_id AS account_id,
  s.region AS region,
  s.client_type AS client_type,
  min(s.event_date) AS first_day,
  max(s.event_date) AS last_day,
  max(s.last_ts) AS last_ts,
  count(*) AS days_with_data,
  date_diff('day', min(s.event_date), max(s.event_date)) + 1 - count(*) AS days_missing,
  sum(s.rows_stored) AS rows_stored,
  date_diff('day', max(s.event_date), n.as_of) AS days_silent
FROM stream_day s
CROSS JOIN (SELECT max(event_date) AS as_of FROM stream_day) n
GROUP BY s.table_name, s.account_id, s.region, s.client_type, n.as_of;
