-- Who is new, at risk, idle or gone, as of the newest report day?
-- One row: a user. Messages of the last 7 days and of the 7 before, at risk: under half of these, which were not 0,
-- idle: no active day in the last 7 (14) days, is_new: first active in the last 7 days.
CREATE OR REPLACE VIEW user_status AS
WITH now_day AS (SELECT max(event_date) AS as_of FROM user_activity),
sums AS (
  SELECT
    u.user_id AS user_id,
    n.as_of AS as_of,
    min(CASE WHEN u.is_active THEN u.event_date END) AS first_active,
    max(CASE WHEN u.is_active THEN u.event_date END) AS last_active,
    count(DISTINCT CASE WHEN u.is_active THEN u.event_date END) AS active_days,
    coalesce(sum(CASE WHEN date_diff('day', u.event_date, n.as_of) < 7 THEN u.total_messages END), 0) AS messages_7d,
    coalesce(sum(CASE WHEN date_diff('day', u.event_date, n.as_of) BETWEEN 7 AND 13 THEN u.total_messages END), 0)
      AS messages_7d_before,
    substr(max(u.dt || u.subscription_tier), 11) AS subscription_tier
  FROM user_day u
  CROSS JOIN now_day n
  WHERE u.user_id IS NOT NULL
  GROUP BY u.user_id, n.as_of
)
SELECT
  s.user_id AS user_id,
  d.label AS label,
  d.team AS team,
  s.subscription_tier AS subscription_tier,
  s.as_of AS as_of,
  s.first_active AS first_active,
  s.last_active AS last_active,
  s.active_days AS active_days,
  date_diff('day', s.last_active, s.as_of) AS days_since_active,
  s.messages_7d AS messages_7d,
  s.messages_7d_before AS messages_7d_before,
  coalesce(date_diff('day', s.first_active, s.as_of) < 7, false) AS is_new,
  s.messages_7d_before > 0 AND 2 * s.messages_7d < s.messages_7d_before AS is_at_risk,
  coalesce(date_diff('day', s.last_active, s.as_of) >= 7, true) AS is_idle_7d,
  coalesce(date_diff('day', s.last_active, s.as_of) >= 14, true) AS is_idle_14d
FROM sums s
LEFT JOIN user_directory d ON d.user_id = s.user_id;
