-- Who asked what, when, of which model, about which file?
-- One row: a record of any prompt log. Holds texts: what was sent (prompt, or the code before the cursor) and what came back
-- of a chat. Restrict dt.
CREATE OR REPLACE VIEW audit_log AS
SELECT
  dt, event_date, event_ts, account_id, region, user_id, request_id, kind, model, file_name, request_text, response_text,
  source_object, record_index
FROM (
  SELECT
    dt, event_date, event_ts, account_id, region, user_id, request_id, 'chat' AS kind, model,
    CAST(NULL AS varchar) AS file_name, prompt AS request_text, assistant_response AS response_text,
    source_object, record_index
  FROM chat
  UNION ALL
  SELECT
    dt, event_date, event_ts, account_id, region, user_id, request_id, 'inline_completion' AS kind,
    CAST(NULL AS varchar) AS model, file_name, left_context AS request_text, CAST(NULL AS varchar) AS response_text,
    source_object, record_index
  FROM inline_completion
  UNION ALL
  SELECT
    dt, event_date, event_ts, account_id, region, user_id, request_id, 'dev_task' AS kind,
    CAST(NULL AS varchar) AS model, CAST(NULL AS varchar) AS file_name, prompt AS request_text,
    CAST(NULL AS varchar) AS response_text, source_object, record_index
  FROM dev_task
) a;
