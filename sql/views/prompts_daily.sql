-- What is asked by trigger and model, and how long are prompts and answers?
-- One row: a day, trigger and model, of user turns. Sizes in characters, medians and 95th percentiles are exact: the smallest
-- size that so many records do not exceed.
CREATE OR REPLACE VIEW prompts_daily AS
WITH sizes AS (
  SELECT
    dt,
    event_date,
    coalesce(chat_trigger_type, 'UNKNOWN') AS chat_trigger_type,
    coalesce(model, 'UNKNOWN') AS model,
    user_id,
    coalesce(prompt_chars, 0) AS prompt_chars,
    coalesce(response_chars, 0) AS response_chars
  FROM chat_turn
  WHERE turn = 'user'
),
places AS (
  SELECT
    dt,
    event_date,
    chat_trigger_type,
    model,
    user_id,
    prompt_chars,
    response_chars,
    row_number() OVER (PARTITION BY dt, chat_trigger_type, model ORDER BY prompt_chars) AS prompt_place,
    row_number() OVER (PARTITION BY dt, chat_trigger_type, model ORDER BY response_chars) AS response_place,
    count(*) OVER (PARTITION BY dt, chat_trigger_type, model) AS n
  FROM sizes
)
SELECT
  dt,
  event_date,
  chat_trigger_type,
  model,
  count(*) AS user_turns,
  count(DISTINCT user_id) AS users,
  sum(prompt_chars) AS prompt_chars,
  sum(response_chars) AS response_chars,
  min(CASE WHEN CAST(prompt_place AS bigint) * 2 >= n THEN prompt_chars END) AS prompt_chars_median,
  min(CASE WHEN CAST(prompt_place AS bigint) * 20 >= n * 19 THEN prompt_chars END) AS prompt_chars_p95,
  min(CASE WHEN CAST(response_place AS bigint) * 2 >= n THEN response_chars END) AS response_chars_median,
  min(CASE WHEN CAST(response_place AS bigint) * 20 >= n * 19 THEN response_chars END) AS response_chars_p95
FROM places
GROUP BY dt, event_date, chat_trigger_type, model;
