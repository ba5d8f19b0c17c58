-- What does a plan cost, and when?
-- One row: a tier from valid_from on, up to and without valid_to (NULL: it still holds).
CREATE OR REPLACE VIEW plan_period AS
SELECT
  tier,
  rank,
  usd_per_month,
  credits,
  overage_usd_per_credit,
  valid_from,
  lead(valid_from) OVER (PARTITION BY tier ORDER BY valid_from) AS valid_to
FROM dim_plan;
