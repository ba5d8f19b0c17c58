-- user_activity: one row is a user's day on one client.
-- Rendered from the schema; `promptlake ddl --dialect spark` prints it for a lake.
CREATE TABLE IF NOT EXISTS user_activity (
  event_date date COMMENT 'the report’s Date, UTC, equals dt',
  user_id string COMMENT 'user, without its identity store',
  user_id_raw string COMMENT 'user as the report writes it',
  identity_store_id string COMMENT 'identity store, d-…, where the user id names one, else NULL',
  client_type string COMMENT 'KIRO_IDE, KIRO_CLI, PLUGIN, KIRO_WEB, …, from the row, else from the file name, NULL where neither says',
  chat_conversations bigint COMMENT 'conversations of the day, NULL where the report does not say',
  credits_used double COMMENT 'credits of the day, NULL where the report does not say',
  overage_cap double COMMENT 'the administrator’s cap in credits where overage is enabled, else the plan’s included credits, NULL where the report does not say',
  overage_credits_used double COMMENT 'credits beyond the plan, NULL where the report does not say',
  overage_enabled boolean COMMENT 'whether credits beyond the plan are allowed, NULL where the report does not say',
  profile_id string COMMENT 'ARN of the profile, NULL where the report does not say',
  subscription_tier string COMMENT 'FREE, PRO, PRO_PLUS, PRO_MAX, POWER, or what the report writes in upper case, NULL where it does not say',
  subscription_tier_raw string COMMENT 'tier as the report writes it',
  total_messages bigint COMMENT 'messages of the day over all models, NULL where the report does not say',
  new_user boolean COMMENT 'whether the user is new, NULL in reports without the column',
  user_email string COMMENT 'email, lower case, NULL in reports without the column',
  usage_limit double COMMENT 'monthly allowance in credits, NULL in reports without the column',
  report_ts timestamp COMMENT 'time in the report’s file name, UTC, NULL where it has none',
  account_id string COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region string COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source string COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object string COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted',
  variant bigint COMMENT '0 for the newest content of a key, 1, 2, … for the others, views take 0',
  extra_json string COMMENT 'fields of the record that the schema does not know, as compact JSON, NULL where there are none',
  dt string
)
USING PARQUET
PARTITIONED BY (dt)
COMMENT 'One row is a user’s day on one client'
LOCATION 's3://BUCKET/PREFIX/tables/user_activity/';
MSCK REPAIR TABLE user_activity;
