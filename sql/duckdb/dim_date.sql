-- dim_date: one row is a day of the calendar, 2019-01-01 to 2039-12-31.
-- Rendered from the schema; `promptlake ddl --dialect duckdb` prints it for a lake.
CREATE VIEW IF NOT EXISTS dim_date AS SELECT
  event_date,
  dt,
  calendar_year,
  calendar_quarter,
  calendar_month,
  month_start,
  month_end,
  days_in_month,
  week_start,
  weekday,
  is_weekend
FROM read_parquet('s3://BUCKET/PREFIX/dims/dim_date/part-00000.parquet');
