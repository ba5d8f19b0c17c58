-- inline_completion: one row is an inline suggestion record.
-- Rendered from the schema; `promptlake ddl --dialect athena` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS inline_completion (
  request_id string COMMENT 'requestId of the response half, NULL where it is missing',
  user_id string COMMENT 'user within the identity store',
  user_id_raw string COMMENT 'userId as logged',
  identity_store_id string COMMENT 'the d-… before the first dot of userId, NULL where there is none',
  event_ts timestamp COMMENT 'timeStamp, floored to milliseconds, NULL where it is missing or blank',
  event_ts_nanos bigint COMMENT 'timeStamp in nanoseconds since 1970-01-01 UTC',
  event_date date COMMENT 'UTC date of event_ts, the source day where it is NULL, equals dt',
  file_name string COMMENT 'fileName: the file that was open, without folders as far as is known',
  file_extension string COMMENT 'what follows the last dot of the bare file name, lower case, NULL where the dot is first, last or absent',
  customization_arn string COMMENT 'customizationArn',
  left_context string COMMENT 'leftContext: the text before the cursor',
  left_context_chars bigint COMMENT 'Unicode scalar values of left_context',
  right_context string COMMENT 'rightContext: the text after the cursor',
  right_context_chars bigint COMMENT 'Unicode scalar values of right_context',
  completions array<string> COMMENT 'completions: what was returned, whether or not it was accepted, of an object its content',
  completion_count bigint COMMENT 'elements of completions, NULL where it is missing',
  completion_chars bigint COMMENT 'Unicode scalar values of all completions together, NULL where it is missing',
  account_id string COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region string COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source string COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object string COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted',
  variant bigint COMMENT '0 for the newest content of a key, 1, 2, … for the others, views take 0',
  extra_json string COMMENT 'fields of the record that the schema does not know, as compact JSON, NULL where there are none'
)
COMMENT 'One row is an inline suggestion record'
PARTITIONED BY (dt string)
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/tables/inline_completion/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.dt.type' = 'date',
  'projection.dt.format' = 'yyyy-MM-dd',
  'projection.dt.range' = '2019-01-01,NOW+3DAYS',
  'projection.dt.interval' = '1',
  'projection.dt.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://BUCKET/PREFIX/tables/inline_completion/dt=${dt}/'
);
