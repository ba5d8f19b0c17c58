-- model_usage: one row is messages of a user's day on one client with one model, zeros included.
-- Rendered from the schema; `promptlake ddl --dialect datafusion` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS model_usage (
  event_date DATE,
  user_id VARCHAR,
  client_type VARCHAR,
  model VARCHAR,
  model_raw VARCHAR,
  messages BIGINT,
  report_ts TIMESTAMP(3) WITH TIME ZONE,
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
LOCATION 's3://BUCKET/PREFIX/tables/model_usage/';
