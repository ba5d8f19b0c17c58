-- Which prompts are asked again and again (rework)?
-- One row: a user's day and prompt, user turns only, that was sent more than once in the same wording, but for case and
-- space around it. The first 200 characters are shown.
CREATE OR REPLACE VIEW repeated_prompts AS
SELECT
  dt,
  event_date,
  user_id,
  substr(lower(trim(prompt)), 1, 200) AS prompt_begins,
  count(*) AS times,
  min(event_ts) AS first_ts,
  max(event_ts) AS last_ts
FROM chat
WHERE variant = 0
  AND NOT coalesce(is_tool_turn, false)
  AND NOT coalesce(is_router_turn, false)
  AND trim(prompt) <> ''
GROUP BY dt, event_date, user_id, lower(trim(prompt))
HAVING count(*) > 1;
