-- For QuickSight: users' months with names and costs, flat. USD.
-- One row: a user's month in an account.
CREATE OR REPLACE VIEW qs_user_month AS
SELECT
  m.month_start AS month_start,
  m.account_id AS account_id,
  m.user_id AS user_id,
  d.label AS user_label,
  d.team AS team,
  d.cost_centre AS cost_centre,
  m.subscription_tier AS subscription_tier,
  m.active_days AS active_days,
  m.total_messages AS total_messages,
  m.credits_used AS credits_used,
  m.plan_credits AS plan_credits,
  m.plan_used_ratio AS plan_used_ratio,
  m.overage_credits_used AS overage_credits_used,
  m.is_in_overage AS is_in_overage,
  m.usd_plan AS usd_plan,
  m.usd_overage AS usd_overage,
  m.usd_total AS usd_total
FROM user_month m
LEFT JOIN user_directory d ON d.user_id = m.user_id;
