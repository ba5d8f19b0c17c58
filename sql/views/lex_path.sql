-- What was said in a conversation, step by step?
-- One row: an entry of a conversation, step is its place in it from 1 on, and seconds the time since the step before. Holds
-- texts: what the user said and what the bot answered. Restrict session_id, order by step.
CREATE OR REPLACE VIEW lex_path AS
SELECT
  dt,
  event_date,
  event_ts,
  account_id,
  bot_name,
  bot_alias,
  locale,
  session_id,
  originating_request_id,
  CAST(
    row_number() OVER (
      PARTITION BY account_id, bot_name, session_id, originating_request_id
      ORDER BY event_ts_nanos, source_object, record_index
    ) AS bigint
  ) AS step,
  date_diff(
    'second',
    lag(event_ts) OVER (
      PARTITION BY account_id, bot_name, session_id, originating_request_id
      ORDER BY event_ts_nanos, source_object, record_index
    ),
    event_ts
  ) AS seconds,
  request_id,
  response_reason,
  input_mode,
  input_transcript,
  bot_response,
  intent,
  intent_state,
  dialog_action,
  slot_to_elicit,
  coalesce(missed_utterance, false) AS is_missed,
  sentiment,
  audio_uri,
  source_object,
  record_index
FROM lex_conversation
WHERE variant = 0 AND session_id IS NOT NULL;
