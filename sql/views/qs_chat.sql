-- For QuickSight: chat records without texts, lists and 64-bit instants, flat.
-- One row: a chat record.
CREATE OR REPLACE VIEW qs_chat AS
SELECT
  c.dt AS dt,
  c.event_date AS event_date,
  c.event_ts AS event_ts,
  CAST(extract(hour FROM c.event_ts) AS bigint) AS hour_utc,
  c.account_id AS account_id,
  c.region AS region,
  c.user_id AS user_id,
  d.label AS user_label,
  d.team AS team,
  c.request_id AS request_id,
  c.conversation_id AS conversation_id,
  c.chat_trigger_type AS chat_trigger_type,
  c.model AS model,
  c.turn AS turn,
  c.prompt_chars AS prompt_chars,
  c.response_chars AS response_chars,
  c.code_reference_count AS code_reference_count,
  c.web_link_count AS web_link_count
FROM chat_turn c
LEFT JOIN user_directory d ON d.user_id = c.user_id;
