-- Which slots get a value, and which are hidden?
-- One row: a day of a bot, intent and slot, sub-slots are Slot.Sub, values of a list Slot[0]. Counts entries with that slot.
-- A slot whose value is its own name in braces is obfuscated by the bot's settings: it was filled, what it held is not logged.
CREATE OR REPLACE VIEW lex_slot_daily AS
SELECT
  dt,
  event_date,
  bot_name,
  intent,
  slot,
  count(*) AS entries,
  count(CASE WHEN is_filled THEN 1 END) AS filled,
  count(CASE WHEN is_obfuscated THEN 1 END) AS obfuscated,
  CAST(count(CASE WHEN is_filled THEN 1 END) AS double) / CAST(count(*) AS double) AS filled_ratio,
  count(CASE WHEN is_obfuscated THEN 1 END) > 0 AS is_obfuscated
FROM lex_slot
WHERE variant = 0
GROUP BY dt, event_date, bot_name, intent, slot;
