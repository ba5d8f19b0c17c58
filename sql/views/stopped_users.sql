-- Who stopped using it, and what do we pay for them?
-- One row: a user who was active in the month before the newest one, has a report row in the newest month or had one in the
-- month before, and has no active day in the newest month. usd_per_month is the price of the last known plan.
CREATE OR REPLACE VIEW stopped_users AS
WITH newest AS (
  SELECT CAST(date_trunc('month', max(event_date)) AS date) AS month_start FROM user_activity
),
months AS (
  SELECT
    m.user_id AS user_id,
    n.month_start AS month_start,
    max(CASE WHEN m.month_start = n.month_start THEN m.active_days ELSE 0 END) AS days_now,
    max(CASE WHEN m.month_start < n.month_start THEN m.active_days ELSE 0 END) AS days_before
  FROM user_month m
  CROSS JOIN newest n
  WHERE m.month_start >= date_add('month', -1, n.month_start)
  GROUP BY m.user_id, n.month_start
),
prices AS (
  SELECT
    user_id,
    account_id,
    subscription_tier,
    usd_plan,
    row_number() OVER (PARTITION BY user_id, account_id ORDER BY month_start DESC) AS place
  FROM user_month
),
paid AS (
  SELECT user_id, max(subscription_tier) AS subscription_tier, sum(usd_plan) AS usd_per_month
  FROM prices WHERE place = 1 GROUP BY user_id
)
SELECT
  m.month_start AS month_start,
  m.user_id AS user_id,
  s.label AS label,
  s.team AS team,
  s.last_active AS last_active,
  s.days_since_active AS days_since_active,
  m.days_before AS active_days_month_before,
  p.subscription_tier AS subscription_tier,
  p.usd_per_month AS usd_per_month
FROM months m
JOIN user_status s ON s.user_id = m.user_id
LEFT JOIN paid p ON p.user_id = m.user_id
WHERE m.days_now = 0 AND m.days_before > 0;
