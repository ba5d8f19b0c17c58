-- Which intents are asked for, and how sure is the bot?
-- One row: a day of a bot's alias, locale and intent, 'none' where none stood. nlu_confidence: the mean over turns that tell it.
CREATE OR REPLACE VIEW lex_intent_daily AS
SELECT
  dt,
  event_date,
  bot_name,
  bot_alias,
  locale,
  coalesce(intent, 'none') AS intent,
  is_fallback,
  count(*) AS turns,
  count(DISTINCT session_id) AS sessions,
  count(CASE WHEN is_missed THEN 1 END) AS missed_turns,
  avg(nlu_confidence) AS nlu_confidence
FROM lex_entry
WHERE is_turn
GROUP BY dt, event_date, bot_name, bot_alias, locale, coalesce(intent, 'none'), is_fallback;
