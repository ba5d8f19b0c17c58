-- lex_audio: one row is an audio object that a Lex bot has recorded.
-- Rendered from the schema; `promptlake ddl --dialect datafusion` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS lex_audio (
  event_date DATE,
  bot_id VARCHAR,
  bot_alias_id VARCHAR,
  bot_version VARCHAR,
  object_bytes BIGINT,
  content_type VARCHAR,
  account_id VARCHAR,
  region VARCHAR,
  source VARCHAR,
  source_object VARCHAR,
  record_index BIGINT,
  dt VARCHAR
)
STORED AS PARQUET
PARTITIONED BY (dt)
LOCATION 's3://BUCKET/PREFIX/tables/lex_audio/';
