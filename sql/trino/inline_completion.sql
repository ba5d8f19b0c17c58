-- inline_completion: one row is an inline suggestion record.
-- Rendered from the schema; `promptlake ddl --dialect trino` prints it for a lake.
CREATE TABLE IF NOT EXISTS inline_completion (
  request_id varchar COMMENT 'requestId of the response half, NULL where it is missing',
  user_id varchar COMMENT 'user within the identity store',
  user_id_raw varchar COMMENT 'userId as logged',
  identity_store_id varchar COMMENT 'the d-… before the first dot of userId, NULL where there is none',
  event_ts timestamp(3) COMMENT 'timeStamp, floored to milliseconds, NULL where it is missing or blank',
  event_ts_nanos bigint COMMENT 'timeStamp in nanoseconds since 1970-01-01 UTC',
  event_date date COMMENT 'UTC date of event_ts, the source day where it is NULL, equals dt',
  file_name varchar COMMENT 'fileName: the file that was open, without folders as far as is known',
  file_extension varchar COMMENT 'what follows the last dot of the bare file name, lower case, NULL where the dot is first, last or absent',
  customization_arn varchar COMMENT 'customizationArn',
  left_context varchar COMMENT 'leftContext: the text before the cursor',
  left_context_chars bigint COMMENT 'Unicode scalar values of left_context',
  right_context varchar COMMENT 'rightContext: the text after the cursor',
  right_context_chars bigint COMMENT 'Unicode scalar values of right_context',
  completions array(varchar) COMMENT 'completions: what was returned, whether or not it was accepted, of an object its content',
  completion_count bigint COMMENT 'elements of completions, NULL where it is missing',
  completion_chars bigint COMMENT 'Unicode scalar values of all completions together, NULL where it is missing',
  account_id varchar COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region varchar COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source varchar COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object varchar COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted',
  variant bigint COMMENT '0 for the newest content of a key, 1, 2, … for the others, views take 0',
  extra_json varchar COMMENT 'fields of the record that the schema does not know, as compact JSON, NULL where there are none',
  dt varchar WITH (
    partition_projection_type = 'DATE',
    partition_projection_format = 'yyyy-MM-dd',
    partition_projection_range = ARRAY['2019-01-01', 'NOW+3DAYS']
  )
)
COMMENT 'One row is an inline suggestion record'
WITH (
  format = 'PARQUET',
  external_location = 's3://BUCKET/PREFIX/tables/inline_completion/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://BUCKET/PREFIX/tables/inline_completion/dt=${dt}/'
);
