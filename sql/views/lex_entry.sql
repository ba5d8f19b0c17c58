-- What did a bot log? The entries of all bots in the terms of the other views, without texts.
-- One row: an entry of a bot's conversation log, V1 or V2. is_turn: the first entry of its request on that day, since one request
-- may log several. A turn is what the user said. is_fallback: no intent stood, or one named …FallbackIntent.
CREATE OR REPLACE VIEW lex_entry AS
SELECT
  dt,
  event_date,
  event_ts,
  event_ts_nanos,
  account_id,
  region,
  bot_name,
  bot_alias,
  bot_version,
  locale,
  message_version,
  session_id,
  originating_request_id,
  request_id,
  user_id,
  input_mode,
  response_reason,
  intent,
  intent_state,
  dialog_action,
  slot_to_elicit,
  nlu_confidence,
  sentiment,
  sentiment_positive,
  sentiment_negative,
  sentiment_neutral,
  sentiment_mixed,
  audio_uri,
  coalesce(missed_utterance, false) AS is_missed,
  coalesce(strpos(lower(intent), 'fallbackintent') > 0, true) AS is_fallback,
  request_id IS NULL OR CAST(place AS bigint) = 1 AS is_turn,
  source_object,
  record_index
FROM (
  SELECT
    dt,
    event_date,
    event_ts,
    event_ts_nanos,
    account_id,
    region,
    bot_name,
    bot_alias,
    bot_version,
    locale,
    message_version,
    session_id,
    originating_request_id,
    request_id,
    user_id,
    input_mode,
    response_reason,
    intent,
    intent_state,
    dialog_action,
    slot_to_elicit,
    nlu_confidence,
    sentiment,
    sentiment_positive,
    sentiment_negative,
    sentiment_neutral,
    sentiment_mixed,
    audio_uri,
    missed_utterance,
    source_object,
    record_index,
    row_number() OVER (
      PARTITION BY dt, account_id, bot_name, session_id, request_id
      ORDER BY event_ts_nanos, source_object, record_index
    ) AS place
  FROM lex_conversation
  WHERE variant = 0
) e;
