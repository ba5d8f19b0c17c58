-- Which slots do bots ask for in vain?
-- One row: a day of a bot, intent and slot that was asked for. What the next turn of the conversation was, of each time that it was
-- asked: missed_next (it was not understood), asked_again (the same slot is asked for again), left_off (there was none), otherwise
-- it went on. failed_ratio: these three, by times_asked. Conversations are followed over midnight.
CREATE OR REPLACE VIEW lex_elicitation_daily AS
SELECT
  dt,
  event_date,
  bot_name,
  bot_alias,
  locale,
  intent,
  slot,
  count(*) AS times_asked,
  count(CASE WHEN follows = 'missed' THEN 1 END) AS missed_next,
  count(CASE WHEN follows = 'again' THEN 1 END) AS asked_again,
  count(CASE WHEN follows = 'none' THEN 1 END) AS left_off,
  CAST(count(CASE WHEN follows <> 'on' THEN 1 END) AS double) / CAST(count(*) AS double) AS failed_ratio
FROM (
  SELECT
    dt,
    event_date,
    bot_name,
    bot_alias,
    locale,
    intent,
    slot_to_elicit AS slot,
    dialog_action,
    CASE
      WHEN next_missed IS NULL THEN 'none'
      WHEN next_missed THEN 'missed'
      WHEN next_slot = slot_to_elicit THEN 'again'
      ELSE 'on'
    END AS follows
  FROM (
    SELECT
      dt,
      event_date,
      bot_name,
      bot_alias,
      locale,
      intent,
      slot_to_elicit,
      dialog_action,
      lead(is_missed) OVER (
        PARTITION BY account_id, bot_name, session_id, originating_request_id
        ORDER BY event_ts_nanos, source_object, record_index
      ) AS next_missed,
      lead(slot_to_elicit) OVER (
        PARTITION BY account_id, bot_name, session_id, originating_request_id
        ORDER BY event_ts_nanos, source_object, record_index
      ) AS next_slot
    FROM lex_entry
    WHERE is_turn AND session_id IS NOT NULL
  ) t
) a
WHERE slot IS NOT NULL AND dialog_action = 'ElicitSlot'
GROUP BY dt, event_date, bot_name, bot_alias, locale, intent, slot;
