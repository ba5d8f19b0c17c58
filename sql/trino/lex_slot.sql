-- lex_slot: one row is a slot of a Lex log entry's intent, unfilled ones, sub-slots and values of a list included.
-- Rendered from the schema; `promptlake ddl --dialect trino` prints it for a lake.
CREATE TABLE IF NOT EXISTS lex_slot (
  request_id varchar COMMENT 'requestId, one request may log several entries, NULL where it is missing',
  session_id varchar COMMENT 'sessionId: one conversation, over all log streams, the ContactId where Amazon Connect is the channel',
  event_date date COMMENT 'UTC date of event_ts, the source day where it is NULL, equals dt',
  bot_name varchar COMMENT 'bot.name, V1: botName',
  intent varchar COMMENT 'sessionState.intent.name, V1: intent',
  slot varchar COMMENT 'the slot’s name, a sub-slot is Slot.Sub, a value of a list Slot[0]',
  shape varchar COMMENT 'shape: Scalar, List, Composite, NULL where it is missing, as in V1',
  original_value varchar COMMENT 'value.originalValue',
  interpreted_value varchar COMMENT 'value.interpretedValue, V1: the slot’s text',
  resolved_values array(varchar) COMMENT 'value.resolvedValues',
  is_filled boolean COMMENT 'whether the slot, or one below it, has a value',
  is_obfuscated boolean COMMENT 'whether a value of the slot itself is {SlotName}: hidden by the bot’s settings',
  account_id varchar COMMENT 'AWS account, 12 digits, from the key, NULL where the key does not say',
  region varchar COMMENT 'AWS region, lower case, from the key, NULL where the key does not say',
  source varchar COMMENT 'kiro, qdeveloper or lex, NULL where the key does not say',
  source_object varchar COMMENT 'key of the object that the row comes from, from its last AWSLogs/ on, else <source name>/<key>',
  record_index bigint COMMENT 'place of the record in its object, from 0, rejected ones counted',
  variant bigint COMMENT '0 for the newest content of a key, 1, 2, … for the others, views take 0',
  dt varchar WITH (
    partition_projection_type = 'DATE',
    partition_projection_format = 'yyyy-MM-dd',
    partition_projection_range = ARRAY['2019-01-01', 'NOW+3DAYS']
  )
)
COMMENT 'One row is a slot of a Lex log entry’s intent, unfilled ones, sub-slots and values of a list included'
WITH (
  format = 'PARQUET',
  external_location = 's3://BUCKET/PREFIX/tables/lex_slot/',
  partitioned_by = ARRAY['dt'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://BUCKET/PREFIX/tables/lex_slot/dt=${dt}/'
);
