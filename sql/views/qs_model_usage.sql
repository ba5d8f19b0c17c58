-- For QuickSight: messages and apportioned credits by model, flat.
-- One row: a day, client and model.
CREATE OR REPLACE VIEW qs_model_usage AS
SELECT dt, event_date, client_type, model, users, messages, credits_apportioned
FROM model_usage_daily;
