-- Do the models' messages add up to the total?
-- One row: a report row with models whose sum differs from its total_messages, none is as it should be.
CREATE OR REPLACE VIEW message_check AS
SELECT
  a.dt AS dt,
  a.event_date AS event_date,
  a.account_id AS account_id,
  a.user_id AS user_id,
  a.client_type AS client_type,
  a.total_messages AS total_messages,
  sum(m.messages) AS model_messages,
  a.source_object AS source_object,
  a.record_index AS record_index
FROM user_activity a
JOIN model_usage m
  ON m.dt = a.dt AND m.source_object = a.source_object AND m.record_index = a.record_index
WHERE a.variant = 0 AND m.variant = 0
GROUP BY a.dt, a.event_date, a.account_id, a.user_id, a.client_type, a.total_messages, a.source_object, a.record_index
HAVING sum(m.messages) <> coalesce(a.total_messages, -1);
