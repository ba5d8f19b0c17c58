-- rejects: one row is a record or object that could not be read.
-- Rendered from the schema; `promptlake ddl --dialect duckdb` prints it for a lake.
CREATE VIEW IF NOT EXISTS rejects AS SELECT
  event_date,
  dataset,
  reason,
  detail,
  byte_offset,
  line,
  raw,
  raw_bytes,
  raw_sha256,
  account_id,
  region,
  source,
  source_object,
  record_index,
  dt
FROM read_parquet('s3://BUCKET/PREFIX/tables/rejects/dt=*/part-00000.parquet', hive_partitioning = true, hive_types = {'dt': VARCHAR}, union_by_name = true);
