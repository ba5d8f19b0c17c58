-- Who is a user id?
-- One row: a user id of any report. Names come from dim_user, the email from there, else the newest one of the user report.
CREATE OR REPLACE VIEW user_directory AS
SELECT
  u.user_id AS user_id,
  d.user_name AS user_name,
  d.display_name AS display_name,
  coalesce(d.email, u.report_email) AS email,
  d.team AS team,
  d.cost_centre AS cost_centre,
  coalesce(d.display_name, d.user_name, d.email, u.report_email, u.user_id) AS label
FROM (
  SELECT user_id, substr(max(dt || user_email), 11) AS report_email
  FROM user_activity WHERE variant = 0 AND user_id IS NOT NULL GROUP BY user_id
) u
LEFT JOIN dim_user d ON d.user_id = u.user_id;
