-- dev_task: one row is a `/dev` prompt.
-- Rendered from the schema; `promptlake ddl --dialect datafusion` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS dev_task (
  request_id VARCHAR,
  user_id VARCHAR,
  user_id_raw VARCHAR,
  identity_store_id VARCHAR,
  event_ts TIMESTAMP(3) WITH TIME ZONE,
  event_ts_nanos BIGINT,
  event_date DATE,
  prompt VARCHAR,
  prompt_chars BIGINT,
  raw_json VARCHAR,
  account_id VARCHAR,
  region VARCHAR,
  source VARCHAR,
  source_object VARCHAR,
  record_index BIGINT,
  variant BIGINT,
  dt VARCHAR
)
STORED AS PARQUET
PARTITIONED BY (dt)
LOCATION 's3://BUCKET/PREFIX/tables/dev_task/';
