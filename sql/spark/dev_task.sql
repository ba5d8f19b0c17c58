-- dev_task: one row is a `/dev` prompt.
-- Rendered from the schema; `promptlake ddl --dialect spark` prints it for a lake.
CREATE TABLE IF NOT EXISTS dev_task (
  request_id string COMMENT 'requestId of the response half, else of the request half, NULL where it is missing',
  user_id string COMMENT 'user within the identity store',
  user_id_raw string COMMENT 'userId as logged',
  identity_store_id string COMMENT 'the d-… before the first dot of userId, NULL where there is none',
  event_ts timestamp COMMENT 'timeStamp, floored to milliseconds, NULL where it is missing or blank',
  event_ts_nanos bigint COMMENT 'timeStamp in nanoseconds since 1970-01-01 UTC',
  event_date date COMMENT 'UTC date of event_ts, the source day where it is NULL, equals dt',
  prompt string COMMENT 'the first text among prompt, userPrompt, task, taskDescription, description of the request half',
  prompt_chars bigint COMMENT 'Unicode scalar values of prompt',
  raw_json string COMMENT 'the whole record as compact JSON',
  account_id string COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region string COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source string COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object string COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted',
  variant bigint COMMENT '0 for the newest content of a key, 1, 2, … for the others, views take 0',
  dt string
)
USING PARQUET
PARTITIONED BY (dt)
COMMENT 'One row is a /dev prompt'
LOCATION 's3://BUCKET/PREFIX/tables/dev_task/';
MSCK REPAIR TABLE dev_task;
