-- model_usage: one row is messages of a user's day on one client with one model, zeros included.
-- Rendered from the schema; `promptlake ddl --dialect duckdb` prints it for a lake.
CREATE VIEW IF NOT EXISTS model_usage AS SELECT
  event_date,
  user_id,
  client_type,
  model,
  model_raw,
  messages,
  report_ts,
  account_id,
  region,
  source,
  source_object,
  record_index,
  variant,
  dt
FROM read_parquet('s3://BUCKET/PREFIX/tables/model_usage/dt=*/part-00000.parquet', hive_partitioning = true, hive_types = {'dt': VARCHAR}, union_by_name = true);
