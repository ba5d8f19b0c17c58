-- Where do the credits go, by client and tier?
-- One row: a day, client and tier. Users are counted once within the row, do not add them up over rows.
CREATE OR REPLACE VIEW credits_daily AS
SELECT
  dt,
  event_date,
  client_type,
  coalesce(subscription_tier, 'UNKNOWN') AS subscription_tier,
  count(DISTINCT user_id) AS users,
  sum(total_messages) AS total_messages,
  sum(chat_conversations) AS chat_conversations,
  sum(credits_used) AS credits_used,
  sum(overage_credits_used) AS overage_credits_used,
  sum(credits_used) / nullif(CAST(sum(total_messages) AS double), 0e0) AS credits_per_message,
  sum(credits_used) / nullif(CAST(sum(chat_conversations) AS double), 0e0) AS credits_per_conversation
FROM user_client_day
GROUP BY dt, event_date, client_type, coalesce(subscription_tier, 'UNKNOWN');
