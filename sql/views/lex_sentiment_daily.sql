-- How do users feel about a bot?
-- One row: a day of a bot's alias, locale and sentiment, turns without one are left out. Scores are means, from 0 to 1,
-- sentiment_ratio: by the bot's turns of the day that have one.
CREATE OR REPLACE VIEW lex_sentiment_daily AS
SELECT
  dt,
  event_date,
  bot_name,
  bot_alias,
  locale,
  sentiment,
  count(*) AS turns,
  count(DISTINCT session_id) AS sessions,
  CAST(count(*) AS double) / CAST(sum(count(*)) OVER (PARTITION BY dt, bot_name, bot_alias, locale) AS double) AS sentiment_ratio,
  avg(sentiment_positive) AS sentiment_positive,
  avg(sentiment_negative) AS sentiment_negative,
  avg(sentiment_neutral) AS sentiment_neutral,
  avg(sentiment_mixed) AS sentiment_mixed
FROM lex_entry
WHERE is_turn AND sentiment IS NOT NULL
GROUP BY dt, event_date, bot_name, bot_alias, locale, sentiment;
