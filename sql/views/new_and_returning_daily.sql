-- How many users of a day are new, how many come back after 14 days or more, and how many are regular?
-- One row: a day of the report calendar. new: the user's first active day, returning: no active day in the 14 days before,
-- regular: the others. The three add up to active_users.
CREATE OR REPLACE VIEW new_and_returning_daily AS
WITH steps AS (
  SELECT
    event_date,
    user_id,
    lag(event_date) OVER (PARTITION BY user_id ORDER BY event_date) AS day_before
  FROM (SELECT DISTINCT event_date, user_id FROM user_day WHERE is_active) u
)
SELECT
  c.dt AS dt,
  c.event_date AS event_date,
  count(s.user_id) AS active_users,
  count(CASE WHEN s.day_before IS NULL THEN s.user_id END) AS new_users,
  count(CASE WHEN date_diff('day', s.day_before, s.event_date) > 14 THEN s.user_id END) AS returning_users,
  count(CASE WHEN date_diff('day', s.day_before, s.event_date) <= 14 THEN s.user_id END) AS regular_users
FROM report_calendar c
LEFT JOIN steps s ON s.event_date = c.event_date
GROUP BY c.dt, c.event_date;
