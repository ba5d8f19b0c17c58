-- user_activity: one row is a user's day on one client.
-- Rendered from the schema; `promptlake ddl --dialect datafusion` prints it for a lake.
CREATE EXTERNAL TABLE IF NOT EXISTS user_activity (
  event_date DATE,
  user_id VARCHAR,
  user_id_raw VARCHAR,
  identity_store_id VARCHAR,
  client_type VARCHAR,
  chat_conversations BIGINT,
  credits_used DOUBLE,
  overage_cap DOUBLE,
  overage_credits_used DOUBLE,
  overage_enabled BOOLEAN,
  profile_id VARCHAR,
  subscription_tier VARCHAR,
  subscription_tier_raw VARCHAR,
  total_messages BIGINT,
  new_user BOOLEAN,
  user_email VARCHAR,
  usage_limit DOUBLE,
  report_ts TIMESTAMP(3) WITH TIME ZONE,
  account_id VARCHAR,
  region VARCHAR,
  source VARCHAR,
  source_object VARCHAR,
  record_index BIGINT,
  variant BIGINT,
  extra_json VARCHAR,
  dt VARCHAR
)
STORED AS PARQUET
PARTITIONED BY (dt)
LOCATION 's3://BUCKET/PREFIX/tables/user_activity/';
