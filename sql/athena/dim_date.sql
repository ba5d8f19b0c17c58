-- dim_date: one row is a day of the calendar, 2019-01-01 to 2039-12-31.
-- Rendered from the schema; `promptlake ddl --dialect athena` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS dim_date (
  event_date date COMMENT 'the day',
  dt string COMMENT 'the day as the partitions of tables write it, YYYY-MM-DD',
  calendar_year bigint COMMENT 'year',
  calendar_quarter bigint COMMENT 'quarter, 1 to 4',
  calendar_month bigint COMMENT 'month, 1 to 12',
  month_start date COMMENT 'first day of its month',
  month_end date COMMENT 'last day of its month',
  days_in_month bigint COMMENT 'days of its month',
  week_start date COMMENT 'Monday of its week',
  weekday bigint COMMENT '1 for Monday to 7 for Sunday',
  is_weekend boolean COMMENT 'Saturday or Sunday'
)
COMMENT 'One row is a day of the calendar, 2019-01-01 to 2039-12-31'
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/dims/dim_date/';
