-- What became of each conversation?
-- One row: a conversation (account, bot, session, originating request, which V1 does not have), on the day of its first entry.
-- outcome: the state of the intent in the last entry: 'fulfilled', 'failed', 'ready' for fulfilment, else 'unfinished'.
CREATE OR REPLACE VIEW lex_session AS
SELECT
  min(dt) AS dt,
  min(event_date) AS event_date,
  account_id,
  bot_name,
  max(bot_alias) AS bot_alias,
  max(locale) AS locale,
  session_id,
  originating_request_id,
  max(user_id) AS user_id,
  max(input_mode) AS input_mode,
  min(event_ts) AS first_ts,
  max(event_ts) AS last_ts,
  date_diff('second', min(event_ts), max(event_ts)) AS seconds,
  count(CASE WHEN is_turn THEN 1 END) AS turns,
  count(CASE WHEN is_turn AND is_missed THEN 1 END) AS missed_turns,
  count(CASE WHEN is_turn AND is_fallback THEN 1 END) AS fallback_turns,
  max(CASE WHEN first_place = 1 THEN intent END) AS first_intent,
  max(CASE WHEN last_place = 1 THEN intent END) AS last_intent,
  coalesce(
    max(
      CASE
        WHEN last_place > 1 THEN NULL
        WHEN intent_state = 'Fulfilled' THEN 'fulfilled'
        WHEN intent_state = 'Failed' THEN 'failed'
        WHEN intent_state = 'ReadyForFulfillment' THEN 'ready'
      END
    ),
    'unfinished'
  ) AS outcome
FROM (
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
    user_id,
    input_mode,
    intent,
    intent_state,
    is_turn,
    is_missed,
    is_fallback,
    CAST(
      row_number() OVER (
        PARTITION BY account_id, bot_name, session_id, originating_request_id
        ORDER BY event_ts_nanos, source_object, record_index
      ) AS bigint
    ) AS first_place,
    CAST(
      row_number() OVER (
        PARTITION BY account_id, bot_name, session_id, originating_request_id
        ORDER BY event_ts_nanos DESC, source_object DESC, record_index DESC
      ) AS bigint
    ) AS last_place
  FROM lex_entry
  WHERE session_id IS NOT NULL
) e
GROUP BY account_id, bot_name, session_id, originating_request_id;
