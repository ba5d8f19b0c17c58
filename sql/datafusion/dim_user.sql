-- dim_user: one row is a user whose name is known.
-- Rendered from the schema; `promptlake ddl --dialect datafusion` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS dim_user (
  user_id VARCHAR,
  user_name VARCHAR,
  display_name VARCHAR,
  email VARCHAR,
  team VARCHAR,
  cost_centre VARCHAR
)
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/dims/dim_user/';
