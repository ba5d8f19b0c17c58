-- How many lines of code does it write that are kept? (legacy report)
-- One row: a day. Lines by where they come from, and their sum, NULL counts as none.
CREATE OR REPLACE VIEW ai_code_lines_daily AS
SELECT
  dt,
  event_date,
  coalesce(sum(chat_ai_code_lines), 0) AS chat_lines,
  coalesce(sum(inline_ai_code_lines), 0) AS inline_lines,
  coalesce(sum(inline_chat_accepted_line_additions), 0) AS inline_chat_lines,
  coalesce(sum(dev_accepted_lines), 0) AS dev_lines,
  coalesce(sum(test_generation_accepted_lines), 0) AS test_lines,
  coalesce(sum(doc_generation_accepted_line_additions), 0) AS doc_lines,
  coalesce(sum(code_fix_accepted_lines), 0) AS code_fix_lines,
  coalesce(sum(chat_ai_code_lines), 0)
    + coalesce(sum(inline_ai_code_lines), 0)
    + coalesce(sum(inline_chat_accepted_line_additions), 0)
    + coalesce(sum(dev_accepted_lines), 0)
    + coalesce(sum(test_generation_accepted_lines), 0)
    + coalesce(sum(doc_generation_accepted_line_additions), 0)
    + coalesce(sum(code_fix_accepted_lines), 0) AS accepted_lines
FROM user_activity_legacy
WHERE variant = 0
GROUP BY dt, event_date;
