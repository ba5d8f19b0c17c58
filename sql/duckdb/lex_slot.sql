-- lex_slot: one row is a slot of a Lex log entry's intent, unfilled ones, sub-slots and values of a list included.
-- Rendered from the schema; `promptlake ddl --dialect duckdb` prints it for a lake.
CREATE VIEW IF NOT EXISTS lex_slot AS SELECT
  request_id,
  session_id,
  event_date,
  bot_name,
  intent,
  slot,
  shape,
  original_value,
  interpreted_value,
  resolved_values,
  is_filled,
  is_obfuscated,
  account_id,
  region,
  source,
  source_object,
  record_index,
  variant,
  dt
FROM read_parquet('s3://BUCKET/PREFIX/tables/lex_slot/dt=*/part-00000.parquet', hive_partitioning = true, hive_types = {'dt': VARCHAR}, union_by_name = true);
