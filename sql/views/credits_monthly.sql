-- How many credits does a month take, and how many will it have taken at its end?
-- One row: a month. projected_credits = credits so far / days reported * days of the month, for a month that is over and
-- was reported on every day it equals credits_used.
CREATE OR REPLACE VIEW credits_monthly AS
SELECT
  d.month_start AS month_start,
  d.days_in_month AS days_in_month,
  count(DISTINCT u.event_date) AS days_reported,
  count(DISTINCT CASE WHEN u.is_active THEN u.user_id END) AS active_users,
  sum(u.credits_used) AS credits_used,
  sum(u.overage_credits_used) AS overage_credits_used,
  sum(u.credits_used) / nullif(CAST(count(DISTINCT u.event_date) AS double), 0e0) * CAST(d.days_in_month AS double)
    AS projected_credits
FROM user_day u
JOIN dim_date d ON d.event_date = u.event_date
GROUP BY d.month_start, d.days_in_month;
