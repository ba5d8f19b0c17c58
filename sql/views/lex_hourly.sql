-- At which hours are bots spoken to?
-- One row: a day, hour (UTC, 0 to 23) and bot, entries without a time are left out.
CREATE OR REPLACE VIEW lex_hourly AS
SELECT
  dt,
  event_date,
  CAST(extract(hour FROM event_ts) AS bigint) AS hour_utc,
  bot_name,
  count(*) AS turns,
  count(DISTINCT session_id) AS sessions,
  count(CASE WHEN is_missed THEN 1 END) AS missed_turns
FROM lex_entry
WHERE is_turn AND event_ts IS NOT NULL
GROUP BY dt, event_date, CAST(extract(hour FROM event_ts) AS bigint), bot_name;
