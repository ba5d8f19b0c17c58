-- Which chat records are a user's own turns, and which are the tool's?
-- One row: a chat record. turn: 'tool' (a tool's result or the agent going on), 'router' (the intent router), else 'user'.
-- No text: sizes are in characters.
CREATE OR REPLACE VIEW chat_turn AS
SELECT
  dt,
  event_date,
  event_ts,
  account_id,
  region,
  source,
  user_id,
  request_id,
  conversation_id,
  chat_trigger_type,
  model,
  prompt_chars,
  response_chars,
  code_reference_count,
  web_link_count,
  CASE
    WHEN coalesce(is_tool_turn, false) THEN 'tool'
    WHEN coalesce(is_router_turn, false) THEN 'router'
    ELSE 'user'
  END AS turn
FROM chat
WHERE variant = 0;
