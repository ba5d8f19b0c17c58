-- dim_user: one row is a user whose name is known.
-- Rendered from the schema; `promptlake ddl --dialect duckdb` prints it for a lake.
CREATE VIEW IF NOT EXISTS dim_user AS SELECT
  user_id,
  user_name,
  display_name,
  email,
  team,
  cost_centre
FROM read_parquet('s3://BUCKET/PREFIX/dims/dim_user/part-00000.parquet');
