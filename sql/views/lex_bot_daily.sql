-- How often does a bot not understand: missed utterances, and the fallback rate?
-- One row: a day of a bot's alias and locale. Turns are requests, missed_turns and fallback_turns some of them. One may be both.
CREATE OR REPLACE VIEW lex_bot_daily AS
SELECT
  dt,
  event_date,
  bot_name,
  bot_alias,
  locale,
  count(DISTINCT session_id) AS sessions,
  count(*) AS turns,
  count(CASE WHEN is_missed THEN 1 END) AS missed_turns,
  CAST(count(CASE WHEN is_missed THEN 1 END) AS double) / CAST(count(*) AS double) AS missed_ratio,
  count(CASE WHEN is_fallback THEN 1 END) AS fallback_turns,
  CAST(count(CASE WHEN is_fallback THEN 1 END) AS double) / CAST(count(*) AS double) AS fallback_ratio
FROM lex_entry
WHERE is_turn
GROUP BY dt, event_date, bot_name, bot_alias, locale;
