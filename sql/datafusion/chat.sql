-- chat: one row is a chat record.
-- Rendered from the schema; `promptlake ddl --dialect datafusion` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS chat (
  request_id VARCHAR,
  user_id VARCHAR,
  user_id_raw VARCHAR,
  identity_store_id VARCHAR,
  event_ts TIMESTAMP(3) WITH TIME ZONE,
  event_ts_nanos BIGINT,
  event_date DATE,
  chat_trigger_type VARCHAR,
  customization_arn VARCHAR,
  model_id VARCHAR,
  model VARCHAR,
  prompt VARCHAR,
  prompt_chars BIGINT,
  assistant_response VARCHAR,
  response_chars BIGINT,
  followup_prompts VARCHAR,
  conversation_id VARCHAR,
  utterance_id VARCHAR,
  code_reference_count BIGINT,
  code_references_json VARCHAR,
  web_link_count BIGINT,
  web_links STRUCT<uri VARCHAR, title VARCHAR, snippet VARCHAR>[],
  is_tool_turn BOOLEAN,
  is_router_turn BOOLEAN,
  account_id VARCHAR,
  region VARCHAR,
  source VARCHAR,
  source_object VARCHAR,
  record_index BIGINT,
  variant BIGINT,
  extra_json VARCHAR,
  dt VARCHAR
)
STORED AS PARQUET
PARTITIONED BY (dt)
LOCATION 's3://BUCKET/PREFIX/tables/chat/';
