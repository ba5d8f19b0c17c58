-- Which features are used, and how much of what they offer is accepted? (legacy report)
-- One row: a day and feature. acceptance_ratio = accepted / offered, both summed first, NULL where nothing was offered.
CREATE OR REPLACE VIEW feature_daily AS
SELECT
  dt,
  event_date,
  feature,
  count(DISTINCT user_id) AS users,
  sum(events) AS events,
  sum(offered) AS offered,
  sum(accepted) AS accepted,
  CAST(sum(accepted) AS double) / nullif(CAST(sum(offered) AS double), 0e0) AS acceptance_ratio,
  sum(accepted_lines) AS accepted_lines
FROM feature_day
GROUP BY dt, event_date, feature;
