-- How many of the features does each user use? (legacy report)
-- One row: a user, over the 30 days to the newest day of that report. features counts different features used.
CREATE OR REPLACE VIEW feature_adoption AS
SELECT
  f.user_id AS user_id,
  count(DISTINCT f.feature) AS features,
  count(DISTINCT f.event_date) AS days,
  sum(f.events) AS events,
  sum(f.accepted_lines) AS accepted_lines,
  max(CASE WHEN f.feature = 'chat' THEN 1 ELSE 0 END) = 1 AS uses_chat,
  max(CASE WHEN f.feature = 'inline' THEN 1 ELSE 0 END) = 1 AS uses_inline,
  max(CASE WHEN f.feature = 'inline_chat' THEN 1 ELSE 0 END) = 1 AS uses_inline_chat,
  max(CASE WHEN f.feature = 'dev' THEN 1 ELSE 0 END) = 1 AS uses_dev,
  max(CASE WHEN f.feature = 'test_generation' THEN 1 ELSE 0 END) = 1 AS uses_test_generation,
  max(CASE WHEN f.feature = 'doc_generation' THEN 1 ELSE 0 END) = 1 AS uses_doc_generation,
  max(CASE WHEN f.feature = 'code_fix' THEN 1 ELSE 0 END) = 1 AS uses_code_fix,
  max(CASE WHEN f.feature = 'code_review' THEN 1 ELSE 0 END) = 1 AS uses_code_review,
  max(CASE WHEN f.feature = 'transformation' THEN 1 ELSE 0 END) = 1 AS uses_transformation
FROM feature_day f
CROSS JOIN (SELECT max(event_date) AS as_of FROM user_activity_legacy) n
WHERE f.event_date > date_add('day', -30, n.as_of) AND f.user_id IS NOT NULL
GROUP BY f.user_id;
