-- chat: one row is a chat record.
-- Rendered from the schema; `promptlake ddl --dialect athena-catalog` prints it for a lake.
-- Partitions are added by ALTER TABLE, which that command prints too.
CREATE EXTERNAL TABLE IF NOT EXISTS chat (
  request_id string COMMENT 'requestId of the response half, NULL where it is missing',
  user_id string COMMENT 'user within the identity store',
  user_id_raw string COMMENT 'userId as logged',
  identity_store_id string COMMENT 'the d-… before the first dot of userId, NULL where there is none',
  event_ts timestamp COMMENT 'timeStamp, floored to milliseconds, NULL where it is missing or blank',
  event_ts_nanos bigint COMMENT 'timeStamp in nanoseconds since 1970-01-01 UTC',
  event_date date COMMENT 'UTC date of event_ts, the source day where it is NULL, equals dt',
  chat_trigger_type string COMMENT 'chatTriggerType: MANUAL, INLINE_CHAT, others may come',
  customization_arn string COMMENT 'customizationArn',
  model_id string COMMENT 'modelId as logged',
  model string COMMENT 'modelId in the spelling of reports: lower case, - as _',
  prompt string COMMENT 'prompt, with the context that the client put into it',
  prompt_chars bigint COMMENT 'Unicode scalar values of prompt',
  assistant_response string COMMENT 'assistantResponse',
  response_chars bigint COMMENT 'Unicode scalar values of assistant_response',
  followup_prompts string COMMENT 'followupPrompts, a list as compact JSON',
  conversation_id string COMMENT 'messageMetadata.conversationId',
  utterance_id string COMMENT 'messageMetadata.utteranceId',
  code_reference_count bigint COMMENT 'elements of codeReferenceEvents, NULL where it is missing',
  code_references_json string COMMENT 'codeReferenceEvents as compact JSON',
  web_link_count bigint COMMENT 'elements of supplementaryWebLinksEvent, NULL where it is missing',
  web_links array<struct<uri:string,title:string,snippet:string>> COMMENT 'supplementaryWebLinksEvent',
  is_tool_turn boolean COMMENT 'prompt is empty: a tool’s result, or the agent going on, NULL where prompt is',
  is_router_turn boolean COMMENT 'the response is the intent router’s {"chat":n,"do":n,"spec":n}, NULL where it is missing',
  account_id string COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region string COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source string COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object string COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted',
  variant bigint COMMENT '0 for the newest content of a key, 1, 2, … for the others, views take 0',
  extra_json string COMMENT 'fields of the record that the schema does not know, as compact JSON, NULL where there are none'
)
COMMENT 'One row is a chat record'
PARTITIONED BY (dt string)
STORED AS PARQUET
LOCATION 's3://BUCKET/PREFIX/tables/chat/';
