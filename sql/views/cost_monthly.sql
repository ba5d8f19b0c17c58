-- What do we pay in a month, for which plans, and how much of them is used?
-- One row: a month and tier. unused: seats without an active day, and their price. USD.
CREATE OR REPLACE VIEW cost_monthly AS
SELECT
  month_start,
  coalesce(subscription_tier, 'UNKNOWN') AS subscription_tier,
  count(*) AS seats,
  count(CASE WHEN active_days = 0 THEN 1 END) AS seats_unused,
  count(CASE WHEN is_in_overage THEN 1 END) AS seats_in_overage,
  sum(credits_used) AS credits_used,
  sum(plan_credits) AS plan_credits,
  sum(credits_used) / nullif(sum(plan_credits), 0e0) AS plan_used_ratio,
  sum(overage_credits_used) AS overage_credits_used,
  sum(usd_plan) AS usd_plan,
  sum(CASE WHEN active_days = 0 THEN usd_plan ELSE 0e0 END) AS usd_unused,
  sum(usd_overage) AS usd_overage,
  sum(usd_total) AS usd_total
FROM user_month
GROUP BY month_start, coalesce(subscription_tier, 'UNKNOWN');
