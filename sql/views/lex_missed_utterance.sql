-- What did users say that a bot did not understand?
-- One row: a day of a bot and an utterance that was missed, but for case and space around it. Holds text: the first 200
-- characters. Obfuscation does not reach utterances that were missed.
CREATE OR REPLACE VIEW lex_missed_utterance AS
SELECT
  dt,
  event_date,
  bot_name,
  bot_alias,
  locale,
  substr(lower(trim(coalesce(input_transcript, ''))), 1, 200) AS utterance_begins,
  count(*) AS entries,
  count(DISTINCT session_id) AS sessions,
  min(event_ts) AS first_ts,
  max(event_ts) AS last_ts
FROM lex_conversation
WHERE variant = 0 AND coalesce(missed_utterance, false)
GROUP BY dt, event_date, bot_name, bot_alias, locale, substr(lower(trim(coalesce(input_transcript, ''))), 1, 200);
