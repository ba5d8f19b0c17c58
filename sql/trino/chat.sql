-- chat: one row is a chat record.
-- Rendered from the schema; `promptlake ddl --dialect trino` prints it for a lake.
CREATE TABLE IF NOT EXISTS chat (
  request_id varchar COMMENT 'requestId of the response half, NULL where it is missing',
  user_id varchar COMMENT 'user within the identity store',
  user_id_raw varchar COMMENT 'userId as logged',
  identity_store_id varchar COMMENT 'the d-… before the first dot of userId, NULL where there is none',
  event_ts timestamp(3) COMMENT 'timeStamp, floored to milliseconds, NULL where it is missing or blank',
  event_ts_nanos bigint COMMENT 'timeStamp in nanoseconds since 1970-01-01 UTC',
  event_date date COMMENT 'UTC date of event_ts, the source day where it is NULL, equals dt',
  chat_trigger_type varchar COMMENT 'chatTriggerType: MANUAL, INLINE_CHAT, others may come',
  customization_arn varchar COMMENT 'customizationArn',
  model_id varchar COMMENT 'modelId as logged',
  model varchar COMMENT 'modelId in the spelling of reports: lower case, - as _',
  prompt varchar COMMENT 'prompt, with the context that the client put into it',
  prompt_chars bigint COMMENT 'Unicode scalar values of prompt',
  assistant_response varchar COMMENT 'assistantResponse',
  response_chars bigint COMMENT 'Unicode scalar values of assistant_response',
  followup_prompts varchar COMMENT 'followupPrompts, a list as compact JSON',
  conversation_id varchar COMMENT 'messageMetadata.conversationId',
  utterance_id varchar COMMENT 'messageMetadata.utteranceId',
  code_reference_count bigint COMMENT 'elements of codeReferenceEvents, NULL where it is missing',
  code_references_json varchar COMMENT 'codeReferenceEvents as compact JSON',
  web_link_count bigint COMMENT 'elements of supplementaryWebLinksEvent, NULL where it is missing',
  web_links array(row(uri varchar, title varchar, snippet varchar)) COMMENT 'supplementaryWebLinksEvent',
  is_tool_turn boolean COMMENT 'prompt is empty: a tool’s result, or the agent going on, NULL where prompt is',
  is_router_turn boolean COMMENT 'the response is the intent router’s {"chat":n,"do":n,"spec":n}, NULL where it is missing',
  account_id varchar COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region varchar COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source varchar COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object varchar COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted',
  variant bigint COMMENT '0 for the newest content of a key, 1, 2, … for the others, views take 0',
  extra_json varchar COMMENT 'fields of the record that the schema does not know, as compact JSON, NULL where there are none',
  dt varchar WITH (
    partition_projection_type = 'DATE',
    partition_projection_format = 'yyyy-MM-dd',
    partition_projection_range = ARRAY['2019-01-01', 'NOW+3DAYS']
  )
)
COMMENT 'One row is a chat record'
WITH (
  format = 'PARQUET',
  external_location = 's3://BUCKET/PREFIX/tables/chat/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://BUCKET/PREFIX/tables/chat/dt=${dt}/'
);
