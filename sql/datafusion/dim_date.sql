-- dim_date: one row is a day of the calendar, 2019-01-01 to 2039-12-31.
-- Rendered from the schema; `promptlake ddl --dialect datafusion` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS dim_date (
  event_date DATE,
  dt VARCHAR,
  calendar_year BIGINT,
  calendar_quarter BIGINT,
  calendar_month BIGINT,
  month_start DATE,
  month_end DATE,
  days_in_month BIGINT,
  week_start DATE,
  weekday BIGINT,
  is_weekend BOOLEAN
)
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/dims/dim_date/';
