-- For QuickSight: users' days with names, flat.
-- One row: a user's day in an account.
CREATE OR REPLACE VIEW qs_user_day AS
SELECT
  u.dt AS dt,
  u.event_date AS event_date,
  u.account_id AS account_id,
  u.user_id AS user_id,
  d.label AS user_label,
  d.team AS team,
  d.cost_centre AS cost_centre,
  u.subscription_tier AS subscription_tier,
  u.clients AS clients,
  u.chat_conversations AS chat_conversations,
  u.total_messages AS total_messages,
  u.credits_used AS credits_used,
  u.overage_credits_used AS overage_credits_used,
  u.is_active AS is_active
FROM user_day u
LEFT JOIN user_directory d ON d.user_id = u.user_id;
