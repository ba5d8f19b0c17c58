-- How many credits does an accepted line of code take?
-- One row: a user's day in either report, a day that only one of them has is there too. The legacy report covers CLI and
-- plug-in only: read the ratio over many days. Credits from the user report, lines from the legacy report.
CREATE OR REPLACE VIEW credits_per_line_daily AS
WITH line_days AS (
  SELECT dt, event_date, account_id, user_id, sum(accepted_lines) AS accepted_lines
  FROM feature_day
  GROUP BY dt, event_date, account_id, user_id
)
SELECT
  coalesce(u.dt, l.dt) AS dt,
  coalesce(u.event_date, l.event_date) AS event_date,
  coalesce(u.account_id, l.account_id) AS account_id,
  coalesce(u.user_id, l.user_id) AS user_id,
  u.credits_used AS credits_used,
  u.total_messages AS total_messages,
  l.accepted_lines AS accepted_lines,
  u.credits_used / nullif(CAST(l.accepted_lines AS double), 0e0) AS credits_per_accepted_line
FROM user_day u
FULL OUTER JOIN line_days l
  ON l.dt = u.dt AND (l.account_id IS NOT DISTINCT FROM u.account_id) AND (l.user_id IS NOT DISTINCT FROM u.user_id);
