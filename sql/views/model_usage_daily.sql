-- Which models are used, by how many, and for how many credits?
-- One row: a day, client and model. credits_apportioned: a user's credits of the day on the client, shared out by messages,
-- the report does not tell credits by model.
CREATE OR REPLACE VIEW model_usage_daily AS
WITH shares AS (
  SELECT
    dt,
    event_date,
    user_id,
    coalesce(client_type, 'UNKNOWN') AS client_type,
    model,
    messages,
    source_object,
    record_index,
    sum(messages) OVER (PARTITION BY dt, source_object, record_index) AS all_messages
  FROM model_usage
  WHERE variant = 0
)
SELECT
  s.dt AS dt,
  s.event_date AS event_date,
  s.client_type AS client_type,
  s.model AS model,
  count(DISTINCT CASE WHEN s.messages > 0 THEN s.user_id END) AS users,
  sum(s.messages) AS messages,
  sum(a.credits_used * CAST(s.messages AS double) / nullif(CAST(s.all_messages AS double), 0e0)) AS credits_apportioned
FROM shares s
LEFT JOIN user_activity a
  ON a.dt = s.dt AND a.source_object = s.source_object AND a.record_index = s.record_index
GROUP BY s.dt, s.event_date, s.client_type, s.model;
