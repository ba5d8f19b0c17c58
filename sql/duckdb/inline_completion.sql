-- inline_completion: one row is an inline suggestion record.
-- Rendered from the schema; `promptlake ddl --dialect duckdb` prints it for a lake.
CREATE VIEW IF NOT EXISTS inline_completion AS SELECT
  request_id,
  user_id,
  user_id_raw,
  identity_store_id,
  event_ts,
  event_ts_nanos,
  event_date,
  file_name,
  file_extension,
  customization_arn,
  left_context,
  left_context_chars,
  right_context,
  right_context_chars,
  completions,
  completion_count,
  completion_chars,
  account_id,
  region,
  source,
  source_object,
  record_index,
  variant,
  extra_json,
  dt
FROM read_parquet('s3://BUCKET/PREFIX/tables/inline_completion/dt=*/part-00000.parquet', hive_partitioning = true, hive_types = {'dt': VARCHAR}, union_by_name = true);
