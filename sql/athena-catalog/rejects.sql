-- rejects: one row is a record or object that could not be read.
-- Rendered from the schema; `promptlake ddl --dialect athena-catalog` prints it for a lake.
-- Partitions are added by ALTER TABLE, which that command prints too.
CREATE EXTERNAL TABLE IF NOT EXISTS rejects (
  event_date date COMMENT 'the source day, equals dt',
  dataset string COMMENT 'what the object holds, as far as its key tells',
  reason string COMMENT 'a code of the closed list',
  detail string COMMENT 'what was wrong, without any value of the record',
  byte_offset bigint COMMENT 'where the slice begins in the inflated object',
  line bigint COMMENT 'line of that byte, from 1',
  raw string COMMENT 'the inflated slice, up to 1 MiB, bytes that are not UTF-8 as U+FFFD',
  raw_bytes bigint COMMENT 'length of the uncut slice in bytes',
  raw_sha256 string COMMENT 'SHA-256 of the uncut slice, hex',
  account_id string COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region string COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source string COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object string COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted'
)
COMMENT 'One row is a record or object that could not be read'
PARTITIONED BY (dt string)
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/tables/rejects/';
