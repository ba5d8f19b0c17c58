-- rejects: one row is a record or object that could not be read.
-- Rendered from the schema; `promptlake ddl --dialect datafusion` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS rejects (
  event_date DATE,
  dataset VARCHAR,
  reason VARCHAR,
  detail VARCHAR,
  byte_offset BIGINT,
  line BIGINT,
  raw VARCHAR,
  raw_bytes BIGINT,
  raw_sha256 VARCHAR,
  account_id VARCHAR,
  region VARCHAR,
  source VARCHAR,
  source_object VARCHAR,
  record_index BIGINT,
  dt VARCHAR
)
STORED AS PARQUET
PARTITIONED BY (dt)
LOCATION 's3://BUCKET/PREFIX/tables/rejects/';
