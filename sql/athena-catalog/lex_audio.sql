-- lex_audio: one row is an audio object that a Lex bot has recorded.
-- Rendered from the schema; `promptlake ddl --dialect athena-catalog` prints it for a lake.
-- Partitions are added by ALTER TABLE, which that command prints too.
CREATE EXTERNAL TABLE IF NOT EXISTS lex_audio (
  event_date date COMMENT 'day in the object’s key, 2019-01-01 where it has none, equals dt',
  bot_id string COMMENT 'folder after aws/lex/ in the key, NULL where there is none',
  bot_alias_id string COMMENT 'folder after that of the bot',
  bot_version string COMMENT 'folder after that of the alias',
  object_bytes bigint COMMENT 'size of the object, as listed',
  content_type string COMMENT 'by the ending of the key, NULL where that does not tell',
  account_id string COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region string COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source string COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object string COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted'
)
COMMENT 'One row is an audio object that a Lex bot has recorded'
PARTITIONED BY (dt string)
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/tables/lex_audio/';
