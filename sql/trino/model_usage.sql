-- model_usage: one row is messages of a user's day on one client with one model, zeros included.
-- Rendered from the schema; `promptlake ddl --dialect trino` prints it for a lake.
CREATE TABLE IF NOT EXISTS model_usage (
  event_date date COMMENT 'the report’s Date, UTC, equals dt',
  user_id varchar COMMENT 'user, without its identity store',
  client_type varchar COMMENT 'KIRO_IDE, KIRO_CLI, PLUGIN, KIRO_WEB, …, from the row, else from the file name, NULL where neither says',
  model varchar COMMENT 'model, lower case with _ for -, as in chat',
  model_raw varchar COMMENT 'model as the report’s header writes it, several spellings in one row are joined by ,',
  messages bigint COMMENT 'messages of the day',
  report_ts timestamp(3) COMMENT 'time in the report’s file name, UTC, NULL where it has none',
  account_id varchar COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region varchar COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source varchar COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object varchar COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted',
  variant bigint COMMENT '0 for the newest content of a key, 1, 2, … for the others, views take 0',
  dt varchar WITH (
    partition_projection_type = 'DATE',
    partition_projection_format = 'yyyy-MM-dd',
    partition_projection_range = ARRAY['2019-01-01', 'NOW+3DAYS']
  )
)
COMMENT 'One row is messages of a user’s day on one client with one model, zeros included'
WITH (
  format = 'PARQUET',
  external_location = 's3://BUCKET/PREFIX/tables/model_usage/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://BUCKET/PREFIX/tables/model_usage/dt=${dt}/'
);
