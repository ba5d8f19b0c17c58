-- How many code reviews succeed, and what do they find? (legacy report)
-- One row: a day. success_ratio = succeeded / (succeeded + failed), NULL without reviews.
CREATE OR REPLACE VIEW code_review_daily AS
SELECT
  dt,
  event_date,
  coalesce(sum(code_review_succeeded_event_count), 0) AS succeeded,
  coalesce(sum(code_review_failed_event_count), 0) AS failed,
  coalesce(sum(code_review_findings_count), 0) AS findings,
  CAST(coalesce(sum(code_review_succeeded_event_count), 0) AS double)
    / nullif(CAST(coalesce(sum(code_review_succeeded_event_count), 0)
      + coalesce(sum(code_review_failed_event_count), 0) AS double), 0e0) AS success_ratio
FROM user_activity_legacy
WHERE variant = 0
GROUP BY dt, event_date;
