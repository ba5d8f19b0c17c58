-- dim_user: one row is a user whose name is known.
-- Rendered from the schema; `promptlake ddl --dialect athena` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS dim_user (
  user_id string COMMENT 'user, spelled as user_id of tables',
  user_name string COMMENT 'sign-in name',
  display_name string COMMENT 'name to show',
  email string COMMENT 'email, lower case',
  team string COMMENT 'team',
  cost_centre string COMMENT 'cost centre'
)
COMMENT 'One row is a user whose name is known'
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/dims/dim_user/';
