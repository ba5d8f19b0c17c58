-- For QuickSight: what bots were asked, flat, without texts and persons.
-- One row: a turn. hour_utc: 0 to 23, NULL without a time.
CREATE OR REPLACE VIEW qs_lex AS
SELECT
  dt,
  event_date,
  CAST(extract(hour FROM event_ts) AS bigint) AS hour_utc,
  account_id,
  region,
  bot_name,
  bot_alias,
  bot_version,
  locale,
  input_mode,
  coalesce(intent, 'none') AS intent,
  intent_state,
  dialog_action,
  slot_to_elicit,
  nlu_confidence,
  sentiment,
  is_missed,
  is_fallback
FROM lex_entry
WHERE is_turn;
