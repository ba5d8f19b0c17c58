-- rejects: one row is a record or object that could not be read.
-- Rendered from the schema; `promptlake ddl --dialect trino` prints it for a lake.
CREATE TABLE IF NOT EXISTS rejects (
  event_date date COMMENT 'the source day, equals dt',
  dataset varchar COMMENT 'what the object holds, as far as its key tells',
  reason varchar COMMENT 'a code of the closed list',
  detail varchar COMMENT 'what was wrong, without any value of the record',
  byte_offset bigint COMMENT 'where the slice begins in the inflated object',
  line bigint COMMENT 'line of that byte, from 1',
  raw varchar COMMENT 'the inflated slice, up to 1 MiB, bytes that are not UTF-8 as U+FFFD',
  raw_bytes bigint COMMENT 'length of the uncut slice in bytes',
  raw_sha256 varchar COMMENT 'SHA-256 of the uncut slice, hex',
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
COMMENT 'One row is a record or object that could not be read'
WITH (
  format = 'PARQUET',
  external_location = 's3://BUCKET/PREFIX/tables/rejects/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://BUCKET/PREFIX/tables/rejects/dt=${dt}/'
);
