-- Which features did each user use on each day, and how much of what was offered was accepted? (legacy report)
-- One row: a user's day with one feature that was used. events: uses, offered and accepted in the feature's own unit
-- (suggestions, events, tests, files), NULL where the report has none, accepted_lines: lines of code that were taken over.
CREATE OR REPLACE VIEW feature_day AS
WITH flat AS (
  SELECT
    l.dt AS dt,
    l.event_date AS event_date,
    l.account_id AS account_id,
    l.user_id AS user_id,
    f.feature AS feature,
    CASE f.feature
      WHEN 'chat' THEN l.chat_messages_sent
      WHEN 'inline' THEN l.inline_suggestions_count
      WHEN 'inline_chat' THEN l.inline_chat_total_event_count
      WHEN 'dev' THEN l.dev_generation_event_count
      WHEN 'test_generation' THEN l.test_generation_event_count
      WHEN 'doc_generation' THEN l.doc_generation_event_count
      WHEN 'code_fix' THEN l.code_fix_generation_event_count
      WHEN 'code_review' THEN coalesce(l.code_review_succeeded_event_count, 0) + coalesce(l.code_review_failed_event_count, 0)
      WHEN 'transformation' THEN l.transformation_event_count
    END AS events,
    CASE f.feature
      WHEN 'inline' THEN l.inline_suggestions_count
      WHEN 'inline_chat' THEN l.inline_chat_total_event_count
      WHEN 'dev' THEN l.dev_generation_event_count
      WHEN 'test_generation' THEN l.test_generation_generated_tests
      WHEN 'doc_generation' THEN coalesce(l.doc_generation_accepted_file_updates, 0)
        + coalesce(l.doc_generation_accepted_files_creations, 0)
        + coalesce(l.doc_generation_rejected_file_updates, 0)
        + coalesce(l.doc_generation_rejected_file_creations, 0)
      WHEN 'code_fix' THEN l.code_fix_generation_event_count
    END AS offered,
    CASE f.feature
      WHEN 'inline' THEN l.inline_acceptance_count
      WHEN 'inline_chat' THEN l.inline_chat_acceptance_event_count
      WHEN 'dev' THEN l.dev_acceptance_event_count
      WHEN 'test_generation' THEN l.test_generation_accepted_tests
      WHEN 'doc_generation' THEN coalesce(l.doc_generation_accepted_file_updates, 0)
        + coalesce(l.doc_generation_accepted_files_creations, 0)
      WHEN 'code_fix' THEN l.code_fix_acceptance_event_count
    END AS accepted,
    CASE f.feature
      WHEN 'chat' THEN l.chat_ai_code_lines
      WHEN 'inline' THEN l.inline_ai_code_lines
      WHEN 'inline_chat' THEN l.inline_chat_accepted_line_additions
      WHEN 'dev' THEN l.dev_accepted_lines
      WHEN 'test_generation' THEN l.test_generation_accepted_lines
      WHEN 'doc_generation' THEN l.doc_generation_accepted_line_additions
      WHEN 'code_fix' THEN l.code_fix_accepted_lines
    END AS accepted_lines
  FROM user_activity_legacy l
  CROSS JOIN (
    VALUES ('chat'), ('inline'), ('inline_chat'), ('dev'), ('test_generation'), ('doc_generation'), ('code_fix'),
      ('code_review'), ('transformation')
  ) AS f (feature)
  WHERE l.variant = 0
)
SELECT
  dt,
  event_date,
  account_id,
  user_id,
  feature,
  sum(events) AS events,
  sum(offered) AS offered,
  sum(accepted) AS accepted,
  sum(accepted_lines) AS accepted_lines
FROM flat
WHERE events > 0 OR accepted > 0 OR accepted_lines > 0
GROUP BY dt, event_date, account_id, user_id, feature;
