-- dim_plan: one row is a plan from a day on, until the next row of its tier.
-- Rendered from the schema; `promptlake ddl --dialect duckdb` prints it for a lake.
CREATE VIEW IF NOT EXISTS dim_plan AS SELECT
  tier,
  rank,
  usd_per_month,
  credits,
  overage_usd_per_credit,
  valid_from
FROM read_parquet('s3://BUCKET/PREFIX/dims/dim_plan/part-00000.parquet');
