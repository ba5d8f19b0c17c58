-- How many inline suggestions are accepted? (legacy report)
-- One row: a day. acceptance_ratio = acceptances / suggestions of all users together, NULL without suggestions.
CREATE OR REPLACE VIEW inline_acceptance_daily AS
SELECT
  dt,
  event_date,
  count(DISTINCT CASE WHEN inline_suggestions_count > 0 THEN user_id END) AS users,
  sum(inline_suggestions_count) AS suggestions,
  sum(inline_acceptance_count) AS acceptances,
  CAST(sum(inline_acceptance_count) AS double) / nullif(CAST(sum(inline_suggestions_count) AS double), 0e0)
    AS acceptance_ratio,
  sum(inline_ai_code_lines) AS ai_code_lines
FROM user_activity_legacy
WHERE variant = 0
GROUP BY dt, event_date;
