-- lex_slot: one row is a slot of a Lex log entry's intent, unfilled ones, sub-slots and values of a list included.
-- Rendered from the schema; `promptlake ddl --dialect datafusion` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS lex_slot (
  request_id VARCHAR,
  session_id VARCHAR,
  event_date DATE,
  bot_name VARCHAR,
  intent VARCHAR,
  slot VARCHAR,
  shape VARCHAR,
  original_value VARCHAR,
  interpreted_value VARCHAR,
  resolved_values VARCHAR[],
  is_filled BOOLEAN,
  is_obfuscated BOOLEAN,
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
LOCATION 's3://BUCKET/PREFIX/tables/lex_slot/';
