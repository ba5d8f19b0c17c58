-- How many turns are people's own, and how many are the agent's?
-- One row: a day and model. agent_turns_per_user_turn = tool turns / user turns, NULL without user turns.
CREATE OR REPLACE VIEW turns_daily AS
SELECT
  dt,
  event_date,
  coalesce(model, 'UNKNOWN') AS model,
  count(*) AS turns,
  count(CASE WHEN turn = 'user' THEN 1 END) AS user_turns,
  count(CASE WHEN turn = 'tool' THEN 1 END) AS tool_turns,
  count(CASE WHEN turn = 'router' THEN 1 END) AS router_turns,
  count(DISTINCT user_id) AS users,
  CAST(count(CASE WHEN turn = 'tool' THEN 1 END) AS double)
    / nullif(CAST(count(CASE WHEN turn = 'user' THEN 1 END) AS double), 0e0) AS agent_turns_per_user_turn
FROM chat_turn
GROUP BY dt, event_date, coalesce(model, 'UNKNOWN');
