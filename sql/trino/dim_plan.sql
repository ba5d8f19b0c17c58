-- dim_plan: one row is a plan from a day on, until the next row of its tier.
-- Rendered from the schema; `promptlake ddl --dialect trino` prints it for a lake.
CREATE TABLE IF NOT EXISTS dim_plan (
  tier varchar COMMENT 'plan, spelled as user_activity.subscription_tier',
  rank bigint COMMENT 'order of plans: the higher one counts where a user has two',
  usd_per_month double COMMENT 'price of a user, US dollars a month',
  credits double COMMENT 'credits included in a month',
  overage_usd_per_credit double COMMENT 'price of a credit beyond them, US dollars',
  valid_from date COMMENT 'first day on which the row holds'
)
COMMENT 'One row is a plan from a day on, until the next row of its tier'
WITH (
  format = 'PARQUET',
  external_location = 's3://BUCKET/PREFIX/dims/dim_plan/'
);
