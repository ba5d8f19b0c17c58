-- At which hours do people ask?
-- One row: a day and hour (UTC, 0 to 23) of user turns, records without a time are left out.
CREATE OR REPLACE VIEW prompts_hourly AS
SELECT
  dt,
  event_date,
  CAST(extract(hour FROM event_ts) AS bigint) AS hour_utc,
  count(*) AS user_turns,
  count(DISTINCT user_id) AS users
FROM chat_turn
WHERE turn = 'user' AND event_ts IS NOT NULL
GROUP BY dt, event_date, CAST(extract(hour FROM event_ts) AS bigint);
