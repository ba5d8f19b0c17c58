-- lex_audio: one row is an audio object that a Lex bot has recorded.
-- Rendered from the schema; `promptlake ddl --dialect duckdb` prints it for a lake.
CREATE VIEW IF NOT EXISTS lex_audio AS SELECT
  event_date,
  bot_id,
  bot_alias_id,
  bot_version,
  object_bytes,
  content_type,
  account_id,
  region,
  source,
  source_object,
  record_index,
  dt
FROM read_parquet('s3://BUCKET/PREFIX/tables/lex_audio/dt=*/part-00000.parquet', hive_partitioning = true, hive_types = {'dt': VARCHAR}, union_by_name = true);
