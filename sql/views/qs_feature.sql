-- For QuickSight: use and acceptance of features with names, flat (legacy report).
-- One row: a user's day with one feature.
CREATE OR REPLACE VIEW qs_feature AS
SELECT
  f.dt AS dt,
  f.event_date AS event_date,
  f.account_id AS account_id,
  f.user_id AS user_id,
  d.label AS user_label,
  d.team AS team,
  f.feature AS feature,
  f.events AS events,
  f.offered AS offered,
  f.accepted AS accepted,
  f.accepted_lines AS accepted_lines
FROM feature_day f
LEFT JOIN user_directory d ON d.user_id = f.user_id;
