-- How many users are active in each week, and how many of them for the first time?
-- One row: a week, named by its Monday, seven days long, weeks without activity are there with 0. report_days says how many
-- of its days lie in the report calendar.
CREATE OR REPLACE VIEW active_users_weekly AS
SELECT
  c.week_start AS week_start,
  count(DISTINCT c.event_date) AS report_days,
  count(DISTINCT u.user_id) AS active_users,
  count(DISTINCT CASE WHEN u.event_date = f.first_active THEN u.user_id END) AS new_users,
  coalesce(sum(u.total_messages), 0) AS total_messages
FROM report_calendar c
LEFT JOIN user_day u ON u.event_date = c.event_date AND u.is_active
LEFT JOIN (
  SELECT user_id, min(event_date) AS first_active FROM user_day WHERE is_active GROUP BY user_id
) f ON f.user_id = u.user_id
GROUP BY c.week_start;
