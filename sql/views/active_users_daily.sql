-- How many users are active: that day (dau), in the 7 days to it (wau), in the 30 days to it (mau)?
-- One row: a day of the report calendar, for all users (segment = 'all'), for a client or for a tier. Users are counted once,
-- days on which nobody is active are there with 0.
CREATE OR REPLACE VIEW active_users_daily AS
WITH seen AS (
  SELECT event_date, user_id, 'all' AS segment, 'all' AS segment_value
  FROM user_day WHERE is_active
  UNION ALL
  SELECT event_date, user_id, 'client' AS segment, client_type AS segment_value
  FROM user_client_day WHERE is_active
  UNION ALL
  SELECT event_date, user_id, 'tier' AS segment, coalesce(subscription_tier, 'UNKNOWN') AS segment_value
  FROM user_day WHERE is_active
),
spread AS (
  SELECT
    date_add('day', o.days_ago, s.event_date) AS event_date,
    s.segment AS segment,
    s.segment_value AS segment_value,
    count(DISTINCT CASE WHEN o.days_ago = 0 THEN s.user_id END) AS dau,
    count(DISTINCT CASE WHEN o.days_ago < 7 THEN s.user_id END) AS wau,
    count(DISTINCT s.user_id) AS mau
  FROM (SELECT DISTINCT event_date, user_id, segment, segment_value FROM seen) s
  CROSS JOIN (
    VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14),
      (15), (16), (17), (18), (19), (20), (21), (22), (23), (24), (25), (26), (27), (28), (29)
  ) AS o (days_ago)
  GROUP BY date_add('day', o.days_ago, s.event_date), s.segment, s.segment_value
)
SELECT
  c.dt AS dt,
  c.event_date AS event_date,
  g.segment AS segment,
  g.segment_value AS segment_value,
  coalesce(s.dau, 0) AS dau,
  coalesce(s.wau, 0) AS wau,
  coalesce(s.mau, 0) AS mau
FROM report_calendar c
CROSS JOIN (SELECT DISTINCT segment, segment_value FROM seen) g
LEFT JOIN spread s
  ON s.event_date = c.event_date AND s.segment = g.segment AND s.segment_value = g.segment_value;
