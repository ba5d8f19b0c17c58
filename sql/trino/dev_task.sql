-- dev_task: one row is a `/dev` prompt.
-- Rendered from the schema; `promptlake ddl --dialect trino` prints it for a lake.
CREATE TABLE IF NOT EXISTS dev_task (
  request_id varchar COMMENT 'requestId of the response half, else of the request half, NULL where it is missing',
  user_id varchar COMMENT 'user within the identity store',
  user_id_raw varchar COMMENT 'userId as logged',
  identity_store_id varchar COMMENT 'the d-… before the first dot of userId, NULL where there is none',
  event_ts timestamp(3) COMMENT 'timeStamp, floored to milliseconds, NULL where it is missing or blank',
  event_ts_nanos bigint COMMENT 'timeStamp in nanoseconds since 1970-01-01 UTC',
  event_date date COMMENT 'UTC date of event_ts, the source day where it is NULL, equals dt',
  prompt varchar COMMENT 'the first text among prompt, userPrompt, task, taskDescription, description of the request half',
  prompt_chars bigint COMMENT 'Unicode scalar values of prompt',
  raw_json varchar COMMENT 'the whole record as compact JSON',
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
COMMENT 'One row is a /dev prompt'
WITH (
  format = 'PARQUET',
  external_location = 's3://BUCKET/PREFIX/tables/dev_task/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://BUCKET/PREFIX/tables/dev_task/dt=${dt}/'
);
