-- For QuickSight: inline suggestion records without texts and lists, flat.
-- One row: an inline suggestion record.
CREATE OR REPLACE VIEW qs_inline AS
SELECT
  i.dt AS dt,
  i.event_date AS event_date,
  i.event_ts AS event_ts,
  CAST(extract(hour FROM i.event_ts) AS bigint) AS hour_utc,
  i.account_id AS account_id,
  i.region AS region,
  i.user_id AS user_id,
  d.label AS user_label,
  d.team AS team,
  i.request_id AS request_id,
  i.file_extension AS file_extension,
  i.left_context_chars AS left_context_chars,
  i.right_context_chars AS right_context_chars,
  i.completion_count AS completion_count,
  i.completion_chars AS completion_chars
FROM inline_completion i
LEFT JOIN user_directory d ON d.user_id = i.user_id
WHERE i.variant = 0;
