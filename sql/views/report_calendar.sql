-- Which days does the data of the user report span?
-- One row: a day from the first report day to the newest, days without a report included. as_of is the newest day.
CREATE OR REPLACE VIEW report_calendar AS
SELECT
  d.dt AS dt,
  d.event_date AS event_date,
  d.week_start AS week_start,
  d.month_start AS month_start,
  d.days_in_month AS days_in_month,
  d.is_weekend AS is_weekend,
  s.last_day AS as_of
FROM dim_date d
CROSS JOIN (SELECT min(event_date) AS first_day, max(event_date) AS last_day FROM user_activity) s
WHERE d.event_date >= s.first_day AND d.event_date <= s.last_day;
