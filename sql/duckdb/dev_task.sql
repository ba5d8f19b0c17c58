-- dev_task: one row is a `/dev` prompt.
-- Rendered from the schema; `promptlake ddl --dialect duckdb` prints it for a lake.
CREATE VIEW IF NOT EXISTS dev_task AS SELECT
  request_id,
  user_id,
  user_id_raw,
  identity_store_id,
  event_ts,
  event_ts_nanos,
  event_date,
  prompt,
  prompt_chars,
  raw_json,
  account_id,
  region,
  source,
  source_object,
  record_index,
  variant,
  dt
FROM read_parquet('s3://BUCKET/PREFIX/tables/dev_task/dt=*/part-00000.parquet', hive_partitioning = true, hive_types = {'dt': VARCHAR}, union_by_name = true);
