-- How deeply is it used? From users with a seat to users who use it nearly every working day.
-- One row: a month. seats: users with a report row, the others: users with at least so many active days.
CREATE OR REPLACE VIEW engagement_funnel AS
SELECT
  month_start,
  count(*) AS seats,
  count(CASE WHEN active_days >= 1 THEN user_id END) AS active_1_day,
  count(CASE WHEN active_days >= 5 THEN user_id END) AS active_5_days,
  count(CASE WHEN active_days >= 10 THEN user_id END) AS active_10_days,
  count(CASE WHEN active_days >= 15 THEN user_id END) AS active_15_days,
  sum(active_days) AS active_user_days
FROM (
  SELECT
    CAST(date_trunc('month', event_date) AS date) AS month_start,
    user_id,
    count(DISTINCT CASE WHEN is_active THEN event_date END) AS active_days
  FROM user_day
  WHERE user_id IS NOT NULL
  GROUP BY CAST(date_trunc('month', event_date) AS date), user_id
) u
GROUP BY month_start;
