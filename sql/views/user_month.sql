-- What did each user do in each month, how much of the plan was used, and what does it cost?
-- One row: a user's month in an account. The plan is the tier on the last report day, the higher rank where there are two.
-- Credits are sums, usd_plan is the whole month's price, usd_overage = overage credits at the plan's price of a credit.
CREATE OR REPLACE VIEW user_month AS
WITH months AS (
  SELECT
    CAST(date_trunc('month', event_date) AS date) AS month_start,
    account_id,
    user_id,
    max(event_date) AS last_report_day,
    substr(max(dt || subscription_tier), 11) AS subscription_tier,
    count(DISTINCT CASE WHEN is_active THEN event_date END) AS active_days,
    sum(chat_conversations) AS chat_conversations,
    sum(total_messages) AS total_messages,
    sum(credits_used) AS credits_used,
    sum(overage_credits_used) AS overage_credits_used
  FROM user_day
  GROUP BY CAST(date_trunc('month', event_date) AS date), account_id, user_id
)
SELECT
  m.month_start AS month_start,
  m.account_id AS account_id,
  m.user_id AS user_id,
  m.subscription_tier AS subscription_tier,
  m.last_report_day AS last_report_day,
  m.active_days AS active_days,
  m.chat_conversations AS chat_conversations,
  m.total_messages AS total_messages,
  m.credits_used AS credits_used,
  p.credits AS plan_credits,
  m.credits_used / nullif(p.credits, 0e0) AS plan_used_ratio,
  m.overage_credits_used AS overage_credits_used,
  coalesce(m.overage_credits_used, 0e0) > 0e0 AS is_in_overage,
  p.usd_per_month AS usd_plan,
  coalesce(m.overage_credits_used, 0e0) * p.overage_usd_per_credit AS usd_overage,
  p.usd_per_month + coalesce(coalesce(m.overage_credits_used, 0e0) * p.overage_usd_per_credit, 0e0) AS usd_total
FROM months m
LEFT JOIN plan_period p
  ON p.tier = m.subscription_tier
  AND p.valid_from <= m.last_report_day
  AND (p.valid_to IS NULL OR p.valid_to > m.last_report_day);
