-- What arrived from which stream on which day?
-- One row: a day of a stream (account, region, table, client). The client of a bot's log is its alias. last_ts: the newest event,
-- NULL for reports and audio.
CREATE OR REPLACE VIEW stream_day AS
SELECT dt, event_date, table_name, account_id, region, client_type, count(*) AS rows_stored, max(event_ts) AS last_ts
FROM (
  SELECT dt, event_date, 'chat' AS table_name, account_id, region, CAST(NULL AS varchar) AS client_type, event_ts FROM chat
  UNION ALL
  SELECT dt, event_date, 'inline_completion' AS table_name, account_id, region, CAST(NULL AS varchar) AS client_type, event_ts
  FROM inline_completion
  UNION ALL
  SELECT dt, event_date, 'dev_task' AS table_name, account_id, region, CAST(NULL AS varchar) AS client_type, event_ts
  FROM dev_task
  UNION ALL
  SELECT dt, event_date, 'user_activity' AS table_name, account_id, region, client_type, CAST(NULL AS timestamp) AS event_ts
  FROM user_activity
  UNION ALL
  SELECT dt, event_date, 'user_activity_legacy' AS table_name, account_id, region, CAST(NULL AS varchar) AS client_type,
    CAST(NULL AS timestamp) AS event_ts
  FROM user_activity_legacy
  UNION ALL
  SELECT dt, event_date, 'lex_conversation' AS table_name, account_id, region, bot_alias AS client_type, event_ts
  FROM lex_conversation
  UNION ALL
  SELECT dt, event_date, 'lex_audio' AS table_name, account_id, region, bot_alias_id AS client_type,
    CAST(NULL AS timestamp) AS event_ts
  FROM lex_audio
) s
GROUP BY dt, event_date, table_name, account_id, region, client_type;
