-- For which kinds of files are inline suggestions asked?
-- One row: a day and file ending. returned: requests that brought at least one suggestion, what became of it the log does
-- not say.
CREATE OR REPLACE VIEW inline_files_daily AS
SELECT
  dt,
  event_date,
  coalesce(file_extension, 'none') AS file_extension,
  count(*) AS requests,
  count(CASE WHEN completion_count > 0 THEN 1 END) AS returned,
  CAST(count(CASE WHEN completion_count > 0 THEN 1 END) AS double) / nullif(CAST(count(*) AS double), 0e0)
    AS returned_ratio,
  count(DISTINCT user_id) AS users,
  sum(completion_chars) AS completion_chars
FROM inline_completion
WHERE variant = 0
GROUP BY dt, event_date, coalesce(file_extension, 'none');
