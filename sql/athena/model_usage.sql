-- model_usage: one row is messages of a user's day on one client with one model, zeros included.
-- Rendered from the schema; `promptlake ddl --dialect athena` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS model_usage (
  event_date date COMMENT 'the report’s Date, UTC, equals dt',
  user_id string COMMENT 'user, without its identity store',
  client_type string COMMENT 'KIRO_IDE, KIRO_CLI, PLUGIN, KIRO_WEB, …, from the row, else from the file name, NULL where neither says',
  model string COMMENT 'model, lower case with _ for -, as in chat',
  model_raw string COMMENT 'model as the report’s header writes it, several spellings in one row are joined by ,',
  messages bigint COMMENT 'messages of the day',
  report_ts timestamp COMMENT 'time in the report’s file name, UTC, NULL where it has none',
  account_id string COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region string COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source string COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object string COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted',
  variant bigint COMMENT '0 for the newest content of a key, 1, 2, … for the others, views take 0'
)
COMMENT 'One row is messages of a user’s day on one client with one model, zeros included'
PARTITIONED BY (dt string)
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/tables/model_usage/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.dt.type' = 'date',
  'projection.dt.format' = 'yyyy-MM-dd',
  'projection.dt.range' = '2019-01-01,NOW+3DAYS',
  'projection.dt.interval' = '1',
  'projection.dt.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://BUCKET/PREFIX/tables/model_usage/dt=${dt}/'
);
