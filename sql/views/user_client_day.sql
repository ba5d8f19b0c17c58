-- How much did each user do on each day with each client?
-- One row: a user's day on one client in an account, regions are added up.
CREATE OR REPLACE VIEW user_client_day AS
SELECT
  dt,
  event_date,
  account_id,
  user_id,
  coalesce(client_type, 'UNKNOWN') AS client_type,
  max(subscription_tier) AS subscription_tier,
  sum(chat_conversations) AS chat_conversations,
  sum(total_messages) AS total_messages,
  sum(credits_used) AS credits_used,
  sum(overage_credits_used) AS overage_credits_used,
  coalesce(sum(total_messages), 0) > 0 AS is_active
FROM user_activity
WHERE variant = 0
GROUP BY dt, event_date, account_id, user_id, coalesce(client_type, 'UNKNOWN');
