-- How much did each user do on each day, whatever the client?
-- One row: a user's day in an account (account_id, event_date, user_id).
-- Messages, conversations and credits are sums over clients, the tier is the one of highest rank on that day.
CREATE OR REPLACE VIEW user_day AS
SELECT
  a.dt AS dt,
  a.event_date AS event_date,
  a.account_id AS account_id,
  a.user_id AS user_id,
  substr(max(lpad(CAST(coalesce(p.rank, 0) AS varchar), 9, '0') || a.subscription_tier), 10) AS subscription_tier,
  count(DISTINCT a.client_type) AS clients,
  sum(a.chat_conversations) AS chat_conversations,
  sum(a.total_messages) AS total_messages,
  sum(a.credits_used) AS credits_used,
  sum(a.overage_credits_used) AS overage_credits_used,
  coalesce(sum(a.total_messages), 0) > 0 AS is_active
FROM user_activity a
LEFT JOIN (SELECT tier, max(rank) AS rank FROM dim_plan GROUP BY tier) p ON p.tier = a.subscription_tier
WHERE a.variant = 0
GROUP BY a.dt, a.event_date, a.account_id, a.user_id;
