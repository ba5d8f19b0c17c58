-- dim_user: one row is a user whose name is known.
-- Rendered from the schema; `promptlake ddl --dialect trino` prints it for a lake.
CREATE TABLE IF NOT EXISTS dim_user (
  user_id varchar COMMENT 'user, spelled as user_id of tables',
  user_name varchar COMMENT 'sign-in name',
  display_name varchar COMMENT 'name to show',
  email varchar COMMENT 'email, lower case',
  team varchar COMMENT 'team',
  cost_centre varchar COMMENT 'cost centre'
)
COMMENT 'One row is a user whose name is known'
WITH (
  format = 'PARQUET',
  external_location = 's3://BUCKET/PREFIX/dims/dim_user/'
);
