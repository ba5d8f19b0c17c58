-- inline_completion: one row is an inline suggestion record.
-- Rendered from the schema; `promptlake ddl --dialect datafusion` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS inline_completion (
  request_id VARCHAR,
  user_id VARCHAR,
  user_id_raw VARCHAR,
  identity_store_id VARCHAR,
  event_ts TIMESTAMP(3) WITH TIME ZONE,
  event_ts_nanos BIGINT,
  event_date DATE,
  file_name VARCHAR,
  file_extension VARCHAR,
  customization_arn VARCHAR,
  left_context VARCHAR,
  left_context_chars BIGINT,
  right_context VARCHAR,
  right_context_chars BIGINT,
  completions VARCHAR[],
  completion_count BIGINT,
  completion_chars BIGINT,
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
LOCATION 's3://BUCKET/PREFIX/tables/inline_completion/';
