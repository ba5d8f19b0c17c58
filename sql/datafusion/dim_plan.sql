-- dim_plan: one row is a plan from a day on, until the next row of its tier.
-- Rendered from the schema; `promptlake ddl --dialect datafusion` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS dim_plan (
  tier VARCHAR,
  rank BIGINT,
  usd_per_month DOUBLE,
  credits DOUBLE,
  overage_usd_per_credit DOUBLE,
  valid_from DATE
)
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/dims/dim_plan/';
