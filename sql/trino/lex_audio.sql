-- lex_audio: one row is an audio object that a Lex bot has recorded.
-- Rendered from the schema; `promptlake ddl --dialect trino` prints it for a lake.
CREATE TABLE IF NOT EXISTS lex_audio (
  event_date date COMMENT 'day in the object’s key, 2019-01-01 where it has none, equals dt',
  bot_id varchar COMMENT 'folder after aws/lex/ in the key, NULL where there is none',
  bot_alias_id varchar COMMENT 'folder after that of the bot',
  bot_version varchar COMMENT 'folder after that of the alias',
  object_bytes bigint COMMENT 'size of the object, as listed',
  content_type varchar COMMENT 'by the ending of the key, NULL where that does not tell',
  account_id varchar COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region varchar COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source varchar COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object varchar COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted',
  dt varchar WITH (
    partition_projection_type = 'DATE',
    partition_projection_format = 'yyyy-MM-dd',
    partition_projection_range = ARRAY['2019-01-01', 'NOW+3DAYS']
  )
)
COMMENT 'One row is an audio object that a Lex bot has recorded'
WITH (
  format = 'PARQUET',
  external_location = 's3://BUCKET/PREFIX/tables/lex_audio/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://BUCKET/PREFIX/tables/lex_audio/dt=${dt}/'
);
